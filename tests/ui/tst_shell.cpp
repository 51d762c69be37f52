// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/actionregistry.h"
#include "ui/shell/commandpalette.h"
#include "ui/shell/fuzzy.h"
#include "ui/shell/navigator.h"
#include "ui/shell/retentioncard.h"
#include "ui/shell/settings.h"
#include "ui/shell/statusline.h"
#include "ui/shell/storecard.h"
#include "ui/shell/welcomepage.h"
#include "ui/theme/englishplurals.h"
#include "ui/widgets/link.h"

#include <QAbstractItemModelTester>
#include <QDir>
#include <QLocale>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace ra;
using namespace ra::ui;

namespace {

Link runLink(const QString &id) {
    Link link;
    link.page = QStringLiteral("run");
    link.runId = id;
    return link;
}

} // namespace

class TestShell : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QLocale::setDefault(QLocale::c()); }

    void linksGoThereAndBack_data() {
        QTest::addColumn<Link>("link");
        QTest::newRow("default") << Link{};
        QTest::newRow("run") << runLink(QStringLiteral("0123456789abcdef"));
        Link full = runLink(QStringLiteral("0123456789abcdef"));
        full.step = QStringLiteral("load & join + 100% <b>ümlaut</b> #1?=");
        full.line = 123'456'789'012;
        QTest::newRow("step with everything that URLs dislike") << full;
        full.stepIndex = 3;
        full.source = 12;
        QTest::newRow("step and line told apart") << full;
        Link runs;
        runs.page = QStringLiteral("runs");
        runs.recipe = QStringLiteral("nightly orders/2026");
        runs.status = QStringLiteral("failed,partial");
        runs.text = QStringLiteral("a+b %41 %");
        runs.range = QStringLiteral("2026-11-01..2026-11-23");
        QTest::newRow("runs") << runs;
        Link settings;
        settings.page = QStringLiteral("settings");
        QTest::newRow("settings") << settings;
    }
    void linksGoThereAndBack() {
        QFETCH(Link, link);
        const QString text = link.toUrl().toString(QUrl::FullyEncoded);
        QVERIFY(text.startsWith(QStringLiteral("recipe-analytics://")));
        QCOMPARE(Link::fromUrl(QUrl(text)), std::optional(link));
    }
    void strangeLinksLeadNowhere() {
        for (const char *url : {"https://example.org/run/1", "recipe-analytics://nowhere/", "",
                                "recipe-analytics:", "recipe-analytics://run", "recipe-analytics://run/"})
            QVERIFY2(!Link::fromUrl(QUrl(QString::fromLatin1(url))), url);
        QCOMPARE(Link::fromUrl(QUrl(QStringLiteral("recipe-analytics://run/x?line=-7"))).value().line, -1);
        const Link before = Link::fromUrl(QUrl(QStringLiteral("recipe-analytics://run/x?step=load&line=7"))).value();
        QCOMPARE(before.step, QStringLiteral("load"));
        QCOMPARE(before.line, 7);
        QCOMPARE(before.stepIndex, -1);
        QCOMPARE(before.source, -1);
    }

    void historyGoesBackAndForward() {
        Navigator history;
        QVERIFY(!history.canGoBack());
        history.go(runLink(QStringLiteral("a")));
        history.go(runLink(QStringLiteral("b")));
        QVERIFY(!history.go(runLink(QStringLiteral("b")))); // where one is already
        history.go(runLink(QStringLiteral("c")));
        QCOMPARE(history.back().runId, QStringLiteral("b"));
        QCOMPARE(history.back().runId, QStringLiteral("a"));
        QVERIFY(!history.canGoBack());
        QCOMPARE(history.forward().runId, QStringLiteral("b"));
        history.replace(runLink(QStringLiteral("B")));
        QVERIFY(history.canGoForward()); // a change in place forgets nothing
        history.go(runLink(QStringLiteral("d")));
        QVERIFY(!history.canGoForward());
        QCOMPARE(history.back().runId, QStringLiteral("B"));
        for (int i = 0; i < 2 * int(Navigator::longest); ++i)
            history.go(runLink(QString::number(i)));
        int steps = 0;
        while (history.canGoBack()) {
            history.back();
            ++steps;
        }
        QCOMPARE(steps, int(Navigator::longest) - 1);
    }

    void fuzzyMatchesFindTheBestLetters() {
        QVERIFY(!fuzzyMatch(QStringLiteral("xyz"), QStringLiteral("Theme: dark")));
        QVERIFY(!fuzzyMatch(QStringLiteral("krad"), QStringLiteral("Theme: dark"))); // the order counts
        QCOMPARE(fuzzyMatch(QString(), QStringLiteral("Anything"))->score, 0);
        QCOMPARE(fuzzyMatch(QStringLiteral("td"), QStringLiteral("Theme: dark"))->positions, (QList<int>{0, 7}));
        QCOMPARE(fuzzyMatch(QStringLiteral("DARK"), QStringLiteral("Theme: dark"))->positions,
                 (QList<int>{7, 8, 9, 10}));
        const int start = fuzzyMatch(QStringLiteral("set"), QStringLiteral("Settings"))->score;
        const int middle = fuzzyMatch(QStringLiteral("set"), QStringLiteral("Reset filter"))->score;
        const int spread = fuzzyMatch(QStringLiteral("set"), QStringLiteral("Show me the table"))->score;
        QVERIFY(start > middle);
        QVERIFY(middle > spread);
    }

    void thePaletteFindsActionsLinksAndSearches() {
        QWidget window;
        ActionRegistry registry(&window);
        int ran = 0;
        registry.add(QStringLiteral("view.dark"), ActionGroup::View, QStringLiteral("Theme: &dark"), {}, {},
                     [&] { ++ran; });
        registry.add(QStringLiteral("go.runs"), ActionGroup::Go, QStringLiteral("Runs"), {},
                     QKeySequence(Qt::CTRL | Qt::Key_2), [] {});
        QAction *off = registry.add(QStringLiteral("go.back"), ActionGroup::Go, QStringLiteral("Back"), {}, {}, [] {});
        off->setEnabled(false);

        PaletteModel model(registry.entries());
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 2);                                      // what cannot be done is not offered
        QCOMPARE(model.index(0).data().toString(), QStringLiteral("Runs")); // in the order of the groups
        QCOMPARE(model.index(0).data(PaletteModel::KeysRole).toString(), QStringLiteral("Ctrl 2"));
        model.setPattern(QStringLiteral("drk"));
        QCOMPARE(model.index(0).data().toString(), QStringLiteral("Theme: dark"));
        model.actionAt(0)->trigger();
        QCOMPARE(ran, 1);
        QCOMPARE(model.linkAt(model.rowCount() - 1)->text, QStringLiteral("drk")); // a search is always offered
        model.setPattern(runLink(QStringLiteral("0123456789abcdef")).toUrl().toString());
        QCOMPARE(model.linkAt(0), std::optional<Link>(runLink(QStringLiteral("0123456789abcdef"))));
    }

    void conflictsAreFound() {
        QAction a, b, c;
        a.setShortcut(Qt::Key_F5);
        b.setShortcut(Qt::Key_F6);
        c.setShortcuts({Qt::Key_F7, Qt::Key_F5});
        QVERIFY(ActionRegistry::conflicts({&a, &b}).isEmpty());
        QCOMPARE(ActionRegistry::conflicts({&a, &b, &c}).size(), 1);
    }

    void settingsAreKept() {
        QTemporaryDir dir;
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, dir.path());
        QCoreApplication::setOrganizationName(QStringLiteral("ra-test"));
        QCoreApplication::setApplicationName(QStringLiteral("ra-test"));
        QCOMPARE(Settings::load(), Settings{});
        Settings settings;
        settings.folders = {QStringLiteral("/a"), QStringLiteral("/b, with comma")};
        settings.zone = QStringLiteral("Europe/Berlin");
        settings.theme = ThemeChoice::Dark;
        for (int i = 0; i < 12; ++i)
            settings.remember(QStringLiteral("/folder%1").arg(i % 10));
        QCOMPARE(settings.recentFolders.size(), 8);
        QCOMPARE(settings.recentFolders.first(), QStringLiteral("/folder1"));
        settings.save();
        QCOMPARE(Settings::load(), settings);
    }

    void theStoresGrowthIsTold_data() {
        QTest::addColumn<double>("aDay");
        QTest::addColumn<quint64>("free");
        QTest::addColumn<QString>("text");
        QTest::newRow("no day is over yet")
            << 0.0 << quint64(5e9) << QStringLiteral("told after a day; 5.0 GB free on the disk");
        QTest::newRow("slow") << 1e5 << quint64(5e9)
                              << QStringLiteral("100.0 kB a day, to 136.5 MB in a year; 5.0 GB free on the disk");
        QTest::newRow("fast") << 1e9 << quint64(5.5e9)
                              << QStringLiteral("1.0 GB a day, to 365.1 GB in a year; 5.5 GB free on the disk, "
                                                "which would be full in 5 days");
        QTest::newRow("at once") << 1e9 << quint64(1.5e9)
                                 << QStringLiteral("1.0 GB a day, to 365.1 GB in a year; 1.5 GB free on the "
                                                   "disk, which would be full in 1 day");
    }

    void theStoresGrowthIsTold() {
        QFETCH(double, aDay);
        QFETCH(quint64, free);
        EnglishPlurals::install();
        StoreInfo info;
        info.bytes = 100'000'000;
        info.growthBytesPerDay = aDay;
        info.diskFreeBytes = free;
        QTEST(StoreCard::growth(info), "text");
    }

    void likelyFoldersExist() {
        QTemporaryDir dir;
        const QString home = QFileInfo(dir.path()).canonicalFilePath();
        QVERIFY(QDir(home).mkpath(QStringLiteral("work/logs")));
        QVERIFY(QDir(home).mkpath(QStringLiteral("framework0/logs")));
        QCOMPARE(likelyLogFolders(home + QStringLiteral("/work"), home),
                 (QStringList{home + QStringLiteral("/work/logs"), home + QStringLiteral("/framework0/logs"),
                              home + QStringLiteral("/framework0")}));
        QCOMPARE(likelyLogFolders(home + QStringLiteral("/none"), home + QStringLiteral("/none")), QStringList{});
    }

    void theStatusLineCountsInWords() {
        EnglishPlurals::install();
        live::LiveSnapshot snapshot;
        snapshot.sources = 1;
        snapshot.linesPerSecond = 1;
        QVERIFY(liveText(snapshot, true).startsWith(QStringLiteral("Following 1 source · 1 line/s")));
        snapshot.sources = 1711;
        QVERIFY(liveText(snapshot, true).startsWith(QStringLiteral("Following 1\u202f711 sources")));
    }

    void theStatusLineSaysHowLiveWeAre() {
        EnglishPlurals::install();
        live::LiveSnapshot snapshot;
        snapshot.sources = 3;
        snapshot.linesPerSecond = 212.3;
        snapshot.lag = std::chrono::milliseconds(8);
        QCOMPARE(liveText(snapshot, false), QStringLiteral("Not following any folder"));
        QVERIFY(liveText(snapshot, true).contains(QStringLiteral("212 lines/s")));
        QVERIFY(liveText(snapshot, true).contains(QStringLiteral("8.0 ms behind")));
        StatusLine line;
        line.setProgress({.stage = "index", .item = "a.log", .done = 5, .total = 10});
        QVERIFY(line.isIndexing());
        line.setProgress({.stage = "index", .item = "a.log", .done = 10, .total = 10});
        QVERIFY(!line.isIndexing());
    }
};

QTEST_MAIN(TestShell)
#include "tst_shell.moc"
