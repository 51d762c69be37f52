// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/listing.h"

#include "core/query/arrange.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace ra::query {

namespace {

/// Rows that are gathered before those that cannot be among the first are left out.
constexpr std::size_t leastGathered = 10'000;

/// Without the words that no row has.
Frame compacted(const Frame &frame) {
    std::vector<FrameColumn> columns = frame.columns();
    for (FrameColumn &column : columns) {
        if (column.type != ColumnType::Text)
            continue;
        Words words;
        for (std::size_t row = 0; row < column.size(); ++row) {
            if (column.has(row))
                column.integers[row] = words.idOf(frame.column(column.name)->text(row));
        }
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < words.size(); ++i)
            texts.push_back(words.text(static_cast<std::int64_t>(i)));
        column.words = std::make_shared<const std::vector<std::string>>(std::move(texts));
    }
    return Frame(std::move(columns));
}

} // namespace

Listing::Listing(const Shape &shape, const Words &words, std::size_t pageRows, const PageSink &sink)
    : m_shape(shape)
    , m_words(words)
    , m_pageRows(std::max<std::size_t>(1, pageRows))
    , m_sink(sink) {
    begin();
}

void Listing::begin() {
    m_columns.clear();
    for (const std::size_t slot : m_shape.listed) {
        const Field &field = m_shape.fields.fields()[slot];
        FrameColumn &column = m_columns.emplace_back();
        column.name = field.name;
        column.type = field.type;
        column.unit = field.unit;
    }
    m_texts.assign(m_columns.size(), {});
    m_rows = 0;
}

Frame Listing::page() {
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        if (m_columns[i].type == ColumnType::Text)
            m_columns[i].words = std::make_shared<const std::vector<std::string>>(std::move(m_texts[i]));
    }
    Frame frame(std::move(m_columns));
    begin();
    return frame;
}

bool Listing::give(const Frame &frame) {
    m_gavePage = true;
    m_given += frame.rows();
    m_isWanted = m_isWanted && m_sink(frame);
    return m_isWanted;
}

Result<void> Listing::shorten() {
    Question first;
    first.order = m_shape.question.order;
    const auto &[limit, offset] = std::pair(m_shape.question.limit, m_shape.question.offset);
    const bool isMost = limit == 0 || limit > mostOrdered || offset > mostOrdered;
    first.limit = isMost ? mostOrdered + 1 : offset + limit;
    std::vector<Frame> parts;
    if (m_best.rows() > 0)
        parts.push_back(std::move(m_best));
    parts.push_back(page());
    const auto best = arrange(Frame::joined(parts), first);
    if (!best)
        return fail(best.error());
    m_best = compacted(*best);
    if (m_best.rows() > mostOrdered) {
        return fail({.kind = ErrorKind::Failed,
                     .what = "answer the question",
                     .where = {},
                     .why = "more than 1,000,000 rows are to be put in order",
                     .hint = "Give it a limit, or leave the order out"});
    }
    return {};
}

Result<bool> Listing::add(const Row &row) {
    const Question &question = m_shape.question;
    ++m_taken;
    const bool isOrdered = !question.order.empty();
    if (!isOrdered && m_skipped < question.offset) {
        ++m_skipped;
        return true;
    }
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        const std::size_t slot = m_shape.listed[i];
        const Field &field = m_shape.fields.fields()[slot];
        const Value &value = row.values[slot];
        FrameColumn &column = m_columns[i];
        if (value.state != Value::State::Present) {
            column.addMissing();
        } else if (column.type == ColumnType::Text) {
            m_texts[i].push_back(m_words.text(value.integer));
            column.addInteger(static_cast<std::int64_t>(m_texts[i].size()) - 1);
        } else if (column.type == ColumnType::Number) {
            column.addNumber(value.number / field.divisor());
        } else {
            column.addInteger(value.integer);
        }
    }
    ++m_rows;
    if (isOrdered) {
        // Each time as many again as are kept, so that putting them in order costs a few looks a row.
        if (m_rows < std::max(leastGathered, m_best.rows()))
            return true;
        const auto shortened = shorten();
        return shortened ? Result<bool>(true) : fail(shortened.error());
    }
    const bool isLast = question.limit != 0 && m_given + m_rows >= question.limit;
    if (m_rows < m_pageRows && !isLast)
        return true;
    return give(page()) && !isLast;
}

Result<void> Listing::finish() {
    if (m_shape.question.order.empty()) {
        if (m_isWanted && (m_rows > 0 || !m_gavePage))
            give(page());
        return {};
    }
    if (auto shortened = shorten(); !shortened)
        return shortened;
    const std::size_t from = std::min(m_shape.question.offset, m_best.rows());
    std::vector<std::size_t> rows(m_best.rows() - from);
    std::iota(rows.begin(), rows.end(), from);
    std::size_t at = 0;
    do {
        const std::size_t count = std::min(m_pageRows, rows.size() - at);
        if (!give(m_best.pick(std::span(rows).subspan(at, count))))
            break;
        at += count;
    } while (at < rows.size());
    return {};
}

} // namespace ra::query
