// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/arrange.h"

#include "core/query/rowfilter.h"
#include "core/query/roworder.h"

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
    RowOrder order;
    for (const Order &by : question.order) {
        const FrameColumn *column = frame.column(by.column);
        if (!column)
            return fail(noColumn(frame, by.column));
        order.add(*column, by.descending);
    }
    for (std::size_t i = 0; i < question.by.size(); ++i)
        order.add(frame.columns()[i], false);
    Result<std::vector<std::size_t>> rows = kept(frame, question.having);
    if (!rows)
        return fail(rows.error());
    const std::size_t end =
        question.limit == 0 || question.offset > rows->size() || rows->size() - question.offset < question.limit
            ? rows->size()
            : question.offset + question.limit;
    order.sort(*rows, end);
    const std::size_t begin = std::min(question.offset, end);
    return frame.pick(std::span(*rows).subspan(begin, end - begin));
}

} // namespace ra::query
