// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/time.h"

#include <QTest>

using namespace ra;

class TestTime : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void secondsRoundToTheNearestNanosecond() {
        QCOMPARE(durationFromSeconds(0.405).count(), 405'000'000);
        QCOMPARE(durationFromSeconds(-3597.799).count(), -3'597'799'000'000);
        QCOMPARE(toSeconds(std::chrono::milliseconds(1'500)), 1.5);
    }

    void nonsenseSecondsAreClampedAndNeverUndefined() {
        QCOMPARE(durationFromSeconds(std::numeric_limits<double>::quiet_NaN()).count(), 0);
        QCOMPARE(durationFromSeconds(1e300), Duration::max());
        QCOMPARE(durationFromSeconds(-std::numeric_limits<double>::infinity()), Duration::min());
    }

    void momentsKeepEveryNanosecond() {
        QCOMPARE(toNs(fromNs(1'795'453'320'883'818'749)), 1'795'453'320'883'818'749);
        QVERIFY(now() > fromNs(1'600'000'000'000'000'000));
    }

    void anErrorReadsAsOneSentence() {
        const Error error{.kind = ErrorKind::Failed,
                          .what = "open the store",
                          .where = "/x/store.db",
                          .why = "Permission denied",
                          .hint = "Check the file's owner"};
        QCOMPARE(error.sentence(),
                 std::string("Cannot open the store /x/store.db: Permission denied. Check the file's owner"));
        QCOMPARE((Error{.what = "read"}).sentence(), std::string("Cannot read"));
    }
};

QTEST_GUILESS_MAIN(TestTime)
#include "tst_time.moc"
