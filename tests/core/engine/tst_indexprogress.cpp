// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/indexprogress.h"

#include <QTest>

#include <vector>

using namespace ra;
using engine::IndexProgress;

class TestIndexProgress : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothingExpectedIsNotTold() {
        std::vector<Progress> told;
        IndexProgress progress;
        progress.read(10, "a.log");
        progress.tell(true, [&](const Progress &one) { told.push_back(one); });
        progress.tell(true, {});
        QVERIFY(told.empty());
    }

    void theEndIsToldHoweverSoonAndThenItBeginsAnew() {
        std::vector<Progress> told;
        const ProgressSink sink = [&](const Progress &one) { told.push_back(one); };
        IndexProgress progress;
        progress.expect(100);
        progress.expect(50);
        progress.read(60, "a.log");
        progress.tell(false, sink);
        QCOMPARE(told.size(), 1U);
        QCOMPARE(told[0].stage, std::string("index"));
        QCOMPARE(told[0].item, std::string("a.log"));
        QCOMPARE(told[0].done, 60U);
        QCOMPARE(told[0].total, 150U);
        // A file may grow while it is read: no more is told than was expected.
        progress.read(100, "b.log");
        progress.tell(true, sink);
        QCOMPARE(told.size(), 2U);
        QCOMPARE(told[1].done, 150U);
        QCOMPARE(told[1].total, 150U);
        QCOMPARE(told[1].item, std::string("b.log"));
        progress.tell(true, sink);
        QCOMPARE(told.size(), 2U);
        progress.expect(20);
        progress.read(20, "c.log");
        progress.tell(true, sink);
        QCOMPARE(told.size(), 3U);
        QCOMPARE(told[2].done, 20U);
        QCOMPARE(told[2].total, 20U);
    }

    void itIsNotToldAllTheTime() {
        int told = 0;
        IndexProgress progress;
        progress.expect(1'000'000'000);
        const auto begun = std::chrono::steady_clock::now();
        for (int i = 0; i < 10'000; ++i) {
            progress.read(1, "a.log");
            progress.tell(i % 2 == 0, [&](const Progress &) { ++told; });
        }
        const auto tenths = (std::chrono::steady_clock::now() - begun) / std::chrono::milliseconds(100);
        QVERIFY(told >= 1);
        QVERIFY(told <= tenths + 1);
    }
};

QTEST_GUILESS_MAIN(TestIndexProgress)
#include "tst_indexprogress.moc"
