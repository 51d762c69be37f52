// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/slowest.h"

#include "core/model/run.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

namespace ra::query {

using samples::bucketOf;
using samples::lengthOf;
using samples::RollupLevel;
using store::ResetAtEnd;

namespace {

/// Rows beyond which nearly every hour would be read.
constexpr std::size_t mostWanted = 10'000;

bool areInRollups(const Filter &filter) {
    if (filter.kind == Filter::Kind::Compare) {
        const auto field = fieldOf(Source::Steps, filter.field);
        if (!field || !field->inRollups || field->name == "duration")
            return false;
    }
    return std::all_of(filter.parts.begin(), filter.parts.end(), areInRollups);
}

Piece partOf(const Piece &piece, RollupLevel unit, std::int64_t bucket, std::optional<RollupLevel> level) {
    const std::int64_t length = lengthOf(unit);
    return {.level = level,
            .from = std::max(piece.from, std::max(bucket, Piece::earliest / length) * length),
            .to = std::min(piece.to, bucket >= Piece::latest / length ? Piece::latest : (bucket + 1) * length)};
}

std::int64_t lastOf(const Piece &piece) {
    return piece.to == Piece::latest ? piece.to : piece.to - 1;
}

} // namespace

bool isOfSlowest(const Shape &shape) {
    const Question &question = shape.question;
    return question.source == Source::Steps && !shape.listed.empty() && !question.order.empty() &&
           question.order.front().column == "duration" && question.order.front().descending && question.limit > 0 &&
           question.limit <= mostWanted && question.offset <= mostWanted && areInRollups(question.where);
}

SlowestRead::SlowestRead(const SQLite::Database &db, Gathering &gathering, StoreWords &texts)
    : m_gathering(gathering)
    , m_texts(texts)
    , m_rows(db, gathering.shape, gathering.words, texts)
    , m_kept(db, "SELECT step, bucket, count, sum, max FROM kept_step_rollups WHERE recipe_id = ? AND level = ? AND "
                 "bucket BETWEEN ? AND ? AND count > 0 ORDER BY bucket")
    , m_stale(db, "SELECT hour FROM stale_hours WHERE recipe_id = ? AND hour BETWEEN ? AND ? ORDER BY hour")
    , m_wanted(gathering.shape.question.offset + gathering.shape.question.limit) {
    store::Statement horizon(db, "SELECT t_ns FROM horizons WHERE kind = 'runs'");
    if (horizon.step())
        m_horizon = horizon.integer(0);
}

void SlowestRead::add(std::size_t recipe, const Piece &piece) {
    if (!piece.level) {
        m_stretches.push_back({.recipe = recipe, .piece = piece});
        return;
    }
    // What is not summed up yet can hold anything.
    std::vector<std::int64_t> stale;
    m_stale.bind((*m_recipes)[recipe].id, bucketOf(RollupLevel::Hour, piece.from),
                 bucketOf(RollupLevel::Hour, lastOf(piece)));
    while (m_stale.step()) {
        const std::int64_t hour = m_stale.integer(0);
        const std::int64_t unit = *piece.level == RollupLevel::Day ? hour / 24 - (hour % 24 < 0 ? 1 : 0) : hour;
        if (stale.empty() || stale.back() != unit)
            stale.push_back(unit);
    }
    Piece rest = piece;
    const RollupLevel unit = *piece.level == RollupLevel::Day ? RollupLevel::Day : RollupLevel::Hour;
    for (const std::int64_t bucket : stale) {
        ++m_gathering.explanation.staleUnits;
        const Piece part =
            partOf(piece, unit, bucket, unit == RollupLevel::Day ? std::optional(RollupLevel::Hour) : std::nullopt);
        if (rest.from < part.from)
            addRollups(recipe, {.level = rest.level, .from = rest.from, .to = part.from});
        add(recipe, part);
        rest.from = part.to;
    }
    if (rest.from < rest.to)
        addRollups(recipe, rest);
}

void SlowestRead::addRollups(std::size_t recipe, const Piece &piece) {
    Shape &shape = m_gathering.shape;
    const std::vector<Field> &fields = shape.fields.fields();
    const RecipeName &name = (*m_recipes)[recipe];
    Row row;
    row.values.resize(fields.size());
    const ResetAtEnd reset(m_kept);
    m_kept.bind(name.id, static_cast<int>(*piece.level), bucketOf(*piece.level, piece.from),
                bucketOf(*piece.level, lastOf(piece)));
    std::optional<std::int64_t> bucket;
    while (m_kept.step()) {
        if (++m_read % Gathering::between == 0 && !m_gathering.goesOn())
            return;
        ++m_gathering.explanation.rollups;
        for (std::size_t slot = 0; slot < fields.size(); ++slot) {
            row.values[slot] = {};
            if (fields[slot].decode == Decode::RecipeName)
                row.setInteger(slot, m_gathering.words.idOf(name.name));
            else if (fields[slot].decode == Decode::RecipePath)
                row.setInteger(slot, m_gathering.words.idOf(name.path));
            else if (fields[slot].decode == Decode::StepStatus)
                row.setInteger(slot, m_gathering.words.idOf(toString(StepStatus::Completed)));
            else if (const std::int64_t word = fields[slot].name == "step" ? m_texts.ofText(m_kept.integer(0)) : -1;
                     word >= 0)
                row.setInteger(slot, word);
            else
                row.setMissing(slot); // in rollups nothing else is asked of
        }
        row.hasTime = true;
        row.timeNs = std::max(m_kept.integer(1), Piece::earliest / lengthOf(*piece.level)) * lengthOf(*piece.level);
        shape.clock.fill(row);
        if (shape.filter.test(row, m_gathering.words) != Truth::True)
            continue;
        const double greatest = m_kept.isNull(4) ? m_kept.real(3) : m_kept.real(4); // of one value the sum is all
        m_greatest.push_back(greatest);
        if (bucket == m_kept.integer(1)) {
            m_stretches.back().greatest = std::max(m_stretches.back().greatest, greatest);
            continue;
        }
        bucket = m_kept.integer(1);
        m_stretches.push_back(
            {.recipe = recipe, .piece = partOf(piece, *piece.level, *bucket, piece.level), .greatest = greatest});
    }
}

void SlowestRead::raiseBound() {
    if (m_greatest.size() >= m_wanted) {
        const auto last = m_greatest.begin() + static_cast<std::ptrdiff_t>(m_wanted) - 1;
        std::nth_element(m_greatest.begin(), last, m_greatest.end(), std::greater<>());
        m_bound = std::max(m_bound, *last);
    }
    m_greatest.clear();
}

bool SlowestRead::read(const std::vector<RecipeName> &recipes) {
    m_recipes = &recipes;
    const Question &question = m_gathering.shape.question;
    const std::int64_t from = question.since ? toNs(*question.since) : Piece::earliest;
    const std::int64_t to = question.until ? toNs(*question.until) : Piece::latest;
    const auto level = m_gathering.shape.clock.unit(fromNs(from), fromNs(to));
    if (!level)
        return false;
    // Before the horizon of retention rollups tell of steps whose rows have gone.
    const std::int64_t whole = std::clamp(m_horizon, from, to);
    std::vector<Piece> pieces = cover(level, whole, to);
    if (from < whole)
        pieces.insert(pieces.begin(), {.level = {}, .from = from, .to = whole});
    for (std::size_t recipe = 0; recipe < recipes.size(); ++recipe) {
        for (const Piece &piece : pieces)
            add(recipe, piece);
        if (!m_gathering.goesOn())
            return true;
    }
    if (m_greatest.size() < m_wanted)
        return false;
    raiseBound();
    // Days that may hold some by their hours, which raises the bound further.
    const std::vector<Stretch> all = std::exchange(m_stretches, {});
    for (const Stretch &stretch : all) {
        if (stretch.greatest < m_bound)
            continue;
        if (stretch.piece.level == RollupLevel::Day)
            addRollups(stretch.recipe,
                       {.level = RollupLevel::Hour, .from = stretch.piece.from, .to = stretch.piece.to});
        else
            m_stretches.push_back(stretch);
    }
    raiseBound();
    std::uint64_t stretches = 0;
    for (const Stretch &stretch : m_stretches) {
        if (!m_gathering.goesOn())
            return true;
        if (stretch.greatest < m_bound)
            continue;
        ++stretches;
        m_rows.scan(recipes[stretch.recipe], {.level = {}, .from = stretch.piece.from, .to = stretch.piece.to},
                    [this](Row &row, Outcome outcome) {
                        ++m_gathering.explanation.rows;
                        m_gathering.take(row, outcome);
                        return ++m_read % Gathering::between != 0 ? !m_gathering.error : m_gathering.goesOn();
                    });
    }
    m_gathering.explanation.plan.pieces = pieces;
    m_gathering.explanation.plan.why.clear();
    m_gathering.explanation.notes.push_back("rows of " + std::to_string(stretches) +
                                            " stretches that can hold the slowest by their greatest durations");
    return true;
}

} // namespace ra::query
