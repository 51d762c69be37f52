// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/mask.h"

#include <QTest>
#include <random>

using namespace ra::text;

namespace {

std::string templateOf(std::string_view line) {
    std::string masked;
    maskLine(line, masked);
    return readable(masked);
}

} // namespace

class TestMask : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void variablesAreKnownByTheirLooks_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *line, const char *expected) {
            QTest::newRow(line) << QByteArray(line) << QByteArray(expected);
        };
        row("", "");
        row("   ", "");
        row("shutdown complete", "shutdown complete");
        row("  two   blanks\tand a tab ", "two blanks and a tab");
        row("took 15 ms", "took <*> ms");
        row("took 15.25 ms, -3 left", "took <*> ms, <*> left");
        row("1e-05 of 2E+3", "<*> of <*>");
        row("code 0x1f at 00ffee", "code <*> at <*>");
        row("mask ffffffff", "mask <*>");
        row("a facade of cafes", "a facade of cafes");
        row("16K of 128MB", "<*> of <*>");
        row("5.2 KB (free 35.4 GB)", "<*> (free <*>)");
        row("KB of text", "KB of text");
        row("block blk_-1608999687919862906 lost", "block <*> lost");
        row("rdd_2_0 and broadcast_9", "<*> and <*>");
        row("eth0 up, ssh2 down", "eth0 up, ssh2 down");
        row("node bglio617 down", "node <*> down");
        row("v2 of v1.5", "<*> of <*>");
        row("ok=true, lost=FALSE, next=null", "ok=<*>, lost=<*>, next=<*>");
        row("truest nullable", "truest nullable");
        row("from 10.0.0.1:80 to fe80::1", "from <*> to <*>");
        row("uuid 123e4567-e89b-12d3-a456-426614174000.", "uuid <*>.");
        row("read /etc/passwd: denied", "read <*>: denied");
        row("and/or load/store", "and/or load/store");
        row("at Fri Jun 17 07:07:00 2005", "at <*>");
        row("at 07:07:00", "at <*>:<*>:<*>");
        row("generating core.2275", "generating core.<*>");
        row("enable......0", "enable......<*>");
        row("1 2 3 4", "<*>");
        row("UTF-8", "UTF-<*>");
        row("Switch<0>(0x0)", "<*>(<*>)");
        row("session opened for user alice by (uid=0)", "session opened for user <*> by (uid=<*>)");
        row("Invalid user bob from 10.0.0.1", "Invalid user <*> from <*>");
        row("user unknown", "user unknown");
        row("login by user carol", "login by user <*>");
        row("user=dave rhost=x.y", "user=<*> rhost=<*>.y");
        row("100% of 7", "<*>% of <*>");
        row("x=-5 y=+3", "x=<*> y=<*>");
        row("range 0-3", "range <*>-<*>");
        row("caf\xc3\xa9 \xff 7", "caf\xc3\xa9 \xff <*>");
        row("\x01\x02", "");
    }
    void variablesAreKnownByTheirLooks() {
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, expected);
        QCOMPARE(QByteArray::fromStdString(templateOf(line.toStdString())), expected);
    }

    void onlyTheBeginningOfALongLineIsLookedAt() {
        const std::string line(3 * maskedBytes, 'x');
        std::string masked;
        maskLine(line, masked);
        QCOMPARE(masked.size(), maskedBytes);
    }

    void maskingAgainChangesNothing() {
        // Any bytes give a line whose variables are known; blanks and variables are joined.
        std::mt19937_64 random(7);
        constexpr std::string_view alphabet = "aZ09f:./-_ =,()[]@#%+\"'\\ \x01\xc3true user ";
        for (int round = 0; round < 20'000; ++round) {
            std::string line(random() % 60, ' ');
            for (char &c : line)
                c = alphabet[random() % alphabet.size()];
            std::string masked;
            maskLine(line, masked);
            QVERIFY(masked.find("  ") == std::string::npos);
            QVERIFY(masked.find("\x01\x01") == std::string::npos);
            QVERIFY(masked.empty() || (masked.front() != ' ' && masked.back() != ' '));
        }
    }

    void variablesWithNothingBetweenThemAreReadAsOne() {
        QCOMPARE(readable("a \x01 \x01 b"), std::string("a <*> b"));
        QCOMPARE(readable("\x01.\x01.\x01."), std::string("<*>."));
        QCOMPARE(readable("\x01, \x01"), std::string("<*>, <*>"));
        QCOMPARE(readable(""), std::string());
    }
};

QTEST_GUILESS_MAIN(TestMask)
#include "tst_mask.moc"
