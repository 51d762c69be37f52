// SPDX-License-Identifier: GPL-3.0-or-later
// The cards of the settings page that speak of the store: what it holds, and what it keeps.
#include "tests/core/store/populated.h"
#include "tests/support/soon.h"
#include "ui/shell/retentioncard.h"
#include "ui/shell/storecard.h"
#include "ui/shell/storemeter.h"
#include "ui/theme/englishplurals.h"
#include "ui/widgets/choicepopup.h"
#include "ui/widgets/filterchip.h"

#include <QApplication>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSignalSpy>

#include <algorithm>

using namespace ra;
using namespace ra::test;
using namespace ra::ui;

Q_DECLARE_METATYPE(ra::Retained)

class TestStoreCards : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<StoreFile> m_file;
    std::unique_ptr<engine::Engine> m_engine;
    std::unique_ptr<RetentionCard> m_card;

    std::unique_ptr<engine::Engine> open() { return need(engine::Engine::open({m_file->path(), "UTC", {}})); }
    std::string runs() { return ask(*m_file->reader(), "SELECT count(*) FROM runs_v"); }
    [[nodiscard]] QPushButton *button(const char *name) const {
        return m_card->findChild<QPushButton *>(QLatin1String(name));
    }
    [[nodiscard]] QString outcome() const {
        return m_card->findChild<QLabel *>(QStringLiteral("retentionOutcome"))->text();
    }
    [[nodiscard]] FilterChip *chip(int row) const { return m_card->findChildren<FilterChip *>()[row]; }
    /// As the user does: opens the list of a row, types, and picks.
    void pick(int row, const QString &typed) {
        QTest::mouseClick(chip(row), Qt::LeftButton);
        auto *popup = m_card->findChild<ChoicePopup *>();
        QVERIFY(popup != nullptr);
        auto *search = popup->findChild<QWidget *>();
        for (QWidget *child : popup->findChildren<QWidget *>()) {
            if (child->inherits("QLineEdit"))
                search = child;
        }
        QTest::keyClicks(search, typed);
        QTest::keyClick(search, Qt::Key_Return);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
    void show() {
        m_engine = open();
        m_card = std::make_unique<RetentionCard>(*m_engine);
        m_card->refresh();
        m_card->show();
    }

private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale::c());
        EnglishPlurals::install();
    }
    void init() {
        m_file = std::make_unique<StoreFile>();
        populate(*m_file->open());
    }
    void cleanup() {
        m_card.reset();
        m_engine.reset();
    }

    void nothingGoesThatWasNotShownBefore() {
        show();
        SOON_VERIFY(button("previewRetention")->isEnabled());
        QCOMPARE(chip(0)->value(), QStringLiteral("for ever"));
        QVERIFY(!button("saveRetention")->isEnabled());
        pick(2, QStringLiteral("90"));
        QCOMPARE(chip(2)->value(), QStringLiteral("90 days"));
        QVERIFY(!button("saveRetention")->isEnabled());

        button("previewRetention")->click();
        SOON_VERIFY(button("saveRetention")->isEnabled());
        QVERIFY2(outcome().contains(QStringLiteral("240 runs with 720 steps")), qPrintable(outcome()));
        QCOMPARE(runs(), "240");

        pick(1, QStringLiteral("1 year")); // what was shown is of another policy
        QVERIFY(!button("saveRetention")->isEnabled());
        button("previewRetention")->click();
        SOON_VERIFY(button("saveRetention")->isEnabled());
        const QSignalSpy changed(m_card.get(), &RetentionCard::policyChanged);
        button("saveRetention")->click();
        SOON_COMPARE(changed.size(), 1);
        QVERIFY(!button("saveRetention")->isEnabled());
        SOON_COMPARE(runs(), "0");

        show(); // the next start
        SOON_COMPARE(chip(2)->value(), QStringLiteral("90 days"));
        QCOMPARE(chip(1)->value(), QStringLiteral("1 year"));
        QCOMPARE(chip(0)->value(), QStringLiteral("for ever"));
    }

    void whatWouldGoIsASentence_data() {
        QTest::addColumn<Retained>("gone");
        QTest::addColumn<QString>("text");
        QTest::newRow("nothing") << Retained{} << QStringLiteral("Nothing that is there now would go.");
        QTest::newRow("all kinds") << Retained{.samples = 1'234,
                                               .logBytes = 5'000'000,
                                               .rollups = 1,
                                               .runs = 2,
                                               .steps = 6,
                                               .freedBytes = 3'000'000}
                                   << QString::fromUtf8("This would go now: 2 runs with 6 steps, 1\u202f234 samples, "
                                                        "5.0 MB of log lines, 1 sum. It frees 3.0 MB in the file "
                                                        "and cannot be undone.");
        QTest::newRow("less than what sums it up")
            << Retained{.samples = 10, .takenBytes = 4'096}
            << QStringLiteral("This would go now: 10 samples. It cannot be undone, and takes 4.1 kB more: sums that "
                              "stay are larger than so few samples.");
    }
    void whatWouldGoIsASentence() {
        QFETCH(Retained, gone);
        QTEST(RetentionCard::sentence(gone), "text");
    }

    void aPolicyThatCannotBeIsRefusedInWords() {
        show();
        SOON_VERIFY(button("previewRetention")->isEnabled());
        pick(3, QStringLiteral("30"));
        button("previewRetention")->click();
        SOON_VERIFY(outcome().contains(QStringLiteral("rollups would go before")));
        QVERIFY(!button("saveRetention")->isEnabled());
    }

    void whatIsLookedAtIsNotTouchedByReadingAnew() {
        show();
        SOON_VERIFY(button("previewRetention")->isEnabled());
        pick(4, QStringLiteral("5.0 GB"));
        m_card->refresh();
        QTest::qWait(0);
        QCOMPARE(chip(4)->value(), QStringLiteral("5.0 GB"));
    }

    void whoOnlyReadsSeesWhy() {
        const auto writer = m_file->open();
        show();
        QVERIFY(!button("previewRetention")->isEnabled());
        QVERIFY(!chip(0)->isEnabled());
        QVERIFY(outcome().contains(QStringLiteral("Another instance writes")));
    }

    void aCardThatGoesWhileItWorksStopsIt() {
        show();
        SOON_VERIFY(button("previewRetention")->isEnabled());
        button("previewRetention")->click();
        m_card.reset();
        m_engine.reset();
        QCOMPARE(runs(), "240");
    }

    void theCardTellsWhatTheStoreHolds() {
        m_engine = open();
        StoreCard card(*m_engine);
        card.resize(800, 300);
        card.show();
        card.refresh();
        auto *meter = card.findChild<StoreMeter *>();
        SOON_VERIFY(meter->isVisible());
        QVERIFY2(meter->accessibleDescription().startsWith(QStringLiteral("Log lines ")),
                 qPrintable(meter->accessibleDescription()));
        QStringList texts;
        for (const QLabel *label : card.findChildren<QLabel *>())
            texts << label->text();
        QVERIFY(texts.contains(QStringLiteral("240 runs with 720 steps")));
        QVERIFY(!card.grab().isNull());
        // What goes or comes meanwhile is told by itself.
        m_engine->setRetention({.samples = 30 * 24h, .log = 30 * 24h, .runs = 30 * 24h}).waitForFinished();
        const auto tells = [&card](const QString &text) {
            const auto labels = card.findChildren<QLabel *>();
            return std::any_of(labels.begin(), labels.end(),
                               [&](const QLabel *label) { return label->text() == text; });
        };
        SOON_VERIFY(tells(QStringLiteral("0 runs with 0 steps")));
    }
};

QTEST_MAIN(TestStoreCards)
#include "tst_storecards.moc"
