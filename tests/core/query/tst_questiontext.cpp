// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/questiontext.h"

#include <QtTest>

#include <random>

using namespace ra;
using namespace ra::query;
using namespace std::chrono_literals;

class TestQuestionText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyStageIsRead();
    void andBindsTighterThanOr();
    void sources_data();
    void sources();
    void times_data();
    void times();
    void keysAndAggregates_data();
    void keysAndAggregates();
    void mistakesAreToldWithTheirColumn_data();
    void mistakesAreToldWithTheirColumn();
    void hostileTextGivesAnError_data();
    void hostileTextGivesAnError();
    void anyTextEnds();
};

namespace {

constexpr Time today = fromNs(1'795'456'664'000'000'000); // 2026-11-23T17:57:44Z

Question parsed(std::string_view text) {
    const auto question = parseQuestion(text, today);
    if (!question)
        qFatal("%s", question.error().sentence().c_str());
    return *question;
}

} // namespace

void TestQuestionText::everyStageIsRead() {
    const Question question = parsed(
        R"(steps | where recipe = "etl" and not status = failed | since 7d | until 2026-11-23T17:00:00Z | by recipe, step, hour | p50(duration), p95(duration) as slow, count() | having count() > 10 | order slow desc, recipe | limit 20 | offset 5 | zone Europe/Berlin)");
    Question expected;
    expected.source = Source::Steps;
    expected.since = today - std::chrono::hours(7 * 24);
    expected.until = fromNs(1'795'453'200'000'000'000);
    expected.where =
        both(compare("recipe", Comparison::Equal, "etl"), negated(compare("status", Comparison::Equal, "failed")));
    expected.by = {{.field = "recipe"}, {.field = "step"}, {.field = "hour"}};
    expected.aggregates = {{.kind = AggregateKind::Quantile, .field = "duration", .q = 0.5, .name = "p50(duration)"},
                           {.kind = AggregateKind::Quantile, .field = "duration", .q = 0.95, .name = "slow"},
                           {.kind = AggregateKind::Count}};
    expected.having = compare("count()", Comparison::Greater, 10.0);
    expected.order = {{"slow", true}, {"recipe", false}};
    expected.limit = 20;
    expected.offset = 5;
    expected.zone = "Europe/Berlin";
    QCOMPARE(question, expected);
}

void TestQuestionText::andBindsTighterThanOr() {
    const auto is = [](const char *field) { return compare(field, Comparison::Equal, 1.0); };
    QCOMPARE(parsed("runs | where a = 1 or b = 1 and c = 1").where, either(is("a"), both(is("b"), is("c"))));
    QCOMPARE(parsed("runs | where (a = 1 or b = 1) and c = 1").where, both(either(is("a"), is("b")), is("c")));
    QCOMPARE(parsed("runs | where not a = 1 and b = 1").where, both(negated(is("a")), is("b")));
    QCOMPARE(parsed("runs | where a = 1 | where b = 1").where, both(is("a"), is("b")));
    QCOMPARE(parsed("runs | where a not in (x, 'y z', 2)").where,
             negated(isIn("a", {std::string("x"), std::string("y z"), 2.0})));
    QCOMPARE(parsed("runs | where a is not none").where, negated(isMissing("a")));
    QCOMPARE(parsed("runs | where d >= 1500ms or m < 2KB").where,
             either(compare("d", Comparison::GreaterOrEqual, 1.5), compare("m", Comparison::Less, 2048.0)));
    QCOMPARE(parsed("runs | where e contains \"no \"\"db\"\"\"").where,
             compare("e", Comparison::Contains, "no \"db\""));
}

void TestQuestionText::sources_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("source");
    QTest::addColumn<QString>("metric");
    QTest::newRow("runs") << "runs" << int(Source::Runs) << "";
    QTest::newRow("all steps") << " allsteps " << int(Source::AllSteps) << "";
    QTest::newRow("errors") << "errors" << int(Source::Errors) << "";
    QTest::newRow("a metric") << "cpu_usage_total" << int(Source::Samples) << "cpu_usage_total";
    QTest::newRow("samples of") << "samples of rss" << int(Source::Samples) << "rss";
    QTest::newRow("a metric called runs") << "samples of runs" << int(Source::Samples) << "runs";
    QTest::newRow("between quotes") << "'steps'" << int(Source::Samples) << "steps";
}

void TestQuestionText::sources() {
    QFETCH(QString, text);
    QFETCH(QString, metric);
    const Question question = parsed(text.toStdString());
    QTEST(int(question.source), "source");
    QCOMPARE(question.metric, metric.toStdString());
}

void TestQuestionText::times_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("ns");
    const qint64 at = toNs(today);
    QTest::newRow("hours") << "runs | since 12h" << at - 43'200'000'000'000;
    QTest::newRow("minutes") << "runs | since 30m" << at - 1'800'000'000'000;
    QTest::newRow("weeks") << "runs | since 2w" << at - 1'209'600'000'000'000;
    QTest::newRow("utc") << "runs | since 2026-11-23T17:57:44Z" << at;
    QTest::newRow("offset") << "runs | since 2026-11-23T18:57:44+01:00" << at;
    // 22:00 of the day before in UTC, by summer time; the zone may stand behind
    QTest::newRow("a day in Berlin") << "runs | since 2026-07-01 | zone Europe/Berlin"
                                     << qint64(1'782'856'800'000'000'000);
    QTest::newRow("the same before") << "runs | zone Europe/Berlin | since 2026-07-01"
                                     << qint64(1'782'856'800'000'000'000);
}

void TestQuestionText::times() {
    QFETCH(QString, text);
    QFETCH(qint64, ns);
    QCOMPARE(qint64(toNs(*parsed(text.toStdString()).since)), ns);
}

void TestQuestionText::keysAndAggregates_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("columns");
    QTest::newRow("stretches") << "runs | by bucket(day), bucket(5min), bucket(second), points(1000), tag:table"
                               << QStringList{QStringLiteral("bucket(day)"), QStringLiteral("bucket(300s)"),
                                              QStringLiteral("bucket(1s)"), QStringLiteral("points(1000)"),
                                              QStringLiteral("tag:table")};
    QTest::newRow("aggregates") << "runs | MEAN(duration), p99.9(duration), quantile(duration, 0.25), "
                                   "histogram(duration, 0, 10s, 5), top(error, 3)"
                                << QStringList{QStringLiteral("mean(duration)"), QStringLiteral("p99.9(duration)"),
                                               QStringLiteral("quantile(duration, 0.25)"),
                                               QStringLiteral("histogram(duration, 0, 10, 5)"),
                                               QStringLiteral("top(error, 3)")};
}

void TestQuestionText::keysAndAggregates() {
    QFETCH(QString, text);
    const Question question = parsed(text.toStdString());
    QStringList columns;
    for (const Key &key : question.by)
        columns.append(QString::fromStdString(columnName(key)));
    for (const Aggregate &aggregate : question.aggregates)
        columns.append(QString::fromStdString(aggregate.columnName()));
    QTEST(columns, "columns");
}

void TestQuestionText::mistakesAreToldWithTheirColumn_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("where");
    QTest::addColumn<QString>("hint"); ///< part of it
    const auto row = [](const char *text, int column, const char *hint) {
        QTest::newRow(text) << QString::fromUtf8(text) << QStringLiteral("at column %1").arg(column)
                            << QString::fromUtf8(hint);
    };
    row("", 1, "steps, allsteps, runs");
    row("steps count()", 7, "told apart by |");
    row("steps |", 8, "where, since");
    row("steps | frobnicate(x)", 9, "where, since");
    row("steps | count(), foo(x)", 18, "p50 to p99.9");
    row("steps | count", 14, "Write count(...)");
    row("steps | where", 14, "field");
    row("steps | where a", 16, "Compare with");
    row("steps | where a = ", 19, "A value comes here");
    row("steps | where (a = 1", 21, "parenthesis");
    row("steps | where a in x", 20, "Write a list");
    row("steps | where a is 3", 20, "is none");
    row("steps | since yesterday", 15, "7d");
    row("steps | since 2026-13-01", 15, "2026-11-23");
    row("steps | since -7d", 15, "7d");
    row("steps | since 7d | since 8d", 26, "one of them");
    row("steps | by bucket(fortnight)", 19, "second, minute");
    row("steps | by bucket(1.5s)", 19, "second, minute");
    row("steps | by log(x)", 12, "bucket(day)");
    row("steps | p101(duration)", 9, "where, since");
    row("steps | quantile(duration)", 26, "1 numbers");
    row("steps | limit many", 15, "whole number");
    row("steps | limit -1", 15, "whole number");
    row("steps | limit 0", 15, "no limit for all");
    row("steps | where a = 'open", 19, "Close it");
    row("steps | where a = 1; drop", 20, "quotes");
    row("steps | wh\xc3\xa4re a ~ 1", 17, "quotes"); // by characters, not bytes
}

void TestQuestionText::mistakesAreToldWithTheirColumn() {
    QFETCH(QString, text);
    QFETCH(QString, hint);
    const auto question = parseQuestion(text.toStdString(), today);
    QVERIFY(!question);
    QCOMPARE(question.error().kind, ErrorKind::Invalid);
    QTEST(QString::fromStdString(question.error().where), "where");
    QVERIFY2(QString::fromStdString(question.error().hint).contains(hint), question.error().hint.c_str());
}

void TestQuestionText::hostileTextGivesAnError_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("parentheses") << "steps | where " + QByteArray(20'000, '(');
    QTest::newRow("nots") << "steps | where " + QByteArray("not ").repeated(10'000) + "a = 1";
    QTest::newRow("too long") << "steps | where a = '" + QByteArray(100'000, 'x') + "'";
    QTest::newRow("a NUL") << QByteArray("steps | where a = \0 1", 21);
    QTest::newRow("escape") << QByteArray("steps | \x1b[2J");
    QTest::newRow("a zone that climbs") << QByteArray("steps | zone ../../etc/passwd");
    QTest::newRow("a number too large") << QByteArray("steps | limit 99999999999999999999999999");
    QTest::newRow("infinite") << QByteArray("steps | by bucket(infs)");
    QTest::newRow("a period too long") << QByteArray("steps | since 999999999999d");
}

void TestQuestionText::hostileTextGivesAnError() {
    QFETCH(QByteArray, text);
    const auto question = parseQuestion(text.toStdString(), today);
    QVERIFY(!question);
    QCOMPARE(question.error().kind, ErrorKind::Invalid);
    QVERIFY(question.error().sentence().size() < 1'000);
}

/// Whatever pieces of the language are strung together is read or refused, with a column within the text.
void TestQuestionText::anyTextEnds() {
    const std::vector<std::string> pieces = {
        "steps", "runs",  "|",           "where",    "by",        "having",   "order",       "limit", "and",
        "or",    "not",   "in",          "(",        ")",         ",",        "=",           "!=",    "<",
        "'a b'", "\"x\"", "'",           "count()",  "p95(",      "duration", "bucket(day)", "is",    "none",
        "like",  "5s",    "-1",          "\xff\xfe", "tag:a",     "since",    "7d",          "as",    "zone",
        "UTC",   "\n",    "99999999999", "points(",  "quantile(", "%"};
    std::mt19937 random(7);
    int read = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string text = random() % 2 ? "steps | " : "";
        for (unsigned n = random() % 12; n > 0; --n)
            text += pieces[random() % pieces.size()] + (random() % 3 ? " " : "");
        const auto question = parseQuestion(text, today);
        if (question) {
            ++read;
            continue;
        }
        QCOMPARE(question.error().kind, ErrorKind::Invalid);
        const QString where = QString::fromStdString(question.error().where);
        if (where.startsWith(QLatin1String("at column ")))
            QVERIFY2(where.mid(10).toULongLong() >= 1 && where.mid(10).toULongLong() <= text.size() + 1, text.c_str());
    }
    QVERIFY(read > 100);
}

QTEST_GUILESS_MAIN(TestQuestionText)
#include "tst_questiontext.moc"
