// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/table/csv.h"
#include "core/table/mixed.h"
#include "core/table/rows.h"
#include "core/table/timecell.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

using namespace ra::table;

namespace {

using Random = std::mt19937_64;

std::size_t below(Random &random, std::size_t count) {
    return static_cast<std::size_t>(random() % count);
}

/// Bytes out of a few, so that quotes, commas and line ends meet in all ways.
std::string someBytes(Random &random, std::string_view alphabet, std::size_t most) {
    std::string text(below(random, most + 1), '\0');
    std::generate(text.begin(), text.end(), [&] { return alphabet[below(random, alphabet.size())]; });
    return text;
}

/// Cells, most of which are numbers.
constexpr const char *tokens[] = {"1", "2", " 3 ", "+4", "-5e3", "", "7.25", "1e999", "nan", "8", "\"9\"", "0"};

constexpr std::string_view csvBytes("ab1 -.e\",\"\n\r\xff\xc3\0,\n\"", 18);

struct Row {
    std::size_t line = 0;
    std::vector<std::string> cells;
    bool operator==(const Row &) const = default;
};

std::vector<Row> rowsOf(std::string_view text) {
    std::vector<Row> result;
    Rows rows(text);
    while (rows.next())
        result.push_back({rows.line(), {rows.cells().begin(), rows.cells().end()}});
    return result;
}

/// The same by the plainest of readers: byte by byte, a state.
std::vector<Row> plainRowsOf(std::string_view text) {
    if (text.substr(0, 3) == "\xef\xbb\xbf")
        text = text.substr(3);
    enum class In { Start, Plain, Quoted, QuoteInQuoted, Closed } in = In::Start;
    std::vector<Row> rows;
    Row row{1, {}};
    std::string cell;
    std::size_t line = 1;
    bool isOpen = false; // whether the row has begun
    const auto endCell = [&] {
        if (in == In::Plain && cell.ends_with('\r'))
            cell.pop_back();
        row.cells.push_back(cell);
        cell.clear();
        in = In::Start;
    };
    for (const char c : text) {
        isOpen = true;
        const bool isInside = in == In::Quoted;
        if (in == In::QuoteInQuoted && c == '"') {
            cell += c;
            in = In::Quoted;
            continue;
        }
        if (isInside) {
            line += c == '\n' ? 1 : 0;
            if (c == '"')
                in = In::QuoteInQuoted;
            else
                cell += c;
        } else if (c == ',') {
            // A carriage return goes with the line end only.
            const bool keeps = in == In::Plain;
            if (keeps)
                cell += '.';
            endCell();
            if (keeps)
                row.cells.back().pop_back();
        } else if (c == '\n') {
            endCell();
            rows.push_back(row);
            row = {++line, {}};
            isOpen = false;
        } else if (in == In::Start && c == '"') {
            in = In::Quoted;
        } else if (in == In::Start || in == In::Plain) {
            in = In::Plain;
            cell += c;
        } else {
            in = In::Closed;
        }
    }
    if (isOpen) {
        endCell();
        rows.push_back(row);
    }
    return rows;
}

std::string inQuotes(const std::string &cell) {
    std::string text = "\"";
    for (const char c : cell)
        text += c == '"' ? "\"\"" : std::string(1, c);
    return text + '"';
}

/// Whatever came out must hold together.
void verifySound(const ra::Result<MixedTable> &table) {
    if (!table) {
        QVERIFY(!table.error().why.empty());
        return;
    }
    for (const MixedColumn &column : table->columns) {
        QCOMPARE(column.values.size(), table->columns.front().values.size());
        QVERIFY(column.isText || column.categories.empty());
        for (const double value : column.values)
            QVERIFY(!column.isText || std::isnan(value) || (value >= 0 && value == std::floor(value)));
    }
    QVERIFY(std::all_of(table->times.begin(), table->times.end(), [](double t) { return std::isfinite(t); }));
}

} // namespace

class TestHostileTables : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anyBytesAreCutAsByThePlainestReader() {
        Random random(1);
        for (int round = 0; round < 50'000; ++round) {
            std::string text = someBytes(random, csvBytes, 40);
            if (round % 10 == 0)
                text.insert(0, "\xef\xbb\xbf");
            if (rowsOf(text) != plainRowsOf(text))
                QCOMPARE(QByteArray::fromStdString(text).toPercentEncoding(), QByteArray());
        }
    }

    void anyBytesAreATableOrAnError() {
        Random random(2);
        const auto known = readMixed("a,b\nx,1\ny,2\n", {});
        QVERIFY(known);
        std::size_t read = 0;
        for (int round = 0; round < 20'000; ++round) {
            std::string text = "a,b,t\n";
            for (std::size_t i = 0; i < 4; ++i) {
                for (std::size_t j = 0; j < 3; ++j)
                    text += std::string(tokens[below(random, std::size(tokens))]) + (j < 2 ? "," : "\n");
            }
            if (round % 2 == 0)
                text.replace(6 + below(random, text.size() - 6), 1, someBytes(random, csvBytes, 3));
            verifySound(readMixed(text, {}));
            verifySound(readMixed(text, {.columns = {"b"}, .times = {"t"}}));
            verifySound(readMixedLike(text, *known));
            const auto table = readCsv(text, {.values = {"b", "t"}, .series = {"a"}, .remainders = true});
            if (!table) {
                QVERIFY(!table.error().why.empty());
                continue;
            }
            for (const Series &series : table->series) {
                QVERIFY(series.times.size() == series.values().size());
                QVERIFY(series.columns[1].size() == series.values().size());
                QVERIFY(series.remainders[0].size() == series.values().size());
                read += series.values().size();
            }
        }
        QVERIFY2(read > 1000, qPrintable(QString::number(read))); // else nothing was tested
    }

    void whatIsWrittenIsReadBack() {
        Random random(3);
        for (int round = 0; round < 2000; ++round) {
            const std::size_t columns = 1 + below(random, 5);
            const std::size_t count = below(random, 8);
            std::vector<std::vector<std::string>> cells(columns);
            std::string text;
            for (std::size_t j = 0; j < columns; ++j)
                text += (j > 0 ? ",c" : "c") + std::to_string(j);
            for (std::size_t i = 0; i < count; ++i) {
                text += below(random, 2) == 0 ? "\n" : "\r\n";
                for (std::size_t j = 0; j < columns; ++j) {
                    cells[j].push_back(someBytes(random, csvBytes, 12));
                    text += (j > 0 ? "," : "") + inQuotes(cells[j].back());
                }
            }
            for (std::size_t j = 0; j < columns; ++j) {
                const auto texts = readCsvTexts(text, "c" + std::to_string(j));
                QVERIFY(texts);
                // A row of empty cells only is no blank line: their quotes are there.
                const bool isBlankRow = columns == 1;
                if (!isBlankRow || std::find(cells[j].begin(), cells[j].end(), "") == cells[j].end())
                    QCOMPARE(*texts, cells[j]);
                else
                    QCOMPARE(texts->size(), cells[j].size());
            }
        }
    }

    void aFileThatWasCutIsReadUpToThereOrRefused() {
        const std::string whole = "t,series,value\r\n2026-01-01T00:00:00Z,\"a, \"\"b\"\"\",1.5\n"
                                  "2026-01-02,c,-2e3\r\n\n2026-01-03,\"two\nlines\",7\n";
        const auto all = readCsvTexts(whole, "value");
        QVERIFY(all);
        QCOMPARE(*all, (std::vector<std::string>{"1.5", "-2e3", "7"}));
        std::size_t refused = 0;
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const std::string part = whole.substr(0, size);
            const auto texts = readCsvTexts(part, "value");
            const auto table = readCsv(part, {});
            refused += texts ? 0 : 1;
            if (!texts) {
                QVERIFY(!table && !table.error().why.empty());
                continue;
            }
            QVERIFY(texts->size() <= all->size());
            for (std::size_t i = 0; i < texts->size(); ++i)
                QVERIFY(i + 1 == texts->size() ? (*all)[i].starts_with((*texts)[i]) : (*all)[i] == (*texts)[i]);
        }
        QVERIFY(refused > 20);
    }

    void hugeCellsAndRowsAreRead() {
        const std::string cell(8'000'000, '"');
        const auto texts = readCsvTexts("a,b\n" + inQuotes(cell) + ",1\n", "a");
        QVERIFY(texts);
        QVERIFY(texts->front() == cell);
        std::string wide = "v0";
        std::string row = "1";
        for (int j = 1; j < 100'000; ++j) {
            wide += ",v" + std::to_string(j);
            row += ",1";
        }
        const auto table = readCsv(wide + "\n" + row + "\n", {.values = {"v99999"}});
        QVERIFY(table);
        QCOMPARE(table->series.front().values(), std::vector<double>{1});
        const auto refused = readCsv("value\n" + std::string(1'000'000, 'x') + "\n", {});
        QVERIFY(!refused);
        QVERIFY(refused.error().sentence().size() < 200);
        const auto number = readCsv("value\n" + std::string(1'000'000, '0') + "7\n", {});
        QVERIFY(number);
        QCOMPARE(number->series.front().values(), std::vector<double>{7});
    }

    void momentsAreWrittenAsTheyAreRead() {
        Random random(4);
        for (int round = 0; round < 20'000; ++round) {
            const double seconds = static_cast<double>(random() % 253'402'300'800ULL); // to the end of 9999
            const std::string text = momentText(seconds);
            const auto back = parseMoment(text);
            QVERIFY2(back && *back == seconds, text.c_str());
            std::string spoilt = text;
            spoilt[below(random, spoilt.size())] = "0123456789-:TZ+. x"[below(random, 18)];
            const auto other = parseMoment(spoilt);
            QVERIFY(!other || std::isfinite(*other));
            QVERIFY(!parseMoment(text.substr(0, below(random, 10))));
        }
    }
};

QTEST_GUILESS_MAIN(TestHostileTables)
#include "tst_hostiletables.moc"
