// SPDX-License-Identifier: GPL-3.0-or-later
// Reader::ask: a question by whatever answers it best.
#include "core/query/answer.h"
#include "core/query/arrange.h"
#include "core/query/gathering.h"
#include "core/query/points.h"
#include "core/query/readerprivate.h"
#include "core/query/sampleread.h"
#include "core/query/segmentwork.h"
#include "core/query/slowest.h"
#include "core/query/steprollupread.h"

#include <algorithm>
#include <map>

namespace ra::query {

using store::Statement;

namespace {

/// Recipes of which some row may pass the filter.
std::vector<RecipeName> recipesOf(const SQLite::Database &db, Gathering &gathering) {
    std::vector<RecipeName> recipes;
    Statement select(db, "SELECT id, name, path FROM recipes ORDER BY name, id");
    Row row;
    const std::vector<Field> &fields = gathering.shape.fields.fields();
    row.values.resize(fields.size());
    while (select.step()) {
        for (std::size_t slot = 0; slot < fields.size(); ++slot) {
            if (fields[slot].decode == Decode::RecipeName)
                row.setInteger(slot, gathering.words.idOf(select.text(1)));
            else if (fields[slot].decode == Decode::RecipePath)
                row.setInteger(slot, gathering.words.idOf(select.text(2)));
        }
        if (gathering.shape.filter.test(row, gathering.words) != Truth::False)
            recipes.push_back({select.integer(0), std::string(select.text(1)), std::string(select.text(2))});
    }
    return recipes;
}

void noteRetention(const SQLite::Database &db, Gathering &gathering, std::string_view kind, const char *what) {
    Statement select(db, "SELECT t_ns FROM horizons WHERE kind = ?");
    select.bind(kind);
    const store::ResetAtEnd reset(select);
    if (!select.step())
        return;
    const std::int64_t horizon = select.integer(0);
    for (const Piece &piece : gathering.explanation.plan.pieces) {
        if (!piece.level && piece.from < horizon)
            gathering.explanation.notes.push_back(std::string(what) + " before " + momentText(horizon) +
                                                  " have been removed, and count where rollups answer only");
    }
}

using Metrics = std::map<std::string, std::vector<SeriesFacts>>;

void fillFromRuns(const SQLite::Database &db, Gathering &gathering, const Metrics &metrics,
                  const std::function<Result<Shape>()> &makeShape, const std::vector<SQLite::Database *> &sides) {
    gathering.explanation.plan = planOf(gathering.shape);
    noteRetention(db, gathering, "runs", "runs");
    const std::vector<RecipeName> recipes = recipesOf(db, gathering);
    const std::vector<Piece> pieces = gathering.explanation.plan.pieces;
    StoreWords texts(db, gathering.words);
    if (isOfSlowest(gathering.shape) && SlowestRead(db, gathering, texts).read(recipes)) {
        if (gathering.options.progress && !gathering.error)
            gathering.options.progress({.stage = "query", .item = {}, .done = recipes.size(), .total = recipes.size()});
        return;
    }
    std::optional<WindowRead> windows;
    if (!metrics.empty())
        windows.emplace(db, gathering, metrics, makeShape);
    StepRollupRead(db, gathering, texts, windows ? &*windows : nullptr, sides).read(recipes, pieces);
    if (windows && gathering.goesOn())
        windows->flush();
}

void fillFromSamples(const SQLite::Database &db, Gathering &gathering, const std::vector<SeriesFacts> &series,
                     const std::function<Result<Shape>()> &makeShape) {
    gathering.explanation.plan = planOf(gathering.shape);
    noteRetention(db, gathering, "samples", "samples");
    SegmentWork work(gathering, makeShape, usefulThreads());
    SampleRead(db, gathering).read(series, work);
    work.finish();
}

/// The series of the metrics that are measured during steps.
Result<Metrics> metricsOf(const SQLite::Database &db, const Shape &shape) {
    Metrics metrics;
    for (const Shape::Measure &measure : shape.measures) {
        if (!measure.isMetric)
            continue;
        auto found = seriesOf(db, measure.metric);
        if (!found) {
            // Whoever meant a field learns which there are.
            if (const auto field = fieldOf(shape.question.source, measure.metric); !field)
                found.error().hint += ". " + field.error().hint;
            return fail(found.error());
        }
        metrics.emplace(measure.metric, std::move(*found));
    }
    return metrics;
}

/// That which all series have.
std::string commonUnit(const std::vector<SeriesFacts> &series) {
    const bool isOne = std::all_of(series.begin(), series.end(),
                                   [&](const SeriesFacts &one) { return one.unit == series.front().unit; });
    return isOne && !series.empty() ? series.front().unit : std::string();
}

/// The unit of an aggregate's column.
std::string unitOf(const Shape &shape, std::size_t index, const std::vector<SeriesFacts> &series,
                   const Metrics &metrics) {
    const Aggregate &aggregate = shape.question.aggregates[index];
    const std::optional<std::size_t> place = shape.answering[index].measure;
    if (!place || aggregate.kind == AggregateKind::Count || aggregate.kind == AggregateKind::Histogram ||
        aggregate.kind == AggregateKind::Top)
        return {};
    const Shape::Measure &measure = shape.measures[*place];
    std::string unit = measure.isMetric                           ? commonUnit(metrics.at(measure.metric))
                       : shape.question.source == Source::Samples ? commonUnit(series)
                                                                  : shape.fields.fields()[measure.slot].unit;
    if (aggregate.kind == AggregateKind::Rate || aggregate.kind == AggregateKind::Slope)
        unit = unit.empty() ? "1/s" : unit + "/s";
    return unit;
}

/// Ends statements at work when the token of the question does.
class Interrupting {
public:
    Interrupting(sqlite3 *db, const std::stop_token &stop)
        : m_db(db) {
        constexpr int instructions = 20'000;
        sqlite3_progress_handler(
            db, instructions,
            [](void *token) { return static_cast<int>(static_cast<const std::stop_token *>(token)->stop_requested()); },
            const_cast<std::stop_token *>(&stop)); // that is only looked at
    }
    ~Interrupting() { sqlite3_progress_handler(m_db, 0, nullptr, nullptr); }
    Interrupting(const Interrupting &) = delete;
    Interrupting &operator=(const Interrupting &) = delete;

private:
    sqlite3 *m_db;
};

/// `whole`: takes groups at once, without pages; may be null.
Result<Explanation> answerTo(const SQLite::Database &db, const Question &question, const AskOptions &options,
                             const std::vector<SQLite::Database *> &sides, std::size_t pageRows, const PageSink &sink,
                             Frame *whole) {
    const Result<Zone> zone = Zone::fromName(question.zone);
    if (!zone)
        return fail(zone.error());
    Question prepared = question;
    std::vector<SeriesFacts> series;
    if (question.source == Source::Samples && !question.metric.empty()) {
        auto found = seriesOf(db, question.metric);
        if (!found)
            return fail(found.error());
        series = std::move(*found);
    }
    if (auto resolved = resolvePoints(db, prepared, series, *zone); !resolved)
        return fail(resolved.error());
    const bool isOfSteps = question.source == Source::Steps || question.source == Source::AllSteps;
    const auto makeShape = [&] { return shapeOf(prepared, *zone, isOfSteps); };
    Result<Shape> shape = makeShape();
    if (!shape)
        return fail(shape.error());
    const Result<Metrics> metrics = metricsOf(db, *shape);
    if (!metrics)
        return fail(metrics.error());
    Gathering gathering(*shape, options);
    if (!shape->listed.empty())
        gathering.listing.emplace(*shape, gathering.words, pageRows, sink);
    if (question.source == Source::Samples)
        fillFromSamples(db, gathering, series, makeShape);
    else
        fillFromRuns(db, gathering, *metrics, makeShape, sides);
    if (!gathering.error)
        gathering.check(gathering.groups.checkMemory());
    if (!gathering.error && gathering.listing)
        gathering.check(gathering.listing->finish());
    if (gathering.error)
        return fail(*gathering.error);
    if (gathering.listing)
        return std::move(gathering.explanation);
    if (shape->keys.empty() && gathering.groups.size() == 0) {
        if (const auto group = gathering.groups.groupOf({}, {}); !group)
            return fail(group.error());
    }
    gathering.explanation.groups = gathering.groups.size();
    gathering.explanation.isExact = !gathering.groups.isSketched();
    std::vector<std::string> units;
    for (std::size_t i = 0; i < shape->question.aggregates.size(); ++i)
        units.push_back(unitOf(*shape, i, series, *metrics));
    const Result<Frame> all = gathering.groups.frame(units, options.stop);
    if (!all)
        return fail(all.error());
    Result<Frame> frame = arrange(*all, shape->question);
    if (!frame)
        return fail(frame.error());
    if (whole)
        *whole = std::move(*frame);
    else
        frame->eachPage(pageRows, sink);
    return std::move(gathering.explanation);
}

/// Connections that may share in reading what a question needs: none where there is little of it.
unsigned sidesFor(const SQLite::Database &db, const Question &question, const AskOptions &options) {
    constexpr std::int64_t manyRuns = 2'000;
    constexpr unsigned most = 4; // more than what one thread can make groups of
    // One would do on two processors, but for what becomes of the rows meanwhile.
    const unsigned useful = usefulThreads() < 2 ? 0 : std::min(usefulThreads(), most);
    if (question.source == Source::Samples || std::min(useful, options.mostConnections) == 0)
        return 0;
    Statement select(db, "SELECT max(id) FROM runs");
    const store::ResetAtEnd reset(select);
    return select.step() && select.integer(0) >= manyRuns ? std::min(useful, options.mostConnections) : 0;
}

/// The state of the store that a question sees, on the reader's connection and on those beside it.
class SharedSnapshot {
public:
    SharedSnapshot(SQLite::Database &db, SideReaders &sides, unsigned wanted)
        : m_sides(sides) {
        for (int i = 0; i < tries && wanted > 0; ++i) {
            m_sides.prepare(wanted);
            m_own.emplace(db);
            static_cast<void>(db.execAndGet("PRAGMA data_version").getInt64()); // begins to read
            if (m_sides.begin()) {
                m_databases = m_sides.databases(wanted);
                return;
            }
            m_own.reset();
        }
        m_own.emplace(db); // while others write all the time, alone
    }
    ~SharedSnapshot() { m_sides.end(); }
    SharedSnapshot(const SharedSnapshot &) = delete;
    SharedSnapshot &operator=(const SharedSnapshot &) = delete;

    [[nodiscard]] const std::vector<SQLite::Database *> &sides() const { return m_databases; }

private:
    static constexpr int tries = 3;

    SideReaders &m_sides;
    std::optional<Snapshot> m_own;
    std::vector<SQLite::Database *> m_databases;
};

Result<Explanation> askIn(SQLite::Database &db, SideReaders &sides, const std::string &path, const Question &question,
                          const AskOptions &options, std::size_t pageRows, const PageSink &sink, Frame *whole) {
    Result<Explanation> explanation = store::guarded("answer the question", path, [&]() -> Result<Explanation> {
        const Interrupting interrupting(db.getHandle(), options.stop);
        const SharedSnapshot snapshot(db, sides, sidesFor(db, question, options));
        return answerTo(db, question, options, snapshot.sides(), std::max<std::size_t>(1, pageRows), sink, whole);
    });
    if (!explanation && options.stop.stop_requested())
        return fail(cancelled("answer the question"));
    return explanation;
}

} // namespace

Result<Explanation> Reader::ask(const Question &question, const AskOptions &options, std::size_t pageRows,
                                const PageSink &sink) {
    return askIn(d->db, d->sides, d->path, question, options, pageRows, sink, nullptr);
}

Result<Answer> Reader::ask(const Question &question, const AskOptions &options) {
    std::vector<Frame> pages;
    std::size_t bytes = 0;
    constexpr std::size_t pageRows = 65'536;
    Frame whole;
    const PageSink sink = [&](const Frame &page) {
        bytes += page.bytes();
        pages.push_back(page);
        return bytes <= options.limits.maxBytes;
    };
    Result<Explanation> explanation = askIn(d->db, d->sides, d->path, question, options, pageRows, sink, &whole);
    if (!explanation)
        return fail(explanation.error());
    bytes += whole.bytes();
    if (bytes > options.limits.maxBytes) {
        return fail(
            {.kind = ErrorKind::Failed,
             .what = "answer the question",
             .where = {},
             .why = "the answer takes more than " + std::to_string(options.limits.maxBytes / (1024 * 1024)) + " MiB",
             .hint = "Ask for fewer rows, or take it page by page"});
    }
    return Answer{pages.empty() ? std::move(whole) : Frame::joined(pages), std::move(*explanation)};
}

} // namespace ra::query
