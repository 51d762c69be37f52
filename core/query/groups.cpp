// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/groups.h"

#include "core/query/readerprivate.h"
#include "core/table/jsonwriter.h"

#include <algorithm>
#include <mutex>
#include <thread>

namespace ra::query {

Groups::Groups(const Shape &shape, const Words &words, GroupLimits limits)
    : m_shape(shape)
    , m_words(words)
    , m_limits(limits)
    , m_key(shape.keys.size()) {
    m_table.resize(64); // a power of two, as it stays
}

std::uint32_t Groups::hashOf(const std::int64_t *key) const {
    std::uint64_t hash = 0x9e3779b97f4a7c15ULL;
    for (std::size_t i = 0; i < m_shape.keys.size(); ++i) {
        hash ^= static_cast<std::uint64_t>(key[i]);
        hash *= 0xff51afd7ed558ccdULL;
        hash ^= hash >> 32;
    }
    return static_cast<std::uint32_t>(hash);
}

void Groups::rehash() {
    std::vector<Place> table(m_table.size() * 2);
    const std::size_t mask = table.size() - 1;
    for (const Place &known : m_table) {
        if (known.number == 0)
            continue;
        std::size_t place = known.hash & mask;
        while (table[place].number != 0)
            place = (place + 1) & mask;
        table[place] = known;
    }
    m_table = std::move(table);
}

Result<std::size_t> Groups::find(const std::int64_t *key) {
    const std::size_t parts = m_shape.keys.size();
    const std::size_t mask = m_table.size() - 1; // of a power of two
    const std::uint32_t hash = hashOf(key);
    std::size_t place = hash & mask;
    for (; m_table[place].number != 0; place = (place + 1) & mask) {
        const std::size_t group = m_table[place].number - 1;
        if (m_table[place].hash == hash && std::equal(key, key + parts, m_keys.data() + group * parts))
            return group;
    }
    if (size() >= m_limits.maxGroups) {
        return fail({.kind = ErrorKind::Failed,
                     .what = "answer the question",
                     .where = {},
                     .why = "there are more than " + std::to_string(m_limits.maxGroups) + " groups",
                     .hint = "Group by less, by longer stretches of time, or ask about less"});
    }
    m_keys.insert(m_keys.end(), key, key + parts);
    m_counts.emplace_back();
    m_accumulators.grow(m_shape.measures.size());
    m_tops.resize(m_tops.size() + m_shape.tops.size());
    m_table[place] = {.number = static_cast<std::uint32_t>(size()), .hash = hash};
    const std::size_t group = size() - 1;
    if (size() * 2 > m_table.size())
        rehash();
    return group;
}

Result<std::size_t> Groups::groupOf(const Row &row, const std::vector<std::int64_t> &stretches) {
    for (std::size_t i = 0; i < m_key.size(); ++i) {
        const Shape::KeyPart &part = m_shape.keys[i];
        if (!part.slot)
            m_key[i] = row.hasTime ? stretches[part.stretch] : missing;
        else
            m_key[i] = row.values[*part.slot].state == Value::State::Present ? row.values[*part.slot].integer : missing;
    }
    return find(m_key.data());
}

void Groups::add(std::size_t group, const Row &row) {
    for (std::size_t i = 0; i < m_shape.measures.size(); ++i) {
        const Shape::Measure &measure = m_shape.measures[i];
        if (measure.isMetric || row.values[measure.slot].state != Value::State::Present)
            continue;
        const double value =
            m_shape.fields.fields()[measure.slot].type == ColumnType::Text ? 0 : row.values[measure.slot].number;
        if (row.hasTime)
            accumulator(group, i).addAt(value, row.timeNs, 0, measure.keeping);
        else
            accumulator(group, i).add(value, measure.keeping);
    }
    for (std::size_t i = 0; i < m_shape.tops.size(); ++i) {
        if (const Value &value = row.values[m_shape.tops[i]]; value.state == Value::State::Present)
            ++m_tops[group * m_shape.tops.size() + i][value.integer];
    }
}

Result<void> Groups::checkMemory() const {
    std::size_t bytes = (m_keys.size() + m_table.size()) * 8 + size() * sizeof(Counts) +
                        m_accumulators.size() * sizeof(Accumulator) + m_words.bytes();
    for (std::size_t i = 0; i < m_accumulators.size(); ++i)
        bytes += m_accumulators[i].bytes();
    constexpr std::size_t ofEntry = 40;
    for (const auto &top : m_tops)
        bytes += ofEntry * top.size();
    if (bytes <= m_limits.maxBytes)
        return {};
    return fail({.kind = ErrorKind::Failed,
                 .what = "answer the question",
                 .where = {},
                 .why = "its groups take more than " + std::to_string(m_limits.maxBytes / (1024 * 1024)) + " MiB",
                 .hint = "Group by less, by longer stretches of time, or ask for fewer quantiles"});
}

Result<void> Groups::merge(const Groups &other) {
    const std::size_t parts = m_shape.keys.size();
    const std::size_t measures = m_shape.measures.size();
    for (std::size_t from = 0; from < other.size(); ++from) {
        const auto group = find(other.m_keys.data() + from * parts);
        if (!group)
            return fail(group.error());
        const Counts &counts = other.m_counts[from];
        count(*group, counts.rows, counts.bad, counts.good);
        for (std::size_t i = 0; i < measures; ++i) {
            auto merged =
                accumulator(*group, i).merge(other.m_accumulators[from * measures + i], m_shape.measures[i].keeping);
            if (!merged)
                return merged;
        }
        for (std::size_t i = 0; i < m_shape.tops.size(); ++i) {
            for (const auto &[word, times] : other.m_tops[from * m_shape.tops.size() + i])
                m_tops[*group * m_shape.tops.size() + i][word] += times;
        }
    }
    return {};
}

bool Groups::isSketched() const {
    for (std::size_t i = 0; i < m_accumulators.size(); ++i) {
        if (m_accumulators[i].isSketched())
            return true;
    }
    return false;
}

FrameColumn Groups::keyColumn(std::size_t key, const std::shared_ptr<const std::vector<std::string>> &words) const {
    const Shape::KeyPart &part = m_shape.keys[key];
    FrameColumn column;
    column.name = columnName(m_shape.question.by[key]);
    column.type = part.slot ? m_shape.fields.fields()[*part.slot].type : ColumnType::Time;
    if (column.type == ColumnType::Text)
        column.words = words;
    column.reserve(size());
    for (std::size_t group = 0; group < size(); ++group) {
        const std::int64_t value = m_keys[group * m_shape.keys.size() + key];
        if (value == missing)
            column.addMissing();
        else
            column.addInteger(value);
    }
    return column;
}

std::string Groups::topOf(std::size_t group, const Aggregate &aggregate, std::size_t which) const {
    std::vector<std::pair<std::string_view, std::uint64_t>> all;
    for (const auto &[word, times] : m_tops[group * m_shape.tops.size() + which])
        all.emplace_back(m_words.text(word), times);
    const std::size_t kept = std::min(all.size(), static_cast<std::size_t>(aggregate.bins));
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(),
                      [](const auto &a, const auto &b) { return a.second != b.second ? a.second > b.second : a < b; });
    table::JsonWriter json;
    json.beginArray();
    for (std::size_t i = 0; i < kept; ++i) {
        json.beginObject();
        json.key("value");
        json.value(all[i].first);
        json.key("count");
        json.value(static_cast<std::int64_t>(all[i].second));
        json.endObject();
    }
    json.endArray();
    return json.take();
}

FrameColumn Groups::aggregateColumn(std::size_t index, const std::string &unit) const {
    const Aggregate &aggregate = m_shape.question.aggregates[index];
    const Shape::Answering &answering = m_shape.answering[index];
    FrameColumn column;
    column.name = aggregate.columnName();
    column.unit = unit;
    const bool isText = aggregate.kind == AggregateKind::Histogram || aggregate.kind == AggregateKind::Top;
    column.type = aggregate.kind == AggregateKind::Count ? ColumnType::Integer
                  : isText                               ? ColumnType::Text
                                                         : ColumnType::Number;
    if (aggregate.kind == AggregateKind::Quantile)
        return column; // filled with the others of its measure
    column.reserve(size());
    std::vector<std::string> texts;
    for (std::size_t group = 0; group < size(); ++group) {
        const Counts &counts = m_counts[group];
        const Accumulator *values =
            answering.measure ? &m_accumulators[group * m_shape.measures.size() + *answering.measure] : nullptr;
        const Shape::Measure *measure = answering.measure ? &m_shape.measures[*answering.measure] : nullptr;
        const double divisor = measure && !measure->isMetric ? m_shape.fields.fields()[measure->slot].divisor() : 1;
        if (isText) {
            texts.push_back(values ? values->histogram(aggregate, answering.histogram, divisor)
                                   : topOf(group, aggregate, answering.top));
            column.addInteger(static_cast<std::int64_t>(texts.size()) - 1);
        } else if (aggregate.kind == AggregateKind::Count) {
            column.addInteger(static_cast<std::int64_t>(values ? values->count() : counts.rows));
        } else if (aggregate.kind == AggregateKind::ErrorRate) {
            const auto ended = static_cast<double>(counts.bad + counts.good);
            if (ended > 0)
                column.addNumber(static_cast<double>(counts.bad) / ended);
            else
                column.addMissing();
        } else if (const std::optional<double> result = values->result(aggregate)) {
            column.addNumber(*result / divisor);
        } else {
            column.addMissing();
        }
    }
    if (isText)
        column.words = std::make_shared<const std::vector<std::string>>(std::move(texts));
    return column;
}

Result<void> Groups::addQuantiles(std::size_t measure, std::vector<FrameColumn> &columns,
                                  const std::stop_token &stop) const {
    std::vector<double> qs;
    std::vector<FrameColumn *> into;
    for (std::size_t i = 0; i < m_shape.question.aggregates.size(); ++i) {
        if (m_shape.question.aggregates[i].kind != AggregateKind::Quantile || m_shape.answering[i].measure != measure)
            continue;
        qs.push_back(m_shape.question.aggregates[i].q);
        into.push_back(&columns[m_shape.keys.size() + i]);
    }
    const Shape::Measure &of = m_shape.measures[measure];
    const double divisor = of.isMetric ? 1 : m_shape.fields.fields()[of.slot].divisor();
    if (qs.empty())
        return {};
    std::vector<double> results(size() * qs.size());
    std::optional<Error> error;
    std::mutex mutex;
    const auto tell = [&](std::size_t from, std::size_t to) {
        constexpr std::size_t between = 1024;
        for (std::size_t group = from; group < to; ++group) {
            if (group % between == 0 && stop.stop_requested())
                return;
            const Accumulator &values = m_accumulators[group * m_shape.measures.size() + measure];
            if (auto told = values.quantiles(qs, std::span(results).subspan(group * qs.size(), qs.size())); !told) {
                const std::lock_guard lock(mutex);
                error = told.error();
                return;
            }
        }
    };
    // Many groups are worth some threads, as sketches are unpacked only now.
    constexpr std::size_t worthIt = 5'000;
    const std::size_t parts = size() < worthIt ? 1 : std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < parts; ++i)
        threads.emplace_back(tell, size() * i / parts, size() * (i + 1) / parts);
    tell(0, size() / parts);
    for (std::thread &thread : threads)
        thread.join();
    if (error)
        return fail(*error);
    if (stop.stop_requested())
        return fail(cancelled("answer the question"));
    for (std::size_t i = 0; i < qs.size(); ++i) {
        into[i]->reserve(size());
        for (std::size_t group = 0; group < size(); ++group)
            into[i]->addNumber(results[group * qs.size() + i] / divisor);
    }
    return {};
}

Result<Frame> Groups::frame(const std::vector<std::string> &units, const std::stop_token &stop) const {
    std::vector<std::string> texts;
    texts.reserve(m_words.size());
    for (std::size_t i = 0; i < m_words.size(); ++i)
        texts.push_back(m_words.text(static_cast<std::int64_t>(i)));
    const auto words = std::make_shared<const std::vector<std::string>>(std::move(texts));
    std::vector<FrameColumn> columns;
    for (std::size_t i = 0; i < m_shape.keys.size(); ++i)
        columns.push_back(keyColumn(i, words));
    for (std::size_t i = 0; i < m_shape.question.aggregates.size(); ++i) {
        if (stop.stop_requested())
            return fail(cancelled("answer the question"));
        columns.push_back(aggregateColumn(i, units[i]));
    }
    for (std::size_t i = 0; i < m_shape.measures.size(); ++i) {
        if (auto added = addQuantiles(i, columns, stop); !added)
            return fail(added.error());
    }
    return Frame(std::move(columns));
}

} // namespace ra::query
