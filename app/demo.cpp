// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/closeonsignal.h"
#include "app/command.h"
#include "app/reportfile.h"
#include "core/engine/engine.h"
#include "core/report/compile.h"
#include "core/simulate/simulate.h"
#include "ui/shell/capture.h"
#include "ui/shell/mainwindow.h"
#include "ui/theme/tokens.h"

#include <QApplication>
#include <QDir>
#include <QTemporaryDir>

#include <iostream>
#include <memory>
#include <thread>

namespace ra::app {

namespace {

struct Options {
    std::string capture;
};

/// A month of history with a busy last half hour, then executions that go on while the demonstration lasts.
struct Demonstration {
    QTemporaryDir folder;
    std::jthread live;

    [[nodiscard]] std::string path(const char *name) const {
        return folder.filePath(QString::fromLatin1(name)).toStdString();
    }

    [[nodiscard]] Result<void> writeHistory(std::stop_token stop) const {
        simulate::SimulateConfig config;
        config.outDir = path("history");
        config.executions = 900;
        config.concurrent = 8;
        config.days = 30;
        config.seed = 20261123;
        config.zone = {};
        if (const auto truth = simulate::simulate(config, stop, {}); !truth)
            return fail(truth.error());
        config.outDir = path("recent");
        config.executions = 110;
        config.days = 1.0 / 48;
        config.seed = 3;
        const auto truth = simulate::simulate(config, std::move(stop), {});
        return truth ? Result<void>{} : fail(truth.error());
    }

    void startLive() {
        live = std::jthread([outDir = path("live")](const std::stop_token &stop) {
            simulate::SimulateConfig config;
            config.outDir = outDir;
            config.executions = 0;
            config.concurrent = 12;
            config.live = true;
            config.seed = 7;
            config.zone = {};
            config.liveFor = std::chrono::hours(12);
            (void)simulate::simulate(config, stop, {});
        });
    }
};

Result<void> captureReport(const std::string &store, const std::string &dir) {
    const auto reader = query::Reader::open(store);
    if (!reader)
        return fail(reader.error());
    query::RunFilter filter;
    filter.statuses = {RunStatus::Partial};
    const auto runs = (*reader)->runs(filter, 1);
    if (!runs)
        return fail(runs.error());
    if (runs->empty())
        return fail(
            {.kind = ErrorKind::NotFound, .what = "report on a run", .why = "the demonstration has no partial run"});
    const auto document =
        report::compileRunReport(**reader, runs->front().id, now(), {.zone = Zone::fromName("").value_or(Zone())});
    if (!document)
        return fail(document.error());
    return writeReport(*document, dir + "/report.pdf", QPageSize::A4);
}

int run(const Options &options, const Common &common) {
    const bool capturing = !options.capture.empty();
    const bool noDisplay = qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
    if (capturing && noDisplay && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(*common.argc, common.argv);
    ui::applyTheme(ui::ThemeChoice::System);
    Demonstration demonstration;
    if (!demonstration.folder.isValid()) {
        return complain({.what = "make a temporary folder",
                         .where = {},
                         .why = demonstration.folder.errorString().toStdString(),
                         .hint = {}});
    }
    if (const auto written = demonstration.writeHistory(common.stop); !written)
        return complain(written.error());
    const std::string store = demonstration.path("demo.db");
    const auto opened = engine::Engine::open({.storePath = store, .zone = {}, .folders = {}});
    if (!opened)
        return complain(opened.error());
    engine::Engine &engine = **opened;
    if (const auto read = engine.ingest({demonstration.path("history"), demonstration.path("recent")}, common.stop, {});
        !read)
        return complain(read.error());
    demonstration.startLive();
    engine.follow({demonstration.path("live")});
    ui::MainWindow window(engine);
    const auto closing = closeOnSignal(window, common.stop);
    if (!capturing) {
        window.show();
        return QApplication::exec();
    }
    const QString dir = QString::fromStdString(options.capture);
    if (!QDir().mkpath(dir))
        return complain(
            {.what = "make the folder", .where = options.capture, .why = "it cannot be created", .hint = {}});
    int status = Done;
    ui::capture(engine, window, dir, [&](Result<void> captured) {
        if (captured)
            captured = captureReport(store, options.capture);
        if (!captured)
            status = complain(captured.error());
        QApplication::exit(status);
    });
    const int exit = QApplication::exec();
    if (exit == Done)
        std::cout << "The pictures and report.pdf are in " << options.capture << '\n';
    return exit;
}

} // namespace

void addDemo(CLI::App &program, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command =
        program.add_subcommand("demo", "Simulated history and live runs in a temporary store, in the window");
    command->add_option("--capture", options->capture, "Write every page as PNG and a report as PDF into this folder");
    command->footer("Example: recipe-analytics demo --capture pictures");
    command->callback(
        [options, &action] { action = [options](const Common &common) { return run(*options, common); }; });
}

} // namespace ra::app
