// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/failure.h"

#include <QTest>

using namespace ra::text;

class TestFailure : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatATextSays_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("exception");
        QTest::addColumn<QByteArray>("message");
        QTest::addRow("a line") << QByteArray("disk is full") << QByteArray() << QByteArray("disk is full");
        QTest::addRow("an exception") << QByteArray("ValueError: bad") << QByteArray("ValueError")
                                      << QByteArray("ValueError: bad");
        QTest::addRow("nothing") << QByteArray() << QByteArray() << QByteArray();
        QTest::addRow("a traceback") << QByteArray("Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n"
                                                   "    g()\nKeyError: 'x'")
                                     << QByteArray("KeyError") << QByteArray("KeyError: 'x'");
        QTest::addRow("what follows its cause")
            << QByteArray(
                   "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\nKeyError: 'x'\n\n"
                   "The above exception was the direct cause of the following exception:\n\n"
                   "Traceback (most recent call last):\n  File \"a.py\", line 3, in h\n    f()\nOSError: no")
            << QByteArray("OSError") << QByteArray("OSError: no");
        QTest::addRow("cut off") << QByteArray(
                                        "  File \"b.py\", line 20, in g\n    raise ValueError()\nValueError: bad\n")
                                 << QByteArray("ValueError") << QByteArray("ValueError: bad");
        QTest::addRow("frames without an end")
            << QByteArray("File \"b.py\", line 20") << QByteArray() << QByteArray("File \"b.py\", line 20");
        // As CPython 3.11 prints ExceptionGroup("two", [TimeoutError("late"), ExceptionGroup("in", [OSError("no")])]).
        QTest::addRow("a group is what it holds")
            << QByteArray("  + Exception Group Traceback (most recent call last):\n"
                          "  |   File \"a.py\", line 9, in <module>\n"
                          "  |     raise e\n"
                          "  | ExceptionGroup: two (2 sub-exceptions)\n"
                          "  +-+---------------- 1 ----------------\n"
                          "    | TimeoutError: late\n"
                          "    +---------------- 2 ----------------\n"
                          "    | ExceptionGroup: in (1 sub-exception)\n"
                          "    +-+---------------- 1 ----------------\n"
                          "      | OSError: no\n"
                          "      +------------------------------------\n")
            << QByteArray("ExceptionGroup") << QByteArray("TimeoutError: late; OSError: no");
    }

    void whatATextSays() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, exception);
        QFETCH(QByteArray, message);
        const Failure failure = readFailure(text.toStdString());
        QCOMPARE(QByteArray::fromStdString(failure.exception), exception);
        QCOMPARE(QByteArray::fromStdString(failure.message), message);
    }

    void aLargeGroupIsReadInPart() {
        std::string text = "  + Exception Group Traceback (most recent call last):\n"
                           "  |   File \"a.py\", line 9, in <module>\n"
                           "  |     raise e\n"
                           "  | ExceptionGroup: many (300 sub-exceptions)\n";
        for (int i = 1; i <= 300; ++i) {
            text += i == 1 ? "  +-+---------------- " : "    +---------------- ";
            text += std::to_string(i) + " ----------------\n    | ValueError: bad\n";
        }
        text += "    +------------------------------------\n";
        const std::string one = "ValueError: bad";
        QCOMPARE(readFailure(text).message.size(), groupMembersRead * (one.size() + 2) - 2);
    }

    void theSameFailureHasOneSignature() {
        QCOMPARE(readFailure("timed out after 30 s on 10.0.0.1").signature,
                 readFailure("timed out after 7 s on 10.0.0.2").signature);
        QVERIFY(readFailure("timed out after 30 s").signature != readFailure("gave up after 30 s").signature);
        QVERIFY(readFailure("ValueError: bad").signature != readFailure("KeyError: bad").signature);
        // Signatures are compared over years, so that this number must not change: XXH3 of the text itself.
        QCOMPARE(readFailure("ValueError: bad").signature, 0x5b92c0bba287ec68ULL);
    }
};

QTEST_APPLESS_MAIN(TestFailure)
#include "tst_failure.moc"
