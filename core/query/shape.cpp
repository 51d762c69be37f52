// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/shape.h"

#include <algorithm>
#include <cmath>

namespace ra::query {

namespace {

constexpr std::size_t mostKeys = 8;
constexpr std::size_t mostAggregates = 64;
constexpr int mostBins = 10'000;
constexpr int mostTop = 1'000;

Error refused(std::string why, std::string hint = {}) {
    return {.kind = ErrorKind::Invalid,
            .what = "answer the question",
            .where = {},
            .why = std::move(why),
            .hint = std::move(hint)};
}

Result<void> check(const Aggregate &aggregate) {
    const std::string text = aggregate.text();
    switch (aggregate.kind) {
    case AggregateKind::Quantile:
        if (!(aggregate.q >= 0 && aggregate.q <= 1))
            return fail(refused(text + ": a quantile is between 0 and 1"));
        break;
    case AggregateKind::Histogram:
        if (!std::isfinite(aggregate.low) || !std::isfinite(aggregate.high) || !(aggregate.low < aggregate.high) ||
            aggregate.bins < 1 || aggregate.bins > mostBins)
            return fail(
                refused(text + " needs low < high and 1 to 10,000 bins", "Write histogram(FIELD, LOW, HIGH, BINS)"));
        break;
    case AggregateKind::Top:
        if (aggregate.bins < 1 || aggregate.bins > mostTop)
            return fail(refused(text + ": 1 to 1,000 values", "Write top(FIELD, COUNT)"));
        break;
    default:
        break;
    }
    const bool needsField = aggregate.kind != AggregateKind::Count && aggregate.kind != AggregateKind::ErrorRate;
    if (needsField && aggregate.field.empty())
        return fail(
            refused(text + " needs a field", "Write for example " + text.substr(0, text.find('(')) + "(duration)"));
    if (aggregate.kind == AggregateKind::ErrorRate && !aggregate.field.empty())
        return fail(refused("error_rate() takes no field"));
    return {};
}

bool isOfOrder(AggregateKind kind) {
    return kind == AggregateKind::First || kind == AggregateKind::Last || kind == AggregateKind::Delta ||
           kind == AggregateKind::Rate || kind == AggregateKind::Slope;
}

void keepFor(AggregateKind kind, Keeping &keeping) {
    keeping.quantiles |= kind == AggregateKind::Quantile;
    keeping.extremes |= kind == AggregateKind::Min || kind == AggregateKind::Max;
    keeping.spread |= kind == AggregateKind::Stddev;
    keeping.inOrder |= isOfOrder(kind);
    keeping.everyMoment |= kind == AggregateKind::Rate || kind == AggregateKind::Slope;
    keeping.inSequence |= kind == AggregateKind::Rate;
}

/// The place of the measure of a field, added if it is new.
std::size_t measureOf(Shape &shape, std::size_t slot, const std::string &metric) {
    const bool isMetric = !metric.empty();
    for (std::size_t i = 0; i < shape.measures.size(); ++i) {
        const Shape::Measure &known = shape.measures[i];
        if (known.isMetric == isMetric && (isMetric ? known.metric == metric : known.slot == slot))
            return i;
    }
    shape.measures.push_back({.slot = slot, .isMetric = isMetric, .metric = metric});
    return shape.measures.size() - 1;
}

/// Keeps what a histogram needs; its bounds in stored units.
Result<void> addHistogram(Keeping &keeping, Shape::Answering &answering, const Aggregate &aggregate) {
    if (!std::isfinite(aggregate.high - aggregate.low))
        return fail(refused("the bounds of a histogram of " + aggregate.field + " are too far apart"));
    answering.histogram = keeping.histograms.size();
    keeping.histograms.push_back(&aggregate);
    return {};
}

/// Of what was measured while steps ran.
Result<void> addMetric(Shape &shape, Shape::Answering &answering, const Aggregate &aggregate) {
    if (isOfOrder(aggregate.kind)) {
        return fail(refused(aggregate.text() + ": what was measured during several steps is not one course of time",
                            "Ask for count, sum, mean, min, max, stddev, quantiles or a histogram; or ask the metric "
                            "itself: " +
                                aggregate.field + " | " + Aggregate{.kind = aggregate.kind, .field = "value"}.text()));
    }
    if (aggregate.kind == AggregateKind::Top) {
        return fail(refused(aggregate.text() + ": " + aggregate.field + " is measured, and no text",
                            "Use histogram() for numbers"));
    }
    answering.measure = measureOf(shape, 0, aggregate.field);
    Keeping &keeping = shape.measures[*answering.measure].keeping;
    keepFor(aggregate.kind, keeping);
    return aggregate.kind == AggregateKind::Histogram ? addHistogram(keeping, answering, aggregate) : Result<void>();
}

Result<void> addAggregate(Shape &shape, Aggregate &aggregate, bool metricsAllowed) {
    if (auto checked = check(aggregate); !checked)
        return checked;
    Shape::Answering &answering = shape.answering.emplace_back();
    if (aggregate.name.empty())
        aggregate.name = aggregate.text(); // before units are changed
    shape.needsOutcome = shape.needsOutcome || aggregate.kind == AggregateKind::ErrorRate;
    if (aggregate.kind == AggregateKind::ErrorRate &&
        (shape.question.source == Source::Samples || shape.question.source == Source::Errors))
        return fail(refused(std::string(toString(shape.question.source)) + " neither complete nor fail",
                            "Ask for the error_rate() of steps or runs"));
    if (aggregate.field.empty())
        return {};
    const auto slot = shape.fields.slotOf(aggregate.field);
    if (!slot && metricsAllowed)
        return addMetric(shape, answering, aggregate);
    if (aggregate.kind == AggregateKind::Rate && shape.question.source != Source::Samples)
        return fail(refused("rate() is of counters, which are sampled", "Ask for the rate(value) of a metric"));
    if (!slot)
        return fail(slot.error());
    const Field &field = shape.fields.fields()[*slot];
    if (shape.question.source == Source::Samples && field.name != "value")
        return fail(refused(aggregate.text() + ": of samples their value is aggregated",
                            "Group by " + field.name + ", and aggregate value"));
    if (aggregate.kind == AggregateKind::Top) {
        if (field.type != ColumnType::Text)
            return fail(refused(aggregate.text() + ": " + field.name + " is no text", "Use histogram() for numbers"));
        answering.top = shape.tops.size();
        shape.tops.push_back(*slot);
        return {};
    }
    const bool isNumber = field.type == ColumnType::Number || field.type == ColumnType::Integer;
    if (!isNumber && aggregate.kind != AggregateKind::Count)
        return fail(refused(aggregate.text() + ": " + field.name + " is no number", "Use count() or top() for texts"));
    answering.measure = measureOf(shape, *slot, {});
    Keeping &keeping = shape.measures[*answering.measure].keeping;
    keepFor(aggregate.kind, keeping);
    if (aggregate.kind == AggregateKind::Histogram) {
        aggregate.low *= field.divisor();
        aggregate.high *= field.divisor();
        return addHistogram(keeping, answering, aggregate);
    }
    return {};
}

} // namespace

Result<Shape> shapeOf(Question question, const Zone &zone, bool metricsAllowed) {
    const bool isListing = !question.select.empty();
    if (isListing &&
        (!question.by.empty() || !question.aggregates.empty() || question.having.kind != Filter::Kind::Everything))
        return fail(refused("it selects rows and groups them", "Write either select, or by, aggregates and having"));
    if (question.select.size() > mostAggregates)
        return fail(refused("it selects more than " + std::to_string(mostAggregates) + " fields"));
    if (question.aggregates.empty() && !isListing)
        question.aggregates.push_back({.kind = AggregateKind::Count});
    if (question.by.size() > mostKeys)
        return fail(refused("it groups by more than " + std::to_string(mostKeys) + " fields"));
    if (question.aggregates.size() > mostAggregates)
        return fail(refused("it asks for more than " + std::to_string(mostAggregates) + " aggregates"));
    if ((question.source == Source::Samples) == question.metric.empty())
        return fail(refused(question.metric.empty() ? "it names no metric" : "only samples are of a metric"));
    if (question.since && question.until && *question.since >= *question.until)
        return fail(refused("until is not after since"));
    Shape shape(std::move(question), Clock(Zone(), {}, {}, {}));
    shape.fields = FieldSet(shape.question.source);
    shape.needsTime = shape.question.since || shape.question.until;

    for (const std::string &name : shape.question.select) {
        const auto slot = shape.fields.slotOf(name);
        if (!slot)
            return fail(slot.error());
        if (std::find(shape.listed.begin(), shape.listed.end(), *slot) == shape.listed.end())
            shape.listed.push_back(*slot);
    }
    std::vector<Key> stretches;
    for (const Key &key : shape.question.by) {
        if (key.isTime()) {
            if (key.seconds && (*key.seconds < 1 || *key.seconds > 400LL * 86'400))
                return fail(refused("a stretch of time takes 1 second to 400 days"));
            shape.keys.push_back({.slot = {}, .stretch = stretches.size()});
            stretches.push_back(key);
            continue;
        }
        const auto slot = shape.fields.slotOf(key.field);
        if (!slot)
            return fail(slot.error());
        const Field &field = shape.fields.fields()[*slot];
        if (field.type == ColumnType::Number || field.type == ColumnType::Time)
            return fail(refused("rows are not grouped by " + field.name, "Use histogram() or bucket()"));
        shape.keys.push_back({.slot = *slot});
    }
    auto filter = RowFilter::make(shape.question.where, [&](std::string_view name) -> Result<RowFilter::Operand> {
        const auto slot = shape.fields.slotOf(name);
        if (!slot)
            return fail(slot.error());
        const Field &field = shape.fields.fields()[*slot];
        return RowFilter::Operand{*slot, field.type, field.divisor(), field.decode == Decode::Weekday};
    });
    if (!filter)
        return fail(filter.error());
    shape.filter = std::move(*filter);
    for (Aggregate &aggregate : shape.question.aggregates) {
        if (auto added = addAggregate(shape, aggregate, metricsAllowed); !added)
            return fail(added.error());
    }
    if (shape.needsOutcome) { // told by the status
        if (const auto slot = shape.fields.slotOf("status"); !slot)
            return fail(slot.error());
    }
    const bool needsWindows = std::any_of(shape.measures.begin(), shape.measures.end(),
                                          [](const Shape::Measure &measure) { return measure.isMetric; });
    if (needsWindows) { // when a step ran, and what its series are
        for (const char *name : {"start", "end", "pid", "recipe", "step"}) {
            if (const auto slot = shape.fields.slotOf(name); !slot)
                return fail(slot.error());
        }
    }
    std::optional<std::size_t> weekday;
    std::optional<std::size_t> hour;
    for (std::size_t i = 0; i < shape.fields.fields().size(); ++i) {
        if (shape.fields.fields()[i].decode == Decode::Weekday)
            weekday = i;
        if (shape.fields.fields()[i].decode == Decode::HourOfDay)
            hour = i;
    }
    shape.clock = Clock(zone, std::move(stretches), weekday, hour);
    return shape;
}

} // namespace ra::query
