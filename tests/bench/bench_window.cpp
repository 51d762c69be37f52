// SPDX-License-Identifier: GPL-3.0-or-later
// How long the window takes with a full store: from the start of the process to its first painted page and to the first
// rows of the Runs page, how long all runs take to be put in another order or narrowed (on another thread than the
// window's), and how long frames take while Runs scrolls and while a timeline of 100,000 steps is zoomed. Prints one
// JSON document. Fills a store first, then starts itself anew as a process that opens it.
#include "child.h"
#include "core/engine/engine.h"
#include "core/simulate/random.h"
#include "core/simulate/simulate.h"
#include "core/store/store.h"
#include "ui/models/runtablemodel.h"
#include "ui/pages/runspage.h"
#include "ui/shell/mainwindow.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/runtimeline.h"
#include "ui/widgets/timelineview.h"

#include <CLI/CLI.hpp>
#include <QApplication>
#include <QScrollBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTimer>
#include <QWindow>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Options {
    std::uint64_t runs = 1'000'000;
    int steps = 100'000;
    std::string keep;       ///< fill this store (or use it if it is there) instead of a temporary one
    std::string store;      ///< this process opens that store and measures
    std::int64_t begun = 0; ///< when it was started
};

std::int64_t monotonicNs() {
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

double msSince(std::int64_t ns) {
    return static_cast<double>(monotonicNs() - ns) / 1e6;
}

Json frames(const std::vector<double> &ms) {
    return {{"frames", ms.size()},
            {"p50", bench::quantile(ms, 0.5)},
            {"p95", bench::quantile(ms, 0.95)},
            {"p99", bench::quantile(ms, 0.99)},
            {"max", ms.empty() ? 0.0 : *std::max_element(ms.begin(), ms.end())}};
}

/// Fills a store with simulated runs of two years, as batches of one source.
ra::Result<void> fill(const std::string &path, std::uint64_t runs) {
    auto opened = ra::store::Store::open(path);
    if (!opened)
        return ra::fail(opened.error());
    const ra::Time begin = ra::now() - std::chrono::hours(24 * 730);
    ra::simulate::RunGenerator generator(1, runs, begin, 730);
    std::uint64_t offset = 0;
    for (auto some = generator.next(20'000); !some.empty(); some = generator.next(20'000)) {
        ra::ingest::Batch batch;
        batch.path = "/var/tmp/framework0/logs/framework0.log";
        batch.identity = {.device = 1, .inode = 1, .headHash = 1, .headLength = 1024};
        batch.format = "runner-text";
        batch.zone = "UTC";
        for (ra::Run &run : some) {
            ra::ingest::RunChange change;
            change.firstOffset = offset;
            offset += 3000;
            change.run = std::move(run);
            batch.runs.push_back(std::move(change));
        }
        batch.records = some.size() * 20;
        batch.checkpoint.offset = offset;
        batch.checkpoint.lines = offset / 150;
        if (const auto applied = (*opened)->apply(std::span(&batch, 1)); !applied)
            return ra::fail(applied.error());
    }
    return {};
}

/// Calls back once a widget was painted while a condition held.
class PaintWatch : public QObject {
public:
    PaintWatch(QWidget *widget, std::function<bool()> condition, std::function<void()> then)
        : QObject(widget)
        , m_condition(std::move(condition))
        , m_then(std::move(then)) {
        widget->installEventFilter(this);
    }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override {
        if (event->type() == QEvent::Paint && m_then && m_condition()) {
            // When the loop comes round again, the paint is done.
            QTimer::singleShot(0, this, [then = std::exchange(m_then, {})] { then(); });
        }
        return QObject::eventFilter(watched, event);
    }

private:
    std::function<bool()> m_condition;
    std::function<void()> m_then;
};

/// Paints a widget at once, time after time, and says how long each took. A repaint of what is not exposed does nothing
/// and would look very fast: so the paint events are counted.
class Painter : public QObject {
public:
    explicit Painter(QWidget &widget)
        : m_widget(widget) {
        widget.installEventFilter(this);
        while (m_widget.window()->windowHandle() == nullptr || !m_widget.window()->windowHandle()->isExposed())
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
        QApplication::processEvents();
    }
    void paint(const std::function<void()> &change) {
        const int before = m_paints;
        const std::int64_t begun = monotonicNs();
        change();
        m_widget.repaint();
        ms.push_back(msSince(begun));
        if (m_paints == before)
            throw std::runtime_error("a frame was not painted");
    }
    std::vector<double> ms;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override {
        m_paints += event->type() == QEvent::Paint;
        return QObject::eventFilter(watched, event);
    }

private:
    QWidget &m_widget;
    int m_paints = 0;
};

/// How long the rows take that the Runs page shows for an order or a filter; the best of some.
Json orderings(const ra::query::RunColumns &columns) {
    using ra::ui::RunColumn;
    const auto best = [&](RunColumn by, const std::string &text) {
        ra::ui::RunQuery query{.sortBy = by, .descending = true};
        query.filter.text = text;
        double ms = 1e300;
        for (int i = 0; i < 5; ++i) {
            const std::int64_t begun = monotonicNs();
            const auto rows = ra::ui::orderRuns(columns, query);
            ms = std::min(ms, msSince(begun));
            if (text.empty() && rows.size() != columns.size())
                throw std::runtime_error("an order lost rows");
        }
        return ms;
    };
    return {{"recipe", best(RunColumn::Recipe, {})},
            {"duration", best(RunColumn::Duration, {})},
            {"status", best(RunColumn::State, {})},
            {"text", best(RunColumn::Started, "orders")}};
}

std::vector<double> scrollFrames(QTableView &table) {
    Painter painter(*table.viewport());
    QScrollBar *bar = table.verticalScrollBar();
    ra::simulate::Random random(1);
    const auto frame = [&](int value) { painter.paint([&] { bar->setValue(value); }); };
    for (int i = 0; i < 300; ++i) // a wheel
        frame(bar->value() + 3);
    for (int i = 0; i < 300; ++i) // dragging the bar
        frame(static_cast<int>(random.below(static_cast<std::uint64_t>(bar->maximum()) + 1)));
    return painter.ms;
}

std::vector<double> zoomFrames(int steps) {
    ra::Run run;
    run.start = ra::Time(std::chrono::seconds(1'767'571'200));
    ra::simulate::Random random(2);
    ra::Time at = *run.start;
    for (int i = 0; i < steps; ++i) {
        ra::Step step;
        step.index = i;
        step.name = "step_" + std::to_string(i);
        step.status = random.chance(0.01) ? ra::StepStatus::Failed : ra::StepStatus::Completed;
        step.start = at;
        step.duration = ra::durationFromSeconds(random.logNormal(0.5, 1));
        at += *step.duration;
        step.end = at;
        run.steps.push_back(std::move(step));
    }
    run.end = at;
    run.status = ra::RunStatus::Partial;
    ra::ui::TimelineView view;
    view.resize(1280, 600);
    view.show();
    view.setData(std::make_shared<ra::ui::timeline::Data>(ra::ui::timelineOf(run, at)));
    Painter painter(*view.viewport());
    const ra::ui::timeline::Range all = view.range();
    double share = 1;
    double middle = 0.3;
    for (int i = 0; i < 300; ++i) {
        share = i % 100 < 50 ? share * 0.88 : share / 0.88; // in and out again
        middle = 0.3 + 0.4 * (i % 37) / 37.0;
        const double length = static_cast<double>(all.to - all.from);
        const auto begin = static_cast<std::int64_t>(static_cast<double>(all.from) + length * middle * (1 - share));
        painter.paint([&] { view.setRange({begin, begin + static_cast<std::int64_t>(length * share)}); });
    }
    return painter.ms;
}

int start(const Options &options, int argc, char **argv) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    qputenv("XDG_CONFIG_HOME", QByteArray::fromStdString(fs::path(options.store).parent_path().string() + "/config"));
    QApplication application(argc, argv);
    ra::ui::applyTheme(ra::ui::ThemeChoice::Light);
    // An empty folder is followed, so that the window begins with its pages and not with a welcome.
    const std::string empty = fs::path(options.store).parent_path().string() + "/empty";
    fs::create_directories(empty);
    const auto engine = ra::engine::Engine::open({.storePath = options.store, .zone = "UTC", .folders = {empty}});
    if (!engine) {
        std::cerr << engine.error().sentence() << '\n';
        return EXIT_FAILURE;
    }
    ra::ui::MainWindow window(**engine);
    window.resize(1280, 800);
    double windowMs = 0;
    double rowsMs = 0;
    new PaintWatch(
        &window, [] { return true; }, [&] { windowMs = msSince(options.begun); });
    ra::ui::Link link;
    link.page = QStringLiteral("runs");
    window.navigate(link);
    auto *page = qobject_cast<ra::ui::RunsPage *>(window.currentPage());
    if (!page) {
        std::cerr << "The Runs page did not open\n";
        return EXIT_FAILURE;
    }
    QTableView *table = page->table();
    const auto *runs = qobject_cast<ra::ui::RunTableModel *>(table->model());
    new PaintWatch(
        table->viewport(), [&] { return table->model()->rowCount() > 0; }, [&] { rowsMs = msSince(options.begun); });
    window.show();
    QTimer poll;
    const auto finish = [&](double allMs) {
        const Json result = {{"first_page_ms", windowMs},
                             {"first_rows_ms", rowsMs},
                             {"all_rows_ms", allMs},
                             {"order_ms", orderings(*runs->view()->columns)},
                             {"scroll_frame_ms", frames(scrollFrames(*table))},
                             {"timeline_steps", options.steps},
                             {"timeline_frame_ms", frames(zoomFrames(options.steps))}};
        std::cout << result.dump() << '\n';
        QApplication::quit();
    };
    QObject::connect(&poll, &QTimer::timeout, &window, [&] {
        const bool all = static_cast<std::uint64_t>(table->model()->rowCount()) >= options.runs;
        if (rowsMs > 0 && (all || msSince(options.begun) > 60'000)) {
            poll.stop();
            finish(all ? msSince(options.begun) : -1);
        }
    });
    poll.start(5);
    return QApplication::exec();
}

int measure(const Options &options) {
    const QTemporaryDir temporary;
    const std::string store =
        options.keep.empty() ? temporary.filePath(QStringLiteral("store.db")).toStdString() : options.keep;
    const std::int64_t begun = monotonicNs();
    const bool there = fs::exists(store);
    if (!there) {
        if (const auto filled = fill(store, options.runs); !filled) {
            std::cerr << filled.error().sentence() << '\n';
            return EXIT_FAILURE;
        }
    }
    const double fillMs = there ? 0 : msSince(begun);
    Json rounds = Json::array();
    for (int round = 0; round < 3; ++round) {
        const auto usage = bench::runChild({fs::read_symlink("/proc/self/exe").string(), "--store", store, "--runs",
                                            std::to_string(options.runs), "--steps", std::to_string(options.steps),
                                            "--begun", std::to_string(monotonicNs())});
        if (usage.exitStatus != 0) {
            std::cerr << "the window ended with status " << usage.exitStatus << '\n';
            return EXIT_FAILURE;
        }
        Json one = Json::parse(usage.output);
        one["peak_rss_bytes"] = usage.peakRssBytes;
        rounds.push_back(std::move(one));
    }
    const Json result = {{"bench", "window"},
                         {"runs", options.runs},
                         {"fill_s", fillMs / 1e3},
                         {"store_bytes", fs::file_size(store)},
                         {"rounds", rounds}};
    std::cout << result.dump(1) << '\n';
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char **argv) {
    Options options;
    CLI::App app{"Measures the window with a full store."};
    app.add_option("--runs", options.runs, "Runs in the store")->capture_default_str();
    app.add_option("--steps", options.steps, "Steps of the timeline")->capture_default_str();
    app.add_option("--keep", options.keep, "Fill this store, or use it if it is there");
    app.add_option("--store", options.store, "(used by itself) open this store and measure");
    app.add_option("--begun", options.begun, "(used by itself) when this process was started");
    CLI11_PARSE(app, argc, argv);
    return options.store.empty() ? measure(options) : start(options, argc, argv);
}
