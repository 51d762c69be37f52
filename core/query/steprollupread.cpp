// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/steprollupread.h"

#include <algorithm>

namespace ra::query {

using samples::bucketOf;
using samples::lengthOf;
using samples::RollupLevel;
using store::ResetAtEnd;

namespace {

bool needsSketches(const Shape &shape) {
    return std::any_of(shape.measures.begin(), shape.measures.end(),
                       [](const Shape::Measure &measure) { return measure.keeping.quantiles; });
}

std::string sumsOf(const Shape &shape) {
    return std::string("SELECT step, bucket, failed, count, sum, min, max, sum_squares, ") +
           (needsSketches(shape) ? "sketch" : "NULL") + " FROM ";
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

StepRollupRead::StepRollupRead(const SQLite::Database &db, Gathering &gathering, StoreWords &texts, WindowRead *windows)
    : m_gathering(gathering)
    , m_texts(texts)
    , m_windows(windows)
    , m_rows(db, gathering.shape, gathering.words, texts)
    , m_kept(db, sumsOf(gathering.shape) + "kept_step_rollups WHERE recipe_id = ? AND bucket BETWEEN ? AND ? AND level "
                                           "= ?")
    , m_gone(db, sumsOf(gathering.shape) + "gone_step_rollups WHERE recipe_id = ? AND bucket BETWEEN ? AND ?")
    , m_stale(db, "SELECT hour FROM stale_hours WHERE recipe_id = ? AND hour BETWEEN ? AND ? ORDER BY hour") {
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
    if (hasRollups && needsSketches(gathering.shape) && gathering.shape.measures.size() == 1)
        m_merging.emplace(std::max(1U, usefulThreads() - 1), gathering.options.limits.maxBytes);
    m_completed = gathering.words.idOf(toString(StepStatus::Completed));
    m_failed = gathering.words.idOf(toString(StepStatus::Failed));
}

void StepRollupRead::read(const RecipeName &recipe, const Piece &piece) {
    if (piece.level)
        rollups(recipe, piece);
    else
        rows(recipe, piece);
}

void StepRollupRead::finish() {
    if (!m_merging)
        return;
    // Over rollups there is one measure, that of durations.
    m_gathering.check(m_merging->finish([this](std::size_t group, std::string &&only, auto merged) {
        return m_gathering.groups.accumulator(group, 0).adopt(std::move(only), std::move(merged));
    }));
}

void StepRollupRead::rows(const RecipeName &recipe, const Piece &piece) {
    m_rows.scan(recipe, piece, [this](Row &row, Outcome outcome, std::int64_t) {
        ++m_gathering.explanation.rows;
        const std::optional<std::size_t> group = m_gathering.take(row, outcome);
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

void StepRollupRead::rollups(const RecipeName &recipe, const Piece &piece) {
    const RollupLevel level = *piece.level;
    const std::vector<std::int64_t> stale = staleUnits(recipe, piece);
    const auto [first, last] = bucketsOf(level, piece);
    m_kept.bind(recipe.id, first, last, static_cast<int>(level));
    if (!sums(m_kept, recipe, level, stale))
        return;
    const std::int64_t length = lengthOf(level == RollupLevel::Day ? RollupLevel::Day : RollupLevel::Hour);
    for (const std::int64_t unit : stale) {
        ++m_gathering.explanation.staleUnits;
        // A day's other hours may be summed up all the same.
        const Piece part{.level = level == RollupLevel::Day ? std::optional(RollupLevel::Hour) : std::nullopt,
                         .from = std::max(piece.from, std::max(unit, Piece::earliest / length) * length),
                         .to =
                             std::min(piece.to, unit >= Piece::latest / length ? Piece::latest : (unit + 1) * length)};
        read(recipe, part);
        if (m_gathering.error)
            return;
        if (part.level)
            continue;
        // Rows do not tell of what has been removed.
        const auto [firstMinute, lastMinute] = bucketsOf(RollupLevel::Minute, part);
        m_gone.bind(recipe.id, firstMinute, lastMinute);
        if (!sums(m_gone, recipe, RollupLevel::Minute, {}))
            return;
    }
}

bool StepRollupRead::sums(store::Statement &statement, const RecipeName &recipe, RollupLevel level,
                          const std::vector<std::int64_t> &stale) {
    constexpr std::int64_t minutesInHour = 60;
    Row row;
    row.values.resize(m_gathering.shape.fields.fields().size());
    const std::vector<Field> &fields = m_gathering.shape.fields.fields();
    for (std::size_t slot = 0; slot < fields.size(); ++slot) {
        if (fields[slot].decode == Decode::RecipeName)
            row.setInteger(slot, m_gathering.words.idOf(recipe.name));
        else if (fields[slot].decode == Decode::RecipePath)
            row.setInteger(slot, m_gathering.words.idOf(recipe.path));
    }
    const ResetAtEnd reset(statement);
    while (statement.step()) {
        if (++m_read % Gathering::between == 0 && !m_gathering.goesOn())
            return false;
        const std::int64_t bucket = statement.integer(1);
        const std::int64_t unit =
            level == RollupLevel::Minute ? bucket / minutesInHour - (bucket % minutesInHour < 0 ? 1 : 0) : bucket;
        if (std::binary_search(stale.begin(), stale.end(), unit))
            continue;
        ++m_gathering.explanation.rollups;
        for (const std::size_t slot : m_stepSlots)
            setWord(row, slot, m_texts.ofText(statement.integer(0)));
        row.hasTime = true;
        row.timeNs = std::max(bucket, Piece::earliest / lengthOf(level)) * lengthOf(level);
        Part part{.count = static_cast<std::uint64_t>(statement.integer(3)),
                  .sum = statement.real(4),
                  .min = statement.real(5),
                  .max = statement.real(6),
                  .sumSquares = statement.real(7),
                  .sketch = statement.text(8)};
        add(row, StepStatus::Completed, part.count, part);
        add(row, StepStatus::Failed, static_cast<std::uint64_t>(statement.integer(2)), {});
        if (m_gathering.error)
            return false;
    }
    return true;
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
        Keeping keeping = shape.measures[i].keeping;
        if (keeping.quantiles && m_merging && part.count > 1) {
            m_merging->add(*group, part.sketch); // what fails is told in the end
            keeping.quantiles = false;
        }
        if (!m_gathering.check(m_gathering.groups.accumulator(*group, i).addPart(part, keeping)))
            return;
    }
}

} // namespace ra::query
