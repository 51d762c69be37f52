// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/templateminer.h"

#include <QTest>
#include <algorithm>
#include <initializer_list>
#include <random>
#include <set>
#include <string_view>

using namespace ra;
using namespace ra::text;

namespace {

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string all;
    for (const std::string_view part : parts)
        all += part;
    return all;
}

std::vector<std::string> someLines(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const char *names[] = {"alpha", "beta", "gamma", "delta", "epsilon", "zeta"};
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string number = std::to_string(random() % 100'000);
        const std::string name = names[random() % 6];
        switch (random() % 5) {
        case 0:
            lines.push_back(joined({"step ", number, " of recipe ", name, " began"}));
            break;
        case 1:
            lines.push_back(joined({"lost connection to node ", name, ", retry in ", number, " ms"}));
            break;
        case 2:
            lines.push_back(joined({"wrote /data/", name, "/", number, ".csv"}));
            break;
        case 3:
            lines.push_back("shutdown complete");
            break;
        default:
            lines.push_back("cache io" + std::to_string(random() % 30) + " full");
        }
    }
    return lines;
}

std::string stateOf(const TemplateMiner &miner) {
    std::string state;
    miner.serialise(state);
    return state;
}

/// Words without end in one place, so that a class overflows.
std::vector<std::string> manyShapes(int count) {
    std::vector<std::string> lines;
    for (int i = 0; i < count; ++i) {
        std::string word;
        for (int n = i + 1; n > 0; n /= 26)
            word += static_cast<char>('a' + n % 26);
        lines.push_back("greeting " + word + "q with a smile");
    }
    return lines;
}

} // namespace

class TestTemplateMiner : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void linesBecomeTemplates() {
        TemplateMiner miner;
        for (const std::string &line : someLines(2'000, 1))
            miner.add(line);
        const TemplateSet set = miner.templates();
        std::set<std::string> texts;
        std::uint64_t lines = 0;
        for (const Template &t : set.templates()) {
            texts.insert(t.text);
            lines += t.lines;
        }
        const std::set<std::string> expected = {"step <*> of recipe <*> began",
                                                "lost connection to node <*>, retry in <*> ms", "wrote <*>",
                                                "shutdown complete", "cache <*> full"};
        QVERIFY(texts == expected);
        QCOMPARE(lines, 2'000U);
        QCOMPARE(miner.lines(), 2'000U);
        QCOMPARE(miner.linesBeyond(), 0U);
        QVERIFY(std::is_sorted(set.templates().begin(), set.templates().end(),
                               [](const Template &a, const Template &b) { return a.lines > b.lines; }));
    }

    void nothingHasNoTemplates() {
        const TemplateMiner miner;
        QVERIFY(miner.templates().templates().empty());
        std::string scratch;
        QVERIFY(!miner.templates().find("x", scratch));
        QVERIFY(!TemplateSet().resolve(0));
    }

    void orderAndShardsMakeNoDifference_data() {
        QTest::addColumn<quint32>("shapes");
        QTest::newRow("all shapes are kept") << quint32{1024};
        QTest::newRow("classes overflow") << quint32{16};
    }
    void orderAndShardsMakeNoDifference() {
        QFETCH(quint32, shapes);
        std::vector<std::string> lines = someLines(3'000, 2);
        const std::vector<std::string> many = manyShapes(300);
        lines.insert(lines.end(), many.begin(), many.end());
        const MinerOptions options{.shapesPerClass = shapes};
        TemplateMiner whole(options);
        for (const std::string &line : lines)
            whole.add(line);
        std::mt19937_64 random(3);
        for (int round = 0; round < 5; ++round) {
            std::shuffle(lines.begin(), lines.end(), random);
            std::vector<TemplateMiner> shards(3, TemplateMiner(options));
            for (const std::string &line : lines)
                shards[random() % 3].add(line);
            QVERIFY(shards[1].merge(shards[2]));
            QVERIFY(shards[0].merge(shards[1]));
            QCOMPARE(stateOf(shards[0]), stateOf(whole));
            QVERIFY(shards[0].templates().templates() == whole.templates().templates());
            QCOMPARE(shards[0].linesBeyond(), whole.linesBeyond());
        }
    }

    void memoryIsBoundedAndTheTemplateIsStillFound() {
        TemplateMiner miner({.shapesPerClass = 16});
        for (const std::string &line : manyShapes(5'000))
            miner.add(line);
        QVERIFY(miner.shapes() <= 16);
        QVERIFY(miner.shapes() >= 4);
        QCOMPARE(miner.lines(), 5'000U);
        QVERIFY(miner.linesBeyond() > 4'900);
        const TemplateSet set = miner.templates();
        QCOMPARE(set.templates().size(), 1U);
        QCOMPARE(set.templates()[0].text, std::string("greeting <*> with a smile"));
        std::string scratch;
        for (const std::string &line : manyShapes(5'000))
            QVERIFY(set.find(line, scratch) == 0U);
        QVERIFY(!set.find("greeting nobody with a frown", scratch));
        QVERIFY(!set.find("something else", scratch));
    }

    void theTemplateWithTheFewestVariablesIsTaken() {
        TemplateMiner miner;
        for (const char *name : {"ann", "bea", "cleo", "dora"}) {
            for (const char *way : {"in", "out", "up", "down"})
                miner.add(std::string("now ") + name + " goes " + way + " again");
        }
        miner.add("now 7 stays in again");
        const TemplateSet set = miner.templates();
        std::string scratch;
        const auto found = set.find("now fred goes in again", scratch);
        QVERIFY(found.has_value());
        QCOMPARE(set.templates()[*found].text, std::string("now <*> goes <*> again"));
    }

    void theStateComesBack() {
        TemplateMiner miner({.shapesPerClass = 32, .evidence = {.identifiers = 2, .words = 5}});
        for (const std::string &line : someLines(500, 4))
            miner.add(line, 3);
        for (const std::string &line : manyShapes(200))
            miner.add(line);
        const std::string state = stateOf(miner);
        const auto back = TemplateMiner::deserialise(state);
        QVERIFY(back.has_value());
        QVERIFY(back->options() == miner.options());
        QCOMPARE(back->lines(), miner.lines());
        QCOMPARE(stateOf(*back), state);
        QVERIFY(back->templates().templates() == miner.templates().templates());
    }

    void idsOutliveRestartsAndWhatIsLearned() {
        TemplateMiner miner;
        const std::uint64_t first = miner.add("lost node alpha again");
        const std::uint64_t before = miner.templates().templates()[0].id;
        QCOMPARE(before, first);
        auto back = TemplateMiner::deserialise(stateOf(miner));
        QVERIFY(back.has_value());
        for (const char *name : {"beta", "gamma", "delta", "epsilon"})
            back->add(std::string("lost node ") + name + " again");
        const TemplateSet set = back->templates();
        QCOMPARE(set.templates().size(), 1U);
        const auto now = set.resolve(before); // its text has changed, and perhaps its id
        QVERIFY(now.has_value());
        QCOMPARE(set.templates()[*now].text, std::string("lost node <*> again"));
        QVERIFY(set.resolve(set.templates()[0].id) == 0U);
        QVERIFY(!set.resolve(before + 1));
    }

    void damagedStatesAreRefused() {
        TemplateMiner miner;
        for (const std::string &line : someLines(50, 5))
            miner.add(line);
        const std::string state = stateOf(miner);
        for (std::size_t size = 0; size < state.size(); size += 3)
            QVERIFY(!TemplateMiner::deserialise(std::string_view(state).substr(0, size)));
        for (std::size_t i = 0; i < state.size(); i += 5) {
            std::string damaged = state;
            damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
            const auto back = TemplateMiner::deserialise(damaged);
            QVERIFY(!back.has_value());
            QCOMPARE(back.error().kind, ErrorKind::Damaged);
            QVERIFY(!back.error().why.empty());
        }
        QVERIFY(!TemplateMiner::deserialise(state + "x"));
    }

    void onlyMinersOfTheSameOptionsMerge() {
        TemplateMiner one, other({.shapesPerClass = 17});
        const auto merged = one.merge(other);
        QVERIFY(!merged.has_value());
        QCOMPARE(merged.error().kind, ErrorKind::Invalid);
    }

    void aMinerMergedWithItselfCountsTwice() {
        TemplateMiner miner;
        miner.add("a b c");
        QVERIFY(miner.merge(miner));
        QCOMPARE(miner.lines(), 2U);
        QCOMPARE(miner.templates().templates()[0].lines, 2U);
    }

    void idsAreShownInSixteenDigits() {
        QCOMPARE(idText(0), std::string("0000000000000000"));
        QCOMPARE(idText(0x0123456789abcdef), std::string("0123456789abcdef"));
    }

    void theHashIsThatOfEveryMachine() {
        // XXH3_64bits("") = 2d06800538d394c2: https://github.com/Cyan4973/xxHash, tests/sanity_test_vectors.h
        QCOMPARE(idText(shapeHash("")), std::string("2d06800538d394c2"));
    }
};

QTEST_GUILESS_MAIN(TestTemplateMiner)
#include "tst_templateminer.moc"
