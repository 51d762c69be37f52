// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/arrange.h"

#include "core/query/rowfilter.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace ra::query {

namespace {

Error noColumn(const Frame &frame, std::string_view name) {
    std::string hint = "It has";
    for (const FrameColumn &column : frame.columns()) {
        hint += &column == &frame.columns().front() ? " " : ", ";
        hint += column.name;
    }
    return {.kind = ErrorKind::Invalid,
            .what = "answer the question",
            .where = {},
            .why = "the answer has no column \"" + std::string(name.substr(0, 80)) + '"',
            .hint = std::move(hint)};
}

/// A column that rows are ordered by.
struct OrderBy {
    const FrameColumn *column = nullptr;
    bool descending = false;
    std::vector<std::size_t> ranks =
        {}; ///< of the words of a text column among each other, so that none is compared twice
};

OrderBy orderBy(const FrameColumn &column, bool descending) {
    OrderBy by{&column, descending};
    if (column.type != ColumnType::Text || !column.words)
        return by;
    std::vector<std::size_t> sorted(column.words->size());
    std::iota(sorted.begin(), sorted.end(), std::size_t{0});
    std::sort(sorted.begin(), sorted.end(),
              [&](std::size_t a, std::size_t b) { return (*column.words)[a] < (*column.words)[b]; });
    by.ranks.resize(sorted.size());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const bool isSame = i > 0 && (*column.words)[sorted[i]] == (*column.words)[sorted[i - 1]];
        by.ranks[sorted[i]] = isSame ? by.ranks[sorted[i - 1]] : i;
    }
    return by;
}

template <typename T>
int compareValues(T a, T b) {
    return static_cast<int>(a > b) - static_cast<int>(a < b);
}

/// Negative, zero, positive. What is missing comes last either way.
int compareRows(const OrderBy &by, std::size_t a, std::size_t b) {
    const FrameColumn &column = *by.column;
    if (!column.has(a) || !column.has(b))
        return static_cast<int>(column.has(b)) - static_cast<int>(column.has(a));
    int order = 0;
    if (column.type == ColumnType::Text)
        order = compareValues(by.ranks[static_cast<std::size_t>(column.integers[a])],
                              by.ranks[static_cast<std::size_t>(column.integers[b])]);
    else if (column.type == ColumnType::Number)
        order = compareValues(column.numbers[a], column.numbers[b]);
    else
        order = compareValues(column.integers[a], column.integers[b]);
    return by.descending ? -order : order;
}

Result<std::vector<std::size_t>> kept(const Frame &frame, const Filter &having) {
    std::vector<std::size_t> rows;
    if (having.kind == Filter::Kind::Everything) {
        rows.resize(frame.rows());
        std::iota(rows.begin(), rows.end(), std::size_t{0});
        return rows;
    }
    const auto filter = RowFilter::make(having, [&](std::string_view name) -> Result<RowFilter::Operand> {
        for (std::size_t i = 0; i < frame.columns().size(); ++i) {
            const FrameColumn &column = frame.columns()[i];
            if (column.name == name)
                return RowFilter::Operand{i, column.type, 1, column.name == "weekday"};
        }
        return fail(noColumn(frame, name));
    });
    if (!filter)
        return fail(filter.error());
    Words words;
    Row row;
    row.values.resize(frame.columns().size());
    for (std::size_t r = 0; r < frame.rows(); ++r) {
        for (std::size_t i = 0; i < frame.columns().size(); ++i) {
            const FrameColumn &column = frame.columns()[i];
            if (!column.has(r))
                row.setMissing(i);
            else if (column.type == ColumnType::Text)
                row.setInteger(i, words.idOf(column.text(r)));
            else if (column.type == ColumnType::Number)
                row.setNumber(i, column.numbers[r]);
            else
                row.setInteger(i, column.integers[r]);
        }
        if (filter->test(row, words) == Truth::True)
            rows.push_back(r);
    }
    return rows;
}

} // namespace

Result<Frame> arrange(const Frame &frame, const Question &question) {
    std::vector<OrderBy> order;
    for (const Order &by : question.order) {
        const FrameColumn *column = frame.column(by.column);
        if (!column)
            return fail(noColumn(frame, by.column));
        order.push_back(orderBy(*column, by.descending));
    }
    for (std::size_t i = 0; i < question.by.size(); ++i)
        order.push_back(orderBy(frame.columns()[i], false));
    Result<std::vector<std::size_t>> rows = kept(frame, question.having);
    if (!rows)
        return fail(rows.error());
    const std::size_t end =
        question.limit == 0 || question.offset > rows->size() || rows->size() - question.offset < question.limit
            ? rows->size()
            : question.offset + question.limit;
    const auto isBefore = [&](std::size_t a, std::size_t b) {
        for (const OrderBy &by : order) {
            if (const int result = compareRows(by, a, b); result != 0)
                return result < 0;
        }
        return a < b;
    };
    const auto middle = rows->begin() + static_cast<std::ptrdiff_t>(end);
    if (middle == rows->end())
        std::sort(rows->begin(), middle, isBefore);
    else
        std::partial_sort(rows->begin(), middle, rows->end(), isBefore);
    const std::size_t begin = std::min(question.offset, end);
    return frame.pick(std::span(*rows).subspan(begin, end - begin));
}

} // namespace ra::query
