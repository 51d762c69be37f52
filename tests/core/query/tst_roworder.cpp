// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/roworder.h"

#include <QTest>

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

using namespace ra::query;

namespace {

using Numbers = std::numeric_limits<std::int64_t>;

/// Integers, of which a share is missing.
FrameColumn integersOf(std::size_t rows, ColumnType type, const std::function<std::int64_t()> &next, int missingOfTen) {
    FrameColumn column;
    column.type = type;
    std::mt19937_64 random(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        if (static_cast<int>(random() % 10) < missingOfTen)
            column.addMissing();
        else
            column.addInteger(next());
    }
    return column;
}

/// As the order is meant: column by column, what is missing last.
bool comesBefore(const std::vector<std::pair<const FrameColumn *, bool>> &by, std::size_t a, std::size_t b) {
    for (const auto &[column, descending] : by) {
        if (column->has(a) != column->has(b))
            return column->has(a);
        if (!column->has(a))
            continue;
        if (column->type == ColumnType::Text && column->text(a) != column->text(b))
            return descending ? column->text(a) > column->text(b) : column->text(a) < column->text(b);
        if (column->type == ColumnType::Number && column->numbers[a] != column->numbers[b])
            return descending ? column->numbers[a] > column->numbers[b] : column->numbers[a] < column->numbers[b];
        if (column->type != ColumnType::Text && column->type != ColumnType::Number &&
            column->integers[a] != column->integers[b])
            return descending ? column->integers[a] > column->integers[b] : column->integers[a] < column->integers[b];
    }
    return a < b;
}

} // namespace

class TestRowOrder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anyColumnsAreOrderedAsTheyAreMeant();
    void someAreTheFirstOfAll();
    void extremesAreNotTooFarApart();
};

/// Few rows and many, columns that pack and columns that do not, up and down.
void TestRowOrder::anyColumnsAreOrderedAsTheyAreMeant() {
    std::mt19937_64 random(11);
    const auto words = std::make_shared<const std::vector<std::string>>(
        std::vector<std::string>{"b", "a", "", "\xc3\xa4", "a", "c"}); // one of them twice
    for (const std::size_t rows : {std::size_t(0), std::size_t(1), std::size_t(50), std::size_t(3'000)}) {
        std::vector<FrameColumn> all;
        all.push_back(integersOf(
            rows, ColumnType::Text, [&] { return static_cast<std::int64_t>(random() % 6); }, 1));
        all.back().words = words;
        const std::int64_t hour = 3'600'000'000'000;
        all.push_back(integersOf(
            rows, ColumnType::Time, [&] { return (490'000 - static_cast<std::int64_t>(random() % 400)) * hour; }, 2));
        all.push_back(integersOf(
            rows, ColumnType::Integer, [&] { return static_cast<std::int64_t>(random() % 7) - 3; }, 0));
        all.push_back(integersOf(
            rows, ColumnType::Integer, [&] { return static_cast<std::int64_t>(random()); }, 1));
        all.push_back(integersOf(
            rows, ColumnType::Integer, [] { return std::int64_t(0); }, 10)); // nothing at all
        FrameColumn numbers;
        for (std::size_t i = 0; i < rows; ++i)
            numbers.addNumber(random() % 5 == 0 ? std::nan("") : static_cast<double>(random() % 9) / 3 - 1);
        all.push_back(numbers);
        for (int round = 0; round < 60; ++round) {
            RowOrder order;
            std::vector<std::pair<const FrameColumn *, bool>> by;
            for (std::size_t k = 0; k <= random() % 4; ++k) {
                by.emplace_back(&all[random() % all.size()], random() % 2 == 0);
                order.add(*by.back().first, by.back().second);
            }
            std::vector<std::size_t> kept;
            for (std::size_t i = 0; i < rows; ++i) {
                if (round % 2 == 0 || random() % 10 != 0)
                    kept.push_back(i);
            }
            std::vector<std::size_t> expected = kept;
            std::sort(expected.begin(), expected.end(),
                      [&](std::size_t a, std::size_t b) { return comesBefore(by, a, b); });
            order.sort(kept, kept.size());
            QCOMPARE(kept, expected);
        }
    }
}

void TestRowOrder::someAreTheFirstOfAll() {
    std::mt19937_64 random(12);
    const FrameColumn column = integersOf(
        2'000, ColumnType::Integer, [&] { return static_cast<std::int64_t>(random() % 100); }, 1);
    RowOrder order;
    order.add(column, true);
    std::vector<std::size_t> all(column.size());
    std::iota(all.begin(), all.end(), std::size_t(0));
    std::vector<std::size_t> some = all;
    order.sort(all, all.size());
    order.sort(some, 17);
    QVERIFY(std::equal(some.begin(), some.begin() + 17, all.begin()));
}

/// Their distance takes all 64 bits, so that nothing is left for what is missing.
void TestRowOrder::extremesAreNotTooFarApart() {
    FrameColumn column;
    column.type = ColumnType::Integer;
    constexpr std::size_t rows = 1'200;
    for (std::size_t i = 0; i < rows; ++i) {
        if (i % 3 == 2)
            column.addMissing();
        else
            column.addInteger(i % 3 == 0 ? Numbers::max() : Numbers::min());
    }
    for (const bool descending : {false, true}) {
        RowOrder order;
        order.add(column, descending);
        std::vector<std::size_t> all(rows);
        std::iota(all.begin(), all.end(), std::size_t(0));
        order.sort(all, rows);
        QCOMPARE(column.has(all.front()), true);
        QCOMPARE(column.integers[all.front()], descending ? Numbers::max() : Numbers::min());
        QCOMPARE(column.integers[all[rows / 3]], descending ? Numbers::min() : Numbers::max());
        QCOMPARE(column.has(all[2 * rows / 3]), false);
        QVERIFY(std::is_sorted(all.begin() + 2 * rows / 3, all.end()));
    }
}

QTEST_GUILESS_MAIN(TestRowOrder)
#include "tst_roworder.moc"
