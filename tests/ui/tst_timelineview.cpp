// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/timelineview.h"

#include "ui/theme/tokens.h"
#include "ui/widgets/runtimeline.h"

#include <QAccessible>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

using namespace ra;
using namespace ra::ui;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kS = timeline::kSecond;

Step step(const char *name, Duration start, Duration length, StepStatus status = StepStatus::Completed) {
    Step s;
    s.name = name;
    s.status = status;
    s.start = Time(start);
    s.end = Time(start + length);
    s.duration = length;
    return s;
}

/// Three steps over 100 s; the second one needed three attempts.
Run sampleRun() {
    Run run;
    run.status = RunStatus::Partial;
    run.start = Time(0s);
    run.end = Time(100s);
    run.steps = {step("load", 0s, 20s), step("connect", 20s, 50s), step("save", 70s, 30s, StepStatus::Failed)};
    Step &retried = run.steps[1];
    retried.attemptCount = 3;
    for (int i = 0; i < 3; ++i) {
        Attempt attempt;
        attempt.number = i + 1;
        attempt.start = Time(20s + i * 20s);
        attempt.duration = 10s;
        attempt.success = i == 2;
        retried.attempts.push_back(attempt);
    }
    return run;
}

class Fixture {
public:
    explicit Fixture(const Run &run = sampleRun()) {
        view.resize(900, 300);
        view.setData(std::make_shared<timeline::Data>(timelineOf(run, Time(100s))));
        view.show();
        if (!QTest::qWaitForWindowExposed(&view))
            qFatal("no window");
    }
    void press(Qt::Key key) { QTest::keyClick(&view, key); }
    void wheel(double fraction, int notches, Qt::KeyboardModifiers modifiers) {
        const QRectF plot = view.request().plot;
        const QPointF at(plot.left() + plot.width() * fraction, plot.center().y());
        QWheelEvent event(at, view.viewport()->mapToGlobal(at), {}, QPoint(0, notches * 120), Qt::NoButton, modifiers,
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(view.viewport(), &event);
    }
    TimelineView view;
};

} // namespace

class TestTimelineView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { applyTheme(ThemeChoice::Light); }

    void manyLanesOfOneRecipeLeaveRoomForAWiderName() {
        const auto plotLeft = [](int narrow, int wide) {
            timeline::Data data;
            data.version = 1;
            data.extent = {0, 10 * kS};
            data.cascade = false;
            for (int i = 0; i < narrow + wide; ++i)
                data.rows.emplace_back().name = i < narrow ? "iiiiiiiiiiiiii" : "wwwwwwwwwwwwww";
            TimelineView view;
            view.resize(1200, 600);
            view.setData(std::make_shared<timeline::Data>(std::move(data)));
            return view.request().plot.left();
        };
        QVERIFY(plotLeft(12, 0) < plotLeft(0, 1));
        QCOMPARE(plotLeft(12, 1), plotLeft(0, 1));
    }

    void aRunBecomesRowsAndItsAttemptsBars() {
        const timeline::Data data = timelineOf(sampleRun(), Time(100s));
        QCOMPARE(data.rows.size(), 3U);
        QCOMPARE(data.bars.size(), 5U);
        QVERIFY(data.bars[1].hatched && data.bars[2].hatched && !data.bars[3].hatched);
        QCOMPARE(data.bars[3].state, timeline::BarState::Completed);
        QCOMPARE(data.extent, (timeline::Range{0, 100 * kS}));
        QVERIFY(!data.now);
    }

    void aRunningStepIsOpenAndReachesTheClock() {
        Run run = sampleRun();
        run.status = RunStatus::Running;
        run.end.reset();
        run.steps.back().status = StepStatus::Running;
        run.steps.back().end.reset();
        run.steps.back().duration.reset();
        const timeline::Data data = timelineOf(run, Time(130s));
        QVERIFY(data.bars.back().open);
        QCOMPARE(data.bars.back().end, 130 * kS);
        QCOMPARE(*data.now, 130 * kS);
    }

    void stepsWithoutTimesAndEmptyRunsShowSomethingHonest() {
        Run run;
        Step unknown;
        unknown.name = "unknown";
        unknown.status = StepStatus::Completed;
        run.steps.push_back(unknown);
        const timeline::Data data = timelineOf(run, Time(5s));
        QCOMPARE(data.rows[0].barCount, 0U);
        QCOMPARE(data.rows[0].note, QStringLiteral("time unknown"));
        Fixture f(Run{});
        QVERIFY(!f.view.grab().isNull());
        f.press(Qt::Key_W);
        f.press(Qt::Key_Down);
        f.press(Qt::Key_F);
        QCOMPARE(f.view.current().row, -1);
    }

    void keysZoomAndPanByTheStatedSteps() {
        Fixture f;
        f.press(Qt::Key_W); // 1.5 times around the middle: 66.67 s of 100 s
        QCOMPARE(f.view.range(), timeline::zoomed({0, 100 * kS}, 1.5, 0.5));
        const timeline::Range before = f.view.range();
        f.press(Qt::Key_D);
        QCOMPARE(f.view.range(), timeline::panned(before, std::llround(0.15 * static_cast<double>(before.span()))));
        f.press(Qt::Key_A);
        QCOMPARE(f.view.range(), before);
        f.press(Qt::Key_S);
        QCOMPARE(f.view.range(), (timeline::Range{0, 100 * kS}));
        f.press(Qt::Key_S); // no further than all of it
        QCOMPARE(f.view.range(), (timeline::Range{0, 100 * kS}));
    }

    void theControlWheelZoomsAtThePointer() {
        Fixture f;
        f.wheel(0.25, 2, Qt::ControlModifier);
        QCOMPARE(f.view.range(), timeline::zoomed({0, 100 * kS}, 1.25 * 1.25, 0.25));
        f.wheel(0.25, -2, Qt::ControlModifier);
        QCOMPARE(f.view.range().span(), 100 * kS);
    }

    void shiftDragPans() {
        Fixture f;
        f.press(Qt::Key_W);
        const timeline::Range before = f.view.range();
        const QPoint at = f.view.request().plot.center().toPoint();
        QTest::mousePress(f.view.viewport(), Qt::LeftButton, Qt::ShiftModifier, at);
        QMouseEvent move(QEvent::MouseMove, at + QPoint(50, 0), f.view.viewport()->mapToGlobal(at + QPoint(50, 0)),
                         Qt::NoButton, Qt::LeftButton, Qt::ShiftModifier);
        QApplication::sendEvent(f.view.viewport(), &move);
        QTest::mouseRelease(f.view.viewport(), Qt::LeftButton, Qt::ShiftModifier, at + QPoint(50, 0));
        const auto by = std::llround(50 / f.view.request().plot.width() * static_cast<double>(before.span()));
        QCOMPARE(f.view.range(), timeline::panned(before, -by));
    }

    void theMinimapMovesTheWindow() {
        Fixture f;
        f.press(Qt::Key_W);
        f.press(Qt::Key_W);
        QTest::mouseClick(f.view.viewport(), Qt::LeftButton, {},
                          (f.view.minimapRect().topLeft() + QPointF(1, 5)).toPoint());
        QCOMPARE(f.view.range().from, 0);
    }

    void arrowsMoveBetweenRowsAndBars() {
        Fixture f;
        QSignalSpy spy(&f.view, &TimelineView::currentChanged);
        f.press(Qt::Key_Down);
        QCOMPARE(f.view.current(), (TimelineView::Current{0, -1}));
        f.press(Qt::Key_Down);
        QCOMPARE(f.view.current(), (TimelineView::Current{1, -1}));
        f.press(Qt::Key_Period);
        QCOMPARE(f.view.current(), (TimelineView::Current{1, 1}));
        f.press(Qt::Key_Right);
        f.press(Qt::Key_Right);
        f.press(Qt::Key_Right);
        QCOMPARE(f.view.current(), (TimelineView::Current{2, 4}));
        f.press(Qt::Key_Comma);
        QCOMPARE(f.view.current(), (TimelineView::Current{1, 3}));
        f.press(Qt::Key_End);
        QCOMPARE(f.view.current().row, 2);
        f.press(Qt::Key_Home);
        QCOMPARE(f.view.current().row, 0);
        QCOMPARE(spy.size(), 9);
        f.press(Qt::Key_Escape);
        QCOMPARE(f.view.current(), TimelineView::Current{});
    }

    void enterOpensAndTAsksForTheTwin() {
        Fixture f;
        QSignalSpy opened(&f.view, &TimelineView::opened);
        QSignalSpy twin(&f.view, &TimelineView::twinRequested);
        f.press(Qt::Key_Return); // nothing is selected
        QCOMPARE(opened.size(), 0);
        f.press(Qt::Key_End);
        f.press(Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
        f.press(Qt::Key_T);
        QCOMPARE(twin.size(), 1);
    }

    void fCentresTheSelectionAndThenFits() {
        Fixture f;
        f.press(Qt::Key_End); // save, 70 s to 100 s
        f.press(Qt::Key_F);
        // A quarter of its 30 s as margin on both sides makes 45 s, moved back inside the run.
        QCOMPARE(f.view.range().from, 55 * kS);
        QCOMPARE(f.view.range().to, 100 * kS);
        f.press(Qt::Key_F);
        QCOMPARE(f.view.range(), (timeline::Range{0, 100 * kS}));
    }

    void theCurrentStepIsSpoken() {
        Fixture f;
        f.press(Qt::Key_Down);
        f.press(Qt::Key_Down);
        QCOMPARE(f.view.describe(f.view.current()),
                 QStringLiteral("connect, completed, 50.0 s, rank 1 of 3, 3 attempts"));
        QAccessibleInterface *accessible = QAccessible::queryAccessibleInterface(&f.view);
        QVERIFY(accessible);
        QCOMPARE(accessible->text(QAccessible::Value), f.view.describe(f.view.current()));
        QVERIFY(!accessible->text(QAccessible::Name).isEmpty());
    }

    void newDataKeepsZoomAndSelection() {
        Fixture f;
        f.press(Qt::Key_Down);
        f.press(Qt::Key_W);
        const timeline::Range zoomed = f.view.range();
        Run longer = sampleRun();
        longer.end = Time(150s);
        f.view.setData(std::make_shared<timeline::Data>(timelineOf(longer, Time(150s))));
        QCOMPARE(f.view.range(), zoomed);
        QCOMPARE(f.view.current().row, 0);
        f.view.fitAll();
        longer.end = Time(200s);
        f.view.setData(std::make_shared<timeline::Data>(timelineOf(longer, Time(200s))));
        QCOMPARE(f.view.range(), (timeline::Range{0, 200 * kS})); // who looks at all of it goes on seeing all of it
    }

    void anotherPaletteGivesAnotherPicture() {
        Fixture f;
        const QImage light = f.view.grab().toImage();
        applyTheme(ThemeChoice::Dark);
        const QImage dark = f.view.grab().toImage();
        applyTheme(ThemeChoice::Light);
        QVERIFY(light != dark);
        QCOMPARE(f.view.grab().toImage(), light);
    }

    void aHundredThousandStepsFollowTheZoom() {
        Run run;
        run.start = Time(0s);
        run.status = RunStatus::Completed;
        for (int i = 0; i < 100'000; ++i)
            run.steps.push_back(step("s", i * 1s, 900ms));
        run.end = Time(100'000s);
        Fixture f(run);
        QCOMPARE(f.view.verticalScrollBar()->maximum(), 0); // squeezed: everything shows
        for (int i = 0; i < 40; ++i)
            f.wheel(0.7, 1, Qt::ControlModifier);
        // The steps around 70,000 s are what the pointer zoomed at; their rows must be on the screen.
        const timeline::Request shown = f.view.request();
        const timeline::Geometry geometry = timeline::layOut(f.view.data(), shown);
        QVERIFY(geometry.firstRow <= 70'000 && geometry.endRow >= 70'000);
        QVERIFY(shown.rowHeight > timeline::denseRow);
    }
};

QTEST_MAIN(TestTimelineView)
#include "tst_timelineview.moc"
