// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/englishplurals.h"
#include "ui/theme/fonts.h"
#include "ui/theme/format.h"
#include "ui/theme/palettes.h"

#include <QApplication>
#include <QDir>
#include <QLocale>
#include <QPainter>
#include <QSet>
#include <QTest>

#include <cmath>

using namespace ra;
using namespace ra::ui;
using namespace std::chrono_literals;

namespace {

/// Relative luminance and contrast as in WCAG 2.1, sections "relative luminance" and "contrast ratio".
double luminance(const QColor &color) {
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

double contrast(const QColor &a, const QColor &b) {
    const double la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

QImage shapeOf(RunStatus status) {
    QImage image(32, 32, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    paintStatusShape(painter, QRectF(0, 0, 32, 32), status);
    painter.end();
    // The shape alone: one colour for all.
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            image.setPixelColor(x, y, QColor(0, 0, 0, image.pixelColor(x, y).alpha()));
    return image;
}

} // namespace

class TestTheme : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(QStringLiteral("icon"))); }
    void init() {
        QLocale::setDefault(QLocale::c());
        applyTheme(ThemeChoice::Light);
    }

    void textPairsKeepTheirContrast_data() {
        QTest::addColumn<QColor>("text");
        QTest::addColumn<QColor>("ground");
        for (const Theme *theme : {&lightTheme(), &darkTheme()}) {
            const Tokens &t = theme->tokens;
            const char *name = t.dark ? "dark" : "light";
            const std::pair<const char *, QColor> grounds[] = {
                {"window", t.window}, {"surface", t.surface}, {"raised", t.raised}, {"selection", t.selection}};
            for (const auto &[groundName, ground] : grounds) {
                QTest::addRow("%s text on %s", name, groundName) << t.text << ground;
                QTest::addRow("%s secondary on %s", name, groundName) << t.textSecondary << ground;
            }
            QTest::addRow("%s accent on surface", name) << t.accent << t.surface;
            for (int role = 0; role < stateRoleCount; ++role) {
                const RoleColors &colors = theme->roles[role];
                QTest::addRow("%s text on fill %d", name, role) << t.text << colors.fill;
                QTest::addRow("%s line %d on surface", name, role) << colors.line << t.surface;
            }
        }
    }
    void textPairsKeepTheirContrast() {
        QFETCH(QColor, text);
        QFETCH(QColor, ground);
        QVERIFY2(contrast(text, ground) >= 4.5, qPrintable(QString::number(contrast(text, ground))));
    }

    void theContrastFormulaIsRight() {
        QCOMPARE(std::round(contrast(Qt::black, Qt::white)), 21.0); // by definition
        // #767676 on white is the well-known last grey that passes: 4.54.
        QVERIFY(std::abs(contrast(QColor(0x76, 0x76, 0x76), Qt::white) - 4.54) < 0.01);
    }

    void everyStateHasAShapeOfItsOwn() {
        for (int a = 0; a < runStatusCount; ++a) {
            for (int b = a + 1; b < runStatusCount; ++b)
                QVERIFY2(shapeOf(RunStatus(a)) != shapeOf(RunStatus(b)),
                         qPrintable(displayName(RunStatus(a)) + QLatin1Char(' ') + displayName(RunStatus(b))));
        }
    }

    void themesSwitchPaletteAndTokens() {
        applyTheme(ThemeChoice::Dark);
        QVERIFY(tokens().dark);
        QCOMPARE(QApplication::palette().color(QPalette::Window), darkTheme().tokens.window);
        applyTheme(ThemeChoice::Light);
        QVERIFY(!tokens().dark);
        QCOMPARE(QApplication::palette().color(QPalette::Text), lightTheme().tokens.text);
    }

    void everyIconIsThereAndTinted() {
        (void)icon(QStringLiteral("live")); // the resource registers itself with the first icon
        const QStringList all = QDir(QStringLiteral(":/icons")).entryList();
        QVERIFY(all.size() > 30);
        for (const QString &file : all) {
            const QIcon one = icon(file.chopped(4));
            applyTheme(ThemeChoice::Light);
            const QImage light = one.pixmap(32, 32).toImage();
            applyTheme(ThemeChoice::Dark);
            const QImage dark = one.pixmap(32, 32).toImage();
            QVERIFY2(light != dark, qPrintable(file));
            QVERIFY2(one.pixmap(QSize(16, 16), 2.0).width() == 32, qPrintable(file)); // sharp at any ratio
        }
    }

    void figuresAreTabular() {
        const QFont font = bodyFont();
        QCOMPARE(figuresWidth(font, QStringLiteral("1111")), figuresWidth(font, QStringLiteral("8888")));
        QVERIFY(figuresWidth(font, QStringLiteral("1 572")) > figuresWidth(font, QStringLiteral("1572")));
    }

    void counts() {
        const QChar thin(0x202F);
        QCOMPARE(count(0), QStringLiteral("0"));
        QCOMPARE(count(999), QStringLiteral("999"));
        QCOMPARE(count(1572), QStringLiteral("1") + thin + QStringLiteral("572"));
        QCOMPARE(count(1'000'000), QStringLiteral("1") + thin + QStringLiteral("000") + thin + QStringLiteral("000"));
        QCOMPARE(count(-1572), QStringLiteral("-1") + thin + QStringLiteral("572"));
        QVERIFY(count(std::numeric_limits<qint64>::min()).endsWith(QStringLiteral("808")));
    }

    void durations_data() {
        QTest::addColumn<qint64>("ns");
        QTest::addColumn<QString>("text");
        const auto row = [](const char *text, Duration d) {
            QTest::newRow(text) << qint64(d.count()) << QString::fromUtf8(text);
        };
        row("0 s", 0ns);
        row("850 ns", 850ns);
        row("8.0 µs", 8us);
        row("0.4 ms", 400us);
        row("12.4 ms", 12'400us);
        row("100 ms", 99'960us);
        row("400 ms", 400ms);
        row("1.0 s", 999'600us);
        row("12.4 s", 12'404ms);
        row("59.9 s", 59'940ms);
        row("1 m 00.0 s", 59'960ms); // never "60.0 s"
        row("1 m 35.9 s", 95'900ms);
        row("14 m 05 s", 845s);
        row("1 h 00 m", 3'600s);
        row("2 h 03 m", 7'380s);
        row("1 d 02 h", 26h);
        row("−1.5 s", -1'500ms);
    }
    void durations() {
        QFETCH(qint64, ns);
        QFETCH(QString, text);
        QCOMPARE(duration(Duration(ns)), text);
    }
    void noDurationIsADash() { QCOMPARE(duration(std::nullopt), QStringLiteral("–")); }

    void sizes() {
        QCOMPARE(bytes(0), QStringLiteral("0 B"));
        QCOMPARE(bytes(999), QStringLiteral("999 B"));
        QCOMPARE(bytes(14'200'000), QStringLiteral("14.2 MB"));
        QCOMPARE(bytes(999'960), QStringLiteral("1.0 MB")); // never "1000.0 kB"
    }

    void momentsAreLocal() {
        const Zone berlin = Zone::fromName("Europe/Berlin").value();
        // 1795453064 = 2026-11-23 16:57:44 UTC: 20,780 days and 61,064 seconds.
        static_assert(20'780LL * 86'400 + 61'064 == 1'795'453'064);
        const Time t = fromNs(1'795'453'064'250'000'000);
        QCOMPARE(moment(t, Zone()), QStringLiteral("23 Nov 2026 16:57:44"));
        QCOMPARE(moment(t, berlin), QStringLiteral("23 Nov 2026 17:57:44"));
        QCOMPARE(moment(t, berlin, 1ms), QStringLiteral("23 Nov 2026 17:57:44.250"));
        QCOMPARE(moment(std::nullopt, berlin), QStringLiteral("–"));
        QCOMPARE(clock(t, Zone(), 1ms), QStringLiteral("16:57:44.250"));
        QCOMPARE(clock(t, Zone()), QStringLiteral("16:57:44"));
    }

    void countedTextsHaveTheirNumber() {
        const EnglishPlurals plurals;
        const auto text = [&](const char *source, int n) {
            return plurals.translate("", source, nullptr, n).replace(QStringLiteral("%n"), QString::number(n));
        };
        QCOMPARE(text("%n run(s)", 1), QStringLiteral("1 run"));
        QCOMPARE(text("%n run(s)", 0), QStringLiteral("0 runs"));
        QCOMPARE(text("%1 of %n run(s) here", 1), QStringLiteral("%1 of 1 run here"));
        QCOMPARE(text("%n steps failed", 1), QStringLiteral("1 step failed"));
        QCOMPARE(text("%n entries", 1), QStringLiteral("1 entry"));
        QCOMPARE(text("%n matches", 1), QStringLiteral("1 match"));
        QCOMPARE(text("%n executions running", 1), QStringLiteral("1 execution running"));
        QCOMPARE(text("%n failed attempt(s)", 1), QStringLiteral("1 failed attempt"));
        QCOMPARE(text("and %n more", 1), QStringLiteral("and 1 more"));
        QVERIFY(text("%n steps failed", 2).isNull()); // the source itself is right
        QVERIFY(text("Class runs", -1).isNull());
    }

    void countedTextsHaveThinSpaces() {
        QCOMPARE(withCount(QStringLiteral("3 of 1234567 runs"), 1234567),
                 QStringLiteral("3 of 1\u202f234\u202f567 runs"));
        QCOMPARE(withCount(QStringLiteral("999 runs"), 999), QStringLiteral("999 runs"));
    }

    void plainTextShowsWhatIsInIt() {
        QCOMPARE(plain("<b>bold</b>"), QStringLiteral("<b>bold</b>"));
        QCOMPARE(plain("a\nb"), QStringLiteral("a \u21B5 b"));
        QCOMPARE(plain(std::string("nul\0", 4)), QStringLiteral("nul") + QChar(0x2400));
        QVERIFY(plain("evil \u202Etxt.exe").contains(QStringLiteral("<U+202E>")));
        QVERIFY(!plain("esc \x1b[31m").contains(QChar(0x1b)));
        QVERIFY(!plain("\xff\xfe bad utf-8").isEmpty());
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
