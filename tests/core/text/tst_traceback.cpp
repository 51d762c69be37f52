// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/traceback.h"

#include <QTest>
#include <random>

using namespace ra::text;

namespace {

// Printed by Python 3.11.
constexpr std::string_view chained = R"(Traceback (most recent call last):
  File "/opt/app/g.py", line 4, in f
    {}['x']
    ~~^^^^^
KeyError: 'x'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/opt/app/g.py", line 16, in <module>
    try: fn()
         ^^^^
  File "/opt/app/g.py", line 6, in f
    raise ValueError("bad\nmultiline: value") from e
ValueError: bad
multiline: value

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/opt/app/g.py", line 20, in g
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)
)";

constexpr std::string_view grouped = R"(Traceback (most recent call last):
  File "/opt/app/g.py", line 9, in g
    try: f()
ValueError: bad

During handling of the above exception, another exception occurred:

  + Exception Group Traceback (most recent call last):
  |   File "/opt/app/g.py", line 19, in h
  |     try: g()
  |          ^^^
  | ExceptionGroup: outer (3 sub-exceptions)
  | a note
  +-+---------------- 1 ----------------
    | TypeError: t1
    +---------------- 2 ----------------
    | ExceptionGroup: inner (2 sub-exceptions)
    +-+---------------- 1 ----------------
      | FileNotFoundError: [Errno 2] no
      +---------------- 2 ----------------
      | Traceback (most recent call last):
      |   File "/opt/app/g.py", line 4, in f
      |     {}['x']
      | KeyError: 'x'
      | 
      | The above exception was the direct cause of the following exception:
      | 
      | Traceback (most recent call last):
      |   File "/opt/app/g.py", line 13, in mk
      |     try: f()
      | ValueError: bad
      | of two lines
      +------------------------------------
    +---------------- 3 ----------------
    | Traceback (most recent call last):
    |   File "/opt/app/g.py", line 4, in f
    |     {}['x']
    | KeyError: 'x'
    +------------------------------------

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/opt/app/g.py", line 22, in <module>
    try: h()
RuntimeError: final
)";

QByteArray shown(const std::vector<TraceException> &chain) {
    QByteArray text;
    for (const TraceException &exception : chain) {
        text += QByteArray(1, "-=~"[static_cast<int>(exception.link)]) + QByteArray::fromStdString(exception.type) +
                '(' + QByteArray::fromStdString(exception.message).replace('\n', '/') + ')';
        for (const TraceFrame &frame : exception.frames)
            text += ' ' + QByteArray::fromStdString(frame.function) + ':' + QByteArray::number(frame.line);
        if (!exception.group.empty()) {
            text += " [";
            for (const auto &part : exception.group)
                text += '{' + shown(part) + '}';
            text += ']';
        }
    }
    return text;
}

QByteArray parsed(std::string_view text) {
    const auto traceback = parseTraceback(text);
    return traceback ? shown(traceback->chain) : QByteArray("none");
}

std::uint64_t printOf(std::string_view text) {
    return fingerprint(parseTraceback(text).value());
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
    std::string out(text);
    for (std::size_t at = 0; (at = out.find(from, at)) != std::string::npos; at += to.size())
        out.replace(at, from.size(), to);
    return out;
}

} // namespace

class TestTraceback : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tracebacksAreRead_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, std::string_view text, const char *expected) {
            QTest::newRow(name) << QByteArray(text.data(), static_cast<qsizetype>(text.size())) << QByteArray(expected);
        };
        row("nothing", "", "none");
        row("none", "all is well\nKeyError: 'x'\n", "none");
        row("chains", chained,
            "-KeyError('x') f:4=ValueError(bad/multiline: value) <module>:16 f:6"
            "~json.decoder.JSONDecodeError(Expecting value: line 1 column 1 (char 0)) g:20");
        row("groups", grouped,
            "-ValueError(bad) g:9~ExceptionGroup(outer (3 sub-exceptions)/a note) h:19 [{-TypeError(t1)}"
            "{-ExceptionGroup(inner (2 sub-exceptions)) [{-FileNotFoundError([Errno 2] no)}"
            "{-KeyError('x') f:4=ValueError(bad/of two lines) mk:13}]}{-KeyError('x') f:4}]"
            "=RuntimeError(final) <module>:22");
        row("a group that nothing follows and nothing closes",
            "  + Exception Group Traceback (most recent call last):\n  | ExceptionGroup: g (1 sub-exception)\n"
            "  +-+---------------- 1 ----------------\n    | Exception Group Traceback (most recent call last):\n"
            "    |   File \"a.py\", line 1, in f\n    | ExceptionGroup: h (1 sub-exception)\n"
            "    +-+---------------- 1 ----------------\n      | KeyError: 1\n"
            "      +------------------------------------\n",
            "-ExceptionGroup(g (1 sub-exception)) [{-ExceptionGroup(h (1 sub-exception)) f:1 [{-KeyError(1)}]}]");
        row("a group chained within a box",
            "  + Exception Group Traceback (most recent call last):\n  | ExceptionGroup: g (1 sub-exception)\n"
            "  +-+---------------- 1 ----------------\n    | KeyError: 1\n"
            "    +------------------------------------\n  | \n"
            "  | During handling of the above exception, another exception occurred:\n  | \n"
            "  + Exception Group Traceback (most recent call last):\n  | ExceptionGroup: k (0 sub-exceptions)\n",
            "-ExceptionGroup(g (1 sub-exception)) [{-KeyError(1)}]~ExceptionGroup(k (0 sub-exceptions))");
        row("no message", "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyboardInterrupt\n",
            "-KeyboardInterrupt() f:1");
        row("an empty message", "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nValueError: \n",
            "-ValueError() f:1");
        row("a syntax error",
            "Traceback (most recent call last):\n  File \"g.py\", line 15, in f\n    compile(x)\n  File \"<x>\", line "
            "1\n"
            "    a b c\n      ^\nSyntaxError: invalid syntax\n",
            "-SyntaxError(invalid syntax) f:15 :1");
        row("cut off", "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n", "-() f:1");
        row("only the header", "Traceback (most recent call last):", "-()");
        row("behind a prefix, with line ends of Windows",
            "noise\r\nERROR: Traceback (most recent call last):\r\n  File \"a.py\", line 1, in f\r\nKeyError: 1\r\n",
            "-KeyError(1) f:1");
        row("indented throughout",
            "    Traceback (most recent call last):\n      File \"a.py\", line 1, in f\n        x()\n    KeyError: 1\n",
            "-KeyError(1) f:1");
        row("a line that is no number",
            "Traceback (most recent call last):\n  File \"a.py\", line x, in f\nKeyError: 1\n", "-KeyError(1) f:0");
        row("code before any frame", "Traceback (most recent call last):\n    what\nKeyError: 1\n", "-KeyError(1)");
    }
    void tracebacksAreRead() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        QCOMPARE(parsed(text.toStdString()), expected);
    }

    void framesAreWhole() {
        const auto traceback = parseTraceback("Traceback (most recent call last):\n"
                                              "  File \"/opt/x, line 3, in y/r.py\", line 12, in rec\n"
                                              "    def rec(n): return rec(n+1)\n"
                                              "                       ^^^^^^^^\n"
                                              "  [Previous line repeated 996 more times]\n"
                                              "RecursionError: maximum recursion depth exceeded\n");
        QVERIFY(traceback.has_value());
        QCOMPARE(traceback->raised().frames.size(), 1U);
        const TraceFrame expected{.file = "/opt/x, line 3, in y/r.py",
                                  .line = 12,
                                  .function = "rec",
                                  .code = "def rec(n): return rec(n+1)",
                                  .repeats = 996};
        QVERIFY(traceback->raised().frames[0] == expected);
    }

    void theSameFailureHasTheSameFingerprint() {
        const std::uint64_t print = printOf(chained);
        QCOMPARE(printOf(replaced(chained, "/opt/app/", "/home/me/work/app/")), print);
        QCOMPARE(printOf(replaced(chained, "line 16", "line 17")), print);
        QCOMPARE(printOf(replaced(chained, "KeyError: 'x'", "KeyError: 'other'")), print);
        QCOMPARE(printOf(replaced(chained, "    try: fn()\n         ^^^^\n", "")), print);
        QVERIFY(printOf(replaced(chained, "KeyError", "IndexError")) != print);
        QVERIFY(printOf(replaced(chained, "in f", "in g")) != print);
        QVERIFY(printOf(replaced(chained, "g.py", "h.py")) != print);
        QVERIFY(printOf(replaced(chained, "During handling of the above exception, another exception occurred:",
                                 "The above exception was the direct cause of the following exception:")) != print);
    }

    void theDepthOfARecursionMakesNoDifference() {
        const std::string frame = "  File \"r.py\", line 1, in a\n  File \"r.py\", line 2, in b\n";
        const std::string end = "RecursionError: maximum recursion depth exceeded\n";
        const std::string begin = "Traceback (most recent call last):\n";
        QCOMPARE(printOf(begin + frame + end), printOf(begin + frame + frame + frame + end));
    }

    void partsOfAGroupAreASet() {
        const std::string head = "  + Exception Group Traceback (most recent call last):\n"
                                 "  |   File \"a.py\", line 1, in f\n  | ExceptionGroup: g (2 sub-exceptions)\n";
        const std::string first = "  +-+---------------- 1 ----------------\n",
                          next = "    +---------------- 2 ----------------\n";
        const std::string one = "    | KeyError: 17\n", other = "    | ValueError: x\n",
                          end = "    +------------------------------------\n";
        QCOMPARE(printOf(head + first + one + next + other + end), printOf(head + first + other + next + one + end));
        QCOMPARE(printOf(head + first + one + next + one + end), printOf(head + first + one + end));
        QVERIFY(printOf(head + first + one + next + other + end) != printOf(head + first + one + end));
        // Without frames the message tells, but for its variables.
        QCOMPARE(printOf(head + first + "    | KeyError: 18\n"), printOf(head + first + one));
        QVERIFY(printOf(head + first + "    | KeyError: eighteen\n") != printOf(head + first + one));
    }

    void packagesAndWhatHasNoFileAreKept() {
        const auto at = [](const char *file) {
            return printOf("Traceback (most recent call last):\n  File \"" + std::string(file) +
                           "\", line 1, in f\nKeyError: 1\n");
        };
        QCOMPARE(at("<ipython-input-3-abc>"), at("<ipython-input-12-d4>"));
        QVERIFY(at("<string>") != at("<stdin>"));
        QCOMPARE(at("/usr/lib/json/__init__.py"), at("/opt/lib/json/__init__.py"));
        QVERIFY(at("/usr/lib/json/__init__.py") != at("/usr/lib/re/__init__.py"));
        QVERIFY(at("__init__.py") != at("/__main__.py"));
        QCOMPARE(at("C:\\app\\x.py"), at("/app/x.py"));
    }

    void groupsOfAnyDepthAreRead() {
        std::string text = "  + Exception Group Traceback (most recent call last):\n  | ExceptionGroup: 0\n";
        std::string indent = "  ";
        for (int depth = 1; depth < 3'000; ++depth) {
            text += indent + "+-+---------------- 1 ----------------\n";
            indent += "  ";
            text += indent + "| ExceptionGroup: x\n";
        }
        const auto traceback = parseTraceback(text);
        QVERIFY(traceback.has_value());
        QVERIFY(fingerprint(*traceback) != 0);
    }

    void anyLinesAreRead() {
        const char *pieces[] = {"Traceback (most recent call last):",
                                "  + Exception Group Traceback (most recent call last):",
                                "  | ",
                                "    | ",
                                "      | KeyError: 1",
                                "  +-+---------------- 1 ----------------",
                                "    +---------------- 2 ----------------",
                                "    +------------------------------------",
                                "The above exception was the direct cause of the following exception:",
                                "",
                                "  File \"a.py\", line 1, in f",
                                "    code",
                                "      ^^^",
                                "ValueError: x",
                                "  +",
                                "+---",
                                "|"};
        std::mt19937_64 random(5);
        for (int round = 0; round < 20'000; ++round) {
            std::string text;
            for (std::uint64_t n = random() % 20; n > 0; --n)
                text += std::string(pieces[random() % std::size(pieces)]) + '\n';
            if (const auto traceback = parseTraceback(text)) {
                QVERIFY(!traceback->chain.empty());
                QVERIFY(fingerprint(*traceback) == fingerprint(*traceback));
            }
        }
    }

    void linesOfExceptionsAreSplit_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char *line, const char *type, const char *message) {
            QTest::newRow(line) << QByteArray(line) << QByteArray(type) << QByteArray(message);
        };
        row("ValueError: bad", "ValueError", "bad");
        row("requests.exceptions.ReadTimeout: slow", "requests.exceptions.ReadTimeout", "slow");
        row("java.io.IOException: a: b", "java.io.IOException", "a: b");
        row("KeyboardInterrupt", "KeyboardInterrupt", "");
        row("ValueError:", "ValueError", "");
        row("error: bad", "", "error: bad");
        row("ls: cannot access", "", "ls: cannot access");
        row("Error in line 3", "", "Error in line 3");
        row("ValueError:bad", "", "ValueError:bad");
        row("", "", "");
    }
    void linesOfExceptionsAreSplit() {
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, message);
        const ExceptionLine split =
            splitException(std::string_view(line.constData(), static_cast<std::size_t>(line.size())));
        QCOMPARE(QByteArray(split.type.data(), static_cast<qsizetype>(split.type.size())), type);
        QCOMPARE(QByteArray(split.message.data(), static_cast<qsizetype>(split.message.size())), message);
    }
};

QTEST_GUILESS_MAIN(TestTraceback)
#include "tst_traceback.moc"
