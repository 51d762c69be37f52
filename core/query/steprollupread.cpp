// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/steprollupread.h"

#include <algorithm>

namespace ra::query {

using samples::bucketOf;
using samples::lengthOf;
using samples::RollupLevel;
using store::ResetAtEnd;

namespace {

/// Statements of the tasks: those of rows come after them, first those without bounds, then those with.
enum StatementOf : std::size_t { KeptSums, GoneSums, Rows };

bool any(const Shape &shape, bool Keeping::*what) {
    return std::any_of(shape.measures.begin(), shape.measures.end(),
                       [&](const Shape::Measure &measure) { return measure.keeping.*what; });
}

void setWord(Row &row, std::size_t slot, std::int64_t word) {
    if (word >= 0)
        row.setInteger(slot, word);
    else
        row.setMissing(slot);
}

/// The buckets of a piece, both included.
std::pair<std::int64_t, std::int64_t> bucketsOf(RollupLevel level, const Piece &piece) {
    return {bucketOf(level, piece.from),
            piece.to == Piece::latest ? bucketOf(level, piece.to) : bucketOf(level, piece.to - 1)};
}

} // namespace

StepRollupRead::Columns StepRollupRead::columnsFor(const Shape &shape) {
    Columns columns;
    int last = 3;
    const auto add = [&](bool isNeeded, const char *name, int &column) {
        if (!isNeeded)
            return;
        columns.sql += std::string(", ") + name;
        column = ++last;
    };
    add(!shape.measures.empty(), "sum", columns.sum);
    add(any(shape, &Keeping::extremes), "min", columns.min);
    add(any(shape, &Keeping::extremes), "max", columns.max);
    add(any(shape, &Keeping::spread), "sum_squares", columns.sumSquares);
    add(any(shape, &Keeping::quantiles), "sketch", columns.sketch);
    return columns;
}

/// By StatementOf.
std::vector<std::string> StepRollupRead::statements() const {
    const std::string columns = "SELECT step, bucket, failed, count" + m_columns.sql;
    std::vector<std::string> all{
        columns + " FROM kept_step_rollups WHERE recipe_id = ? AND level = ? AND bucket BETWEEN ? AND ?",
        columns + " FROM gone_step_rollups WHERE recipe_id = ? AND bucket BETWEEN ? AND ?"};
    for (const bool isBounded : {false, true})
        all.insert(all.end(), m_rows.statements(isBounded).begin(), m_rows.statements(isBounded).end());
    return all;
}

template <typename Source>
Part StepRollupRead::partOf(const Source &source) const {
    Part part{.count = static_cast<std::uint64_t>(source.integer(3))};
    if (part.count == 0)
        return part;
    if (m_columns.sum > 0)
        part.sum = source.real(m_columns.sum);
    if (part.count == 1) // of which the sum is all
        return part;
    if (m_columns.min > 0)
        part.min = source.real(m_columns.min);
    if (m_columns.max > 0)
        part.max = source.real(m_columns.max);
    if (m_columns.sumSquares > 0)
        part.sumSquares = source.real(m_columns.sumSquares);
    if (m_columns.sketch > 0)
        part.sketch = source.text(m_columns.sketch);
    return part;
}

StepRollupRead::StepRollupRead(const SQLite::Database &db, Gathering &gathering, StoreWords &texts, WindowRead *windows,
                               std::vector<SQLite::Database *> sides)
    : m_gathering(gathering)
    , m_texts(texts)
    , m_windows(windows)
    , m_rows(db, gathering.shape, gathering.words, texts)
    , m_stale(db, "SELECT hour FROM stale_hours WHERE recipe_id = ? AND hour BETWEEN ? AND ? ORDER BY hour")
    , m_columns(columnsFor(gathering.shape))
    , m_ahead(db, statements(), std::move(sides), gathering.options.stop) {
    const std::vector<Field> &fields = gathering.shape.fields.fields();
    for (std::size_t slot = 0; slot < fields.size(); ++slot) {
        if (fields[slot].decode == Decode::TextId)
            m_stepSlots.push_back(slot); // of rollups the step's name only
        else if (fields[slot].decode == Decode::StepStatus)
            m_statusSlots.push_back(slot);
    }
    const bool hasRollups =
        std::any_of(gathering.explanation.plan.pieces.begin(), gathering.explanation.plan.pieces.end(),
                    [](const Piece &piece) { return piece.level.has_value(); });
    if (hasRollups && any(gathering.shape, &Keeping::quantiles) && gathering.shape.measures.size() == 1)
        m_merging.emplace(std::max(1U, usefulThreads() - 1), gathering.options.limits.maxBytes);
    m_completed = gathering.words.idOf(toString(StepStatus::Completed));
    m_failed = gathering.words.idOf(toString(StepStatus::Failed));
}

void StepRollupRead::read(const std::vector<RecipeName> &recipes, const std::vector<Piece> &pieces) {
    for (const RecipeName &recipe : recipes) {
        for (const Piece &piece : pieces)
            plan(recipe, piece);
    }
    m_ahead.setTasks(std::move(m_tasks));
    Progress progress{.stage = "query", .item = {}, .done = 0, .total = recipes.size()};
    std::size_t task = 0;
    for (const RecipeName &recipe : recipes) {
        for (; task < m_readings.size() && m_readings[task].recipe == &recipe; ++task) {
            if (!m_gathering.goesOn())
                return;
            if (m_readings[task].level)
                rollups(task);
            else
                rows(task);
            m_gathering.explanation.connections = m_ahead.helpers();
        }
        if (m_gathering.error || m_gathering.isEnough)
            return;
        ++progress.done;
        progress.item = recipe.name;
        if (m_gathering.options.progress)
            m_gathering.options.progress(progress);
    }
    finish();
}

void StepRollupRead::plan(const RecipeName &recipe, const Piece &piece) {
    if (!piece.level) {
        const bool isBounded = StoreRows::isBounded(piece);
        const std::size_t statements = m_rows.statements(isBounded).size();
        for (std::size_t i = 0; i < statements; ++i) {
            m_tasks.push_back(
                {.statement = Rows + (isBounded ? statements : 0) + i, .values = StoreRows::valuesFor(recipe, piece)});
            m_readings.push_back({.recipe = &recipe});
        }
        return;
    }
    const RollupLevel level = *piece.level;
    const std::vector<std::int64_t> stale = staleUnits(recipe, piece);
    const auto [first, last] = bucketsOf(level, piece);
    m_tasks.push_back({.statement = KeptSums, .values = {recipe.id, static_cast<std::int64_t>(level), first, last}});
    m_readings.push_back({.recipe = &recipe, .level = level, .stale = stale});
    const std::int64_t length = lengthOf(level == RollupLevel::Day ? RollupLevel::Day : RollupLevel::Hour);
    for (const std::int64_t unit : stale) {
        ++m_gathering.explanation.staleUnits;
        // A day's other hours may be summed up all the same.
        const Piece part{.level = level == RollupLevel::Day ? std::optional(RollupLevel::Hour) : std::nullopt,
                         .from = std::max(piece.from, std::max(unit, Piece::earliest / length) * length),
                         .to =
                             std::min(piece.to, unit >= Piece::latest / length ? Piece::latest : (unit + 1) * length)};
        plan(recipe, part);
        if (part.level)
            continue;
        // Rows do not tell of what has been removed.
        const auto [firstMinute, lastMinute] = bucketsOf(RollupLevel::Minute, part);
        m_tasks.push_back({.statement = GoneSums, .values = {recipe.id, firstMinute, lastMinute}});
        m_readings.push_back({.recipe = &recipe, .level = RollupLevel::Minute});
    }
}

void StepRollupRead::finish() {
    if (!m_merging)
        return;
    // Over rollups there is one measure, that of durations.
    m_gathering.check(m_merging->finish([this](std::size_t group, std::string &&only, auto merged) {
        return m_gathering.groups.accumulator(group, 0).adopt(std::move(only), std::move(merged));
    }));
}

void StepRollupRead::rows(std::size_t task) {
    m_rows.begin(*m_readings[task].recipe);
    m_ahead.each(task, [this](const auto &source) {
        ++m_gathering.explanation.rows;
        Row &row = m_rows.read(source);
        const std::optional<std::size_t> group = m_gathering.take(row, m_rows.outcome(source));
        if (group && m_windows)
            m_windows->add(row, *group);
        return ++m_read % Gathering::between != 0 ? !m_gathering.error && !m_gathering.isEnough : m_gathering.goesOn();
    });
}

std::vector<std::int64_t> StepRollupRead::staleUnits(const RecipeName &recipe, const Piece &piece) {
    const auto [first, last] = bucketsOf(RollupLevel::Hour, piece);
    std::vector<std::int64_t> units;
    m_stale.bind(recipe.id, first, last);
    while (m_stale.step()) {
        const std::int64_t hour = m_stale.integer(0);
        // Minutes are stale by the hour: the unit is then an hour too.
        const std::int64_t unit = *piece.level == RollupLevel::Day ? hour / 24 - (hour % 24 < 0 ? 1 : 0) : hour;
        if (units.empty() || units.back() != unit)
            units.push_back(unit);
    }
    return units;
}

void StepRollupRead::rollups(std::size_t task) {
    const Reading &reading = m_readings[task];
    const RollupLevel level = *reading.level;
    constexpr std::int64_t minutesInHour = 60;
    Row row;
    row.values.resize(m_gathering.shape.fields.fields().size());
    const std::vector<Field> &fields = m_gathering.shape.fields.fields();
    for (std::size_t slot = 0; slot < fields.size(); ++slot) {
        if (fields[slot].decode == Decode::RecipeName)
            row.setInteger(slot, m_gathering.words.idOf(reading.recipe->name));
        else if (fields[slot].decode == Decode::RecipePath)
            row.setInteger(slot, m_gathering.words.idOf(reading.recipe->path));
    }
    m_ahead.each(task, [&](const auto &source) {
        if (++m_read % Gathering::between == 0 && !m_gathering.goesOn())
            return false;
        const std::int64_t bucket = source.integer(1);
        const std::int64_t unit =
            level == RollupLevel::Minute ? bucket / minutesInHour - (bucket % minutesInHour < 0 ? 1 : 0) : bucket;
        if (std::binary_search(reading.stale.begin(), reading.stale.end(), unit))
            return true;
        ++m_gathering.explanation.rollups;
        for (const std::size_t slot : m_stepSlots)
            setWord(row, slot, m_texts.ofText(source.integer(0)));
        row.hasTime = true;
        row.timeNs = std::max(bucket, Piece::earliest / lengthOf(level)) * lengthOf(level);
        const Part part = partOf(source);
        add(row, StepStatus::Completed, part.count, part);
        add(row, StepStatus::Failed, static_cast<std::uint64_t>(source.integer(2)), {});
        return !m_gathering.error;
    });
}

void StepRollupRead::add(Row &row, StepStatus status, std::uint64_t count, const Part &part) {
    if (count == 0)
        return;
    Shape &shape = m_gathering.shape;
    for (const std::size_t slot : m_statusSlots)
        row.setInteger(slot, status == StepStatus::Completed ? m_completed : m_failed);
    shape.clock.fill(row);
    if (shape.filter.test(row, m_gathering.words) != Truth::True)
        return;
    const auto group = m_gathering.groups.groupOf(row, shape.clock.stretches(row.timeNs));
    if (!group) {
        m_gathering.error = group.error();
        return;
    }
    const bool isGood = status == StepStatus::Completed;
    m_gathering.groups.count(*group, count, isGood ? 0 : count, isGood ? count : 0);
    for (std::size_t i = 0; i < shape.measures.size(); ++i) {
        const Keeping &keeping = shape.measures[i].keeping;
        const bool isMerged = keeping.quantiles && m_merging && part.count > 1;
        if (isMerged)
            m_merging->add(*group, part.sketch); // what fails is told in the end
        static const Keeping nothing;
        Accumulator &values = m_gathering.groups.accumulator(*group, i);
        if (!m_gathering.check(values.addPart(part, isMerged ? nothing : keeping)))
            return;
    }
}

} // namespace ra::query
