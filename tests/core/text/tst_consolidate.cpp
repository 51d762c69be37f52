// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/consolidate.h"
#include "core/text/mask.h"

#include <QTest>
#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <set>

using namespace ra::text;

namespace {

/// Templates of lines, sorted.
QByteArrayList templatesOf(const QByteArrayList &lines, const Evidence &evidence = {}) {
    std::map<std::string, std::uint64_t> counts;
    for (const QByteArray &line : lines) {
        std::string masked;
        maskLine(line.toStdString(), masked);
        ++counts[masked];
    }
    std::vector<Shape> shapes;
    for (const auto &[masked, count] : counts)
        shapes.push_back({masked, count, std::hash<std::string>()(masked)});
    const Grouping grouping = consolidate(shapes, evidence);
    std::set<std::uint32_t> used(grouping.groupOf.begin(), grouping.groupOf.end());
    QByteArrayList templates;
    for (const std::uint32_t group : used)
        templates += QByteArray::fromStdString(readable(grouping.masked[group]));
    std::sort(templates.begin(), templates.end());
    return templates;
}

QByteArrayList filled(const char *sentence, std::initializer_list<const char *> words) {
    QByteArrayList lines;
    for (const char *word : words)
        lines += QByteArray(sentence).replace("X", word);
    return lines;
}

} // namespace

class TestConsolidate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatVariesBecomesAVariable_data() {
        QTest::addColumn<QByteArrayList>("lines");
        QTest::addColumn<QByteArrayList>("templates");
        const auto row = [](const char *name, const QByteArrayList &lines, const QByteArrayList &templates) {
            QTest::newRow(name) << lines << templates;
        };
        row("nothing", {}, {});
        row("one", {"server started"}, {"server started"});
        row("an empty line", {"", ""}, {""});
        row("three words in one place are three statements", filled("the X thread ended", {"idle", "main", "write"}),
            filled("the X thread ended", {"idle", "main", "write"}));
        row("four are a variable", filled("lost node X again", {"alpha", "beta", "gamma", "delta"}),
            {"lost node <*> again"});
        row("three names are", filled("lost node X again", {"a_b", "c.d", "eF"}), {"lost node <*> again"});
        row("two names are not", filled("lost node X again", {"a_b", "c.d"}),
            filled("lost node X again", {"a_b", "c.d"}));
        row("two that differ in digits are", filled("lost node X again", {"io7", "io12"}), {"lost node <*> again"});
        row("one and a number are", filled("lost node X again", {"master", "17"}), {"lost node <*> again"});
        row("an assignment needs three", filled("mode=X set now", {"slow", "fast", "idle"}), {"mode=<*> set now"});
        row("as do quotes, whatever is in them", filled("state \"X\" set now", {"very slow", "fast", "idle"}),
            {"state \"<*>\" set now"});
        row("the first word is what it is about",
            filled("X startup succeeded", {"cups", "ntp", "sshd", "crond", "nfs"}),
            filled("X startup succeeded", {"cups", "crond", "nfs", "ntp", "sshd"}));
        row("IPv4 and IPv6 are two things", filled("the X route changed", {"IPv4", "IPv6"}),
            filled("the X route changed", {"IPv4", "IPv6"}));
        row("lists of any length", {"ports 1, 2, 3 open", "ports 4 open"}, {"ports <*> open"});
        row("lists of one length stay", {"at 1:2:3 done", "at 4:5:6 done"}, {"at <*>:<*>:<*> done"});
        row("nothing in brackets", {"from 10.0.0.1 () now", "from 10.0.0.1 (a.b.com) now"}, {"from <*> (<*>) now"});
        row("states that go from place to place",
            {"task 1 moved from NEW to READY", "task 2 moved from READY to RUNNING",
             "task 3 moved from RUNNING to DONE"},
            {"task <*> moved from <*> to <*>"});
        row("sentences that differ in most words",
            {"alpha one red", "beta two green", "gamma three blue", "delta four white", "epsilon five black"},
            {"alpha one red", "beta two green", "delta four white", "epsilon five black", "gamma three blue"});
    }
    void whatVariesBecomesAVariable() {
        QFETCH(QByteArrayList, lines);
        QFETCH(QByteArrayList, templates);
        std::sort(templates.begin(), templates.end());
        QCOMPARE(templatesOf(lines), templates);
    }

    void valuesKnownFromElsewhereSpeakForAVariable() {
        const QByteArrayList known = filled("open door for guest X please", {"ann", "bea", "cleo", "dora"});
        const QByteArrayList two = filled("too many failures of X yet", {"ann", "dora"});
        QCOMPARE(templatesOf(two).size(), 2);
        QCOMPARE(templatesOf(known + two),
                 QByteArrayList({"open door for guest <*> please", "too many failures of <*> yet"}));
    }

    void twoVariablesThatVaryTogetherAreFoundByTheirRoot() {
        // No two lines are equal but for one word: only that the other words are equally frequent shows it.
        QByteArrayList lines;
        const char *first[] = {"ant", "bee", "cat", "dog", "elk"};
        const char *second[] = {"red", "sky", "tan", "umber", "vert"};
        for (int i = 0; i < 5; ++i)
            lines += QByteArray("the animal ") + first[i] + " is painted " + second[i] + " all over";
        QCOMPARE(templatesOf(lines), QByteArrayList({"the animal <*> is painted <*> all over"}));
    }

    void wordsThatOthersShareSeparate() {
        // "cat" occurs in another sentence too, and more often than this one does: it is no rare word of the root.
        QByteArrayList lines = filled("a big X ran here", {"cat", "dog"});
        lines += filled("a big cat sat there", {""});
        QCOMPARE(templatesOf(lines).size(), 3);
    }

    void theOrderOfShapesMakesNoDifference() {
        std::mt19937_64 random(11);
        const char *words[] = {"read", "write", "node", "io1", "io2", "a_b", "c_d", "e_f", "true", "7", "red", "blue"};
        std::deque<std::string> texts;
        std::vector<Shape> shapes;
        for (int i = 0; i < 600; ++i) {
            std::string line = "the";
            for (std::uint64_t n = 2 + random() % 4; n > 0; --n)
                line += std::string(" ") + words[random() % 12];
            std::string masked;
            maskLine(line, masked);
            if (std::find(texts.begin(), texts.end(), masked) != texts.end())
                continue;
            texts.push_back(masked);
            shapes.push_back({texts.back(), 1 + random() % 5, std::hash<std::string>()(masked)});
        }
        const auto partition = [](const std::vector<Shape> &of) {
            const Grouping grouping = consolidate(of);
            std::map<std::string_view, std::string> textOfShape;
            for (std::size_t i = 0; i < of.size(); ++i)
                textOfShape[of[i].masked] = grouping.masked[grouping.groupOf[i]];
            return textOfShape;
        };
        const auto expected = partition(shapes);
        for (int round = 0; round < 5; ++round) {
            std::shuffle(shapes.begin(), shapes.end(), random);
            QVERIFY(partition(shapes) == expected);
        }
    }

    void evidenceIsAskedForAsTold() {
        const QByteArrayList lines = filled("lost node X again", {"alpha", "beta", "gamma", "delta"});
        QCOMPARE(templatesOf(lines, {.identifiers = 3, .words = 5}).size(), 4);
        QCOMPARE(templatesOf(lines, {.identifiers = 3, .words = 2}).size(), 1);
    }
};

QTEST_GUILESS_MAIN(TestConsolidate)
#include "tst_consolidate.moc"
