// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/table/mixed.h"

#include <QTest>
#include <cmath>
#include <tuple>

using namespace ra::table;

namespace {

/// NaN as -99, so that columns can be compared.
std::vector<double> shown(std::vector<double> values) {
    for (double &v : values)
        v = std::isnan(v) ? -99 : v;
    return values;
}

} // namespace

class TestMixed : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void columnsAreNumbersOrTexts() {
        const auto table = readMixed("\xEF\xBB\xBFt,recipe,rows,code\r\n"
                                     "2026-01-01T00:00:00Z,load, 12 ,7\r\n\r\n"
                                     "2026-01-02,\"a, b\",,x\r\n"
                                     "2026-01-03,load,+1e3,7\r\n",
                                     {.columns = {}, .times = {"time", "t"}});
        QVERIFY(table);
        QCOMPARE(table->columns.size(), std::size_t(3));
        const auto &[recipe, rows, code] = std::tie(table->columns[0], table->columns[1], table->columns[2]);
        QVERIFY(recipe.isText && !rows.isText && code.isText);
        QCOMPARE(recipe.categories, (std::vector<std::string>{"load", "a, b"}));
        QCOMPARE(recipe.values, (std::vector<double>{0, 1, 0}));
        QCOMPARE(shown(rows.values), (std::vector<double>{12, -99, 1000}));
        QCOMPARE(code.categories, (std::vector<std::string>{"7", "x"})); // one text makes all of them texts
        QVERIFY(rows.categories.empty());
        QCOMPARE(table->times, (std::vector<double>{1767225600, 1767312000, 1767398400}));
    }

    void columnsComeInTheOrderWanted() {
        const auto table = readMixed("a,b,c\n1,2,3\n4,5,6\n", {.columns = {"c", "a"}});
        QVERIFY(table);
        QCOMPARE(table->columns[0].name, std::string("c"));
        QCOMPARE(table->columns[0].values, (std::vector<double>{3, 6}));
        QCOMPARE(table->columns[1].values, (std::vector<double>{1, 4}));
        QVERIFY(table->times.empty());
    }

    void anotherFileIsReadWithTheSameCategories() {
        const auto known = readMixed("recipe,rows,gone\nload,1,1\nclean,2,2\n", {});
        QVERIFY(known);
        const auto later = readMixedLike("rows,recipe,more\n7,clean,x\nmany,new,y\n,newer,z\n", *known);
        QVERIFY(later);
        QCOMPARE(later->columns.size(), std::size_t(3));
        QCOMPARE(later->columns[0].values, (std::vector<double>{1, 2, 2})); // two is no category
        QCOMPARE(later->columns[0].categories, known->columns[0].categories);
        QCOMPARE(shown(later->columns[1].values), (std::vector<double>{7, -99, -99}));
        QCOMPARE(shown(later->columns[2].values), (std::vector<double>{-99, -99, -99}));
    }

    void anotherFileThatIsNotAlikeIsRefused_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("none of the columns") << "recipe;rows\nload;1\n"
                                             << "none of the columns that are known. Known are: recipe, rows";
        QTest::newRow("twice") << "recipe,rows,rows\nload,1,2\n"
                               << "\"rows\" is there more than once";
        QTest::newRow("open quote") << "recipe,\"rows\nload,1\n"
                                    << "never closed";
        QTest::newRow("empty") << ""
                               << "empty";
    }
    void anotherFileThatIsNotAlikeIsRefused() {
        QFETCH(QString, text);
        QFETCH(QString, says);
        const auto known = readMixed("recipe,rows\nload,1\n", {});
        QVERIFY(known);
        const auto later = readMixedLike(text.toStdString(), *known);
        QVERIFY(!later);
        QVERIFY2(QString::fromStdString(later.error().sentence()).contains(says), later.error().sentence().c_str());
    }

    void nothingIsRead() {
        const auto table = readMixed("a,b\n", {});
        QVERIFY(table);
        QCOMPARE(table->columns.size(), std::size_t(2));
        QVERIFY(table->columns[0].values.empty() && !table->columns[0].isText);
    }

    void whatCannotBeReadIsNamed_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("empty") << QString() << "empty";
        QTest::newRow("no such column") << "b,t\n1,1\n"
                                        << "\"a\" is not there";
        QTest::newRow("no time") << "a\n1\n"
                                 << "\"t\" is not there";
        QTest::newRow("twice") << "a,t,a\n1,1,1\n"
                               << "more than once";
        QTest::newRow("short row") << "a,t\n1,1\n2\n"
                                   << "in line 3";
        QTest::newRow("bad time") << "a,t\n1,1\n2,soon\n"
                                  << "in line 3";
        QTest::newRow("no time in a row") << "a,t\n1,\n"
                                          << "in line 2";
        QTest::newRow("infinite time") << "a,t\n1,1\n2,inf\n"
                                       << "no finite number";
        QTest::newRow("a date among numbers") << "a,t\n1,1\n2,2026-01-01\n"
                                              << "\"2026-01-01\" is no finite number, as the times above are";
        QTest::newRow("a number among dates") << "a,t\n1,2026-01-01\n2,1\n"
                                              << "\"1\" is no time";
        QTest::newRow("open quote in the header") << "a,\"t\n1,1\n"
                                                  << "never closed";
        QTest::newRow("open quote") << "a,t\n\"1,1\n"
                                    << "never closed";
    }
    void whatCannotBeReadIsNamed() {
        QFETCH(QString, text);
        QFETCH(QString, says);
        const auto table = readMixed(text.toStdString(), {.columns = {"a"}, .times = {"t"}, .timeRequired = true});
        QVERIFY(!table);
        QVERIFY2(QString::fromStdString(table.error().sentence()).contains(says), table.error().sentence().c_str());
    }
};

QTEST_GUILESS_MAIN(TestMixed)
#include "tst_mixed.moc"
