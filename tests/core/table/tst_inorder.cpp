// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/table/inorder.h"

#include <QTest>
#include <atomic>
#include <numeric>
#include <stdexcept>
#include <string>

using namespace ra::table;

class TestInOrder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void resultsComeInOrder_data() {
        QTest::addColumn<int>("count");
        QTest::addColumn<unsigned>("threads");
        for (const int count : {0, 1, 2, 500}) {
            for (const unsigned threads : {0U, 1U, 2U, 7U})
                QTest::addRow("%d on %u", count, threads) << count << threads;
        }
    }
    void resultsComeInOrder() {
        QFETCH(int, count);
        QFETCH(unsigned, threads);
        std::vector<std::size_t> got;
        inOrder(
            static_cast<std::size_t>(count), threads,
            [](std::size_t i) {
                if (i % 7 == 0)
                    std::this_thread::yield();
                return i;
            },
            [&](std::size_t i) {
                got.push_back(i);
                return true;
            });
        std::vector<std::size_t> want(static_cast<std::size_t>(count));
        std::iota(want.begin(), want.end(), 0U);
        QCOMPARE(got, want);
    }

    void nothingMoreIsBegunOnceTheConsumerHasEnough() {
        for (const unsigned threads : {1U, 3U}) {
            std::atomic<int> begun = 0;
            int got = 0;
            inOrder(
                100'000, threads, [&](std::size_t) { return ++begun; }, [&](int) { return ++got < 3; });
            QCOMPARE(got, 3);
            QVERIFY(begun < 100); // three, and what the threads may have ahead
        }
    }

    void anErrorOfEitherIsThrownOn() {
        for (const unsigned threads : {1U, 3U}) {
            int got = 0;
            const auto produce = [](std::size_t i) {
                if (i == 5)
                    throw std::runtime_error("five");
                return i;
            };
            const auto same = [](std::size_t i) { return i; };
            const auto count = [&](std::size_t) { return ++got > 0; };
            const auto refuse = [](std::size_t i) -> bool { throw std::logic_error(std::to_string(i)); };
            QVERIFY_THROWS_EXCEPTION(std::runtime_error, inOrder(100, threads, produce, count));
            QCOMPARE(got, 5);
            QVERIFY_THROWS_EXCEPTION(std::logic_error, inOrder(100, threads, same, refuse));
        }
    }
};

QTEST_GUILESS_MAIN(TestInOrder)
#include "tst_inorder.moc"
