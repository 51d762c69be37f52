// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/frame.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

namespace ra::query {

std::string_view toString(ColumnType type) {
    constexpr std::array<std::string_view, 4> names = {"time", "integer", "number", "text"};
    return names.at(static_cast<std::size_t>(type));
}

std::string_view FrameColumn::text(std::size_t row) const {
    if (!has(row) || type != ColumnType::Text)
        return {};
    return (*words)[static_cast<std::size_t>(integers[row])];
}

double FrameColumn::number(std::size_t row) const {
    if (!has(row) || type == ColumnType::Text)
        return std::numeric_limits<double>::quiet_NaN();
    return type == ColumnType::Number ? numbers[row] : static_cast<double>(integers[row]);
}

void FrameColumn::reserve(std::size_t rows) {
    if (type == ColumnType::Number)
        numbers.reserve(rows);
    else
        integers.reserve(rows);
    present.reserve(rows);
}

void FrameColumn::addMissing() {
    if (type == ColumnType::Number)
        numbers.push_back(0);
    else
        integers.push_back(0);
    present.push_back(0);
}

void FrameColumn::addInteger(std::int64_t value) {
    assert(type != ColumnType::Number);
    integers.push_back(value);
    present.push_back(1);
}

void FrameColumn::addNumber(double value) {
    assert(type == ColumnType::Number);
    if (std::isnan(value))
        return addMissing();
    numbers.push_back(value);
    present.push_back(1);
}

Frame::Frame(std::vector<FrameColumn> columns)
    : m_columns(std::move(columns)) {
    assert(std::all_of(m_columns.begin(), m_columns.end(), [this](const auto &c) { return c.size() == rows(); }));
}

const FrameColumn *Frame::column(std::string_view name) const {
    const auto found = std::find_if(m_columns.begin(), m_columns.end(), [&](const auto &c) { return c.name == name; });
    return found == m_columns.end() ? nullptr : &*found;
}

void Frame::eachPage(std::size_t rowsOfPage, const std::function<bool(const Frame &page)> &take) const {
    if (rows() <= rowsOfPage) {
        take(*this);
        return;
    }
    std::vector<std::size_t> all(rows());
    std::iota(all.begin(), all.end(), std::size_t{0});
    for (std::size_t at = 0; at < all.size(); at += rowsOfPage) {
        if (!take(pick(std::span(all).subspan(at, std::min(rowsOfPage, all.size() - at)))))
            return;
    }
}

Frame Frame::joined(std::span<const Frame> frames) {
    if (frames.empty())
        return {};
    std::vector<FrameColumn> columns = frames.front().columns();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        FrameColumn &to = columns[i];
        std::vector<std::string> words;
        if (to.words)
            words = *to.words;
        auto last = to.words;
        std::size_t shift = 0; // of the words of `last`
        for (const Frame &frame : frames.subspan(1)) {
            const FrameColumn &from = frame.columns()[i];
            if (from.words != last) { // pages of one answer share theirs
                last = from.words;
                shift = words.size();
                words.insert(words.end(), from.words->begin(), from.words->end());
            }
            for (const std::int64_t value : from.integers)
                to.integers.push_back(value + static_cast<std::int64_t>(shift));
            to.numbers.insert(to.numbers.end(), from.numbers.begin(), from.numbers.end());
            to.present.insert(to.present.end(), from.present.begin(), from.present.end());
        }
        if (to.words && words.size() > to.words->size())
            to.words = std::make_shared<const std::vector<std::string>>(std::move(words));
    }
    return Frame(std::move(columns));
}

std::size_t Frame::bytes() const {
    std::size_t bytes = 0;
    const std::vector<std::string> *last = nullptr; // columns may share theirs
    for (const FrameColumn &column : m_columns) {
        bytes += (column.integers.size() + column.numbers.size()) * 8 + column.present.size();
        if (!column.words || column.words.get() == last)
            continue;
        last = column.words.get();
        for (const std::string &word : *last)
            bytes += sizeof(std::string) + word.size();
    }
    return bytes;
}

Frame Frame::pick(std::span<const std::size_t> rows) const {
    std::vector<FrameColumn> picked;
    picked.reserve(m_columns.size());
    for (const FrameColumn &from : m_columns) {
        FrameColumn &to = picked.emplace_back();
        to.name = from.name;
        to.type = from.type;
        to.unit = from.unit;
        to.words = from.words;
        const auto pickFrom = [&](const auto &values, auto &picks) {
            picks.resize(rows.size());
            for (std::size_t i = 0; i < rows.size(); ++i)
                picks[i] = values[rows[i]];
        };
        pickFrom(from.present, to.present);
        if (from.type == ColumnType::Number)
            pickFrom(from.numbers, to.numbers);
        else
            pickFrom(from.integers, to.integers);
    }
    return Frame(std::move(picked));
}

} // namespace ra::query
