// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command.h"
#include "app/terminal.h"
#include "core/engine/engine.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTimer>

#include <iostream>
#include <memory>
#include <mutex>
#include <vector>

namespace ra::app {

namespace {

struct Options {
    std::vector<std::string> paths;
    std::string zone;
    double forSeconds = 0;
    double untilIdle = 0;
};

nlohmann::json toJson(const engine::RunEvent &event) {
    nlohmann::json object = {{"event", event.event}, {"run_id", event.runId}, {"recipe", event.recipe}};
    object["step"] = event.step.empty() ? nlohmann::json(nullptr) : nlohmann::json(event.step);
    object["t_ns"] = event.time ? nlohmann::json(toNs(*event.time)) : nlohmann::json(nullptr);
    if (!event.status.empty())
        object["status"] = event.status;
    if (event.duration)
        object["duration_s"] = toSeconds(*event.duration);
    return object;
}

/// "23 Nov 2026 17:57:44  step_finished  3fa95b0c11d2e4a7  daily_orders  load_orders  completed  1.2 s"
void printPlain(const engine::RunEvent &event, const report::Style &style) {
    std::cout << report::momentText(event.time, std::chrono::seconds(1), style).toStdString() << "  " << event.event
              << "  " << event.runId;
    for (const std::string &word : {event.recipe, event.step, event.status}) {
        if (!word.empty())
            std::cout << "  " << oneLine(word, 80);
    }
    if (event.duration)
        std::cout << "  " << report::durationText(event.duration, style).toStdString();
    std::cout << std::endl;
}

int run(const Options &options, const Common &common) {
    const QCoreApplication application(*common.argc, common.argv);
    auto opened = engine::Engine::open({.storePath = common.store, .zone = options.zone, .folders = {}});
    if (!opened)
        return complain(opened.error());
    engine::Engine &engine = **opened;
    if (engine.isReadOnly()) {
        return complain({.kind = ErrorKind::Busy,
                         .what = "write to the store",
                         .where = common.store,
                         .why = "another process is writing to it",
                         .hint = "Close the other program, or use another --store"});
    }
    const report::Style style = terminalStyle();
    std::mutex printing; // events come from the follow thread
    engine.setEventSink([&](const engine::RunEvent &event) {
        const std::lock_guard lock(printing);
        if (common.json)
            print(toJson(event));
        else
            printPlain(event, style);
    });
    int status = Done;
    QObject::connect(&engine, &engine::Engine::failed, &engine, [&](const Error &error) { status = complain(error); });
    engine.follow(options.paths);

    QTimer timer;
    QElapsedTimer since;
    since.start();
    QObject::connect(&timer, &QTimer::timeout, &engine, [&] {
        const double elapsed = static_cast<double>(since.elapsed()) / 1000;
        const bool over = options.forSeconds > 0 && elapsed >= options.forSeconds;
        const bool idle =
            options.untilIdle > 0 && elapsed >= options.untilIdle && toSeconds(engine.idleFor()) >= options.untilIdle;
        if (over || idle || common.stop.stop_requested())
            QCoreApplication::exit(0);
    });
    timer.start(20);
    QCoreApplication::exec();
    const auto stored = engine.stopFollowing();
    if (!stored && status == Done)
        status = complain(stored.error()); // what was signalled at the very end finds nobody who listens
    return status;
}

} // namespace

void addTail(CLI::App &program, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = program.add_subcommand("tail", "Follow log files and folders and store what they say");
    command->add_option("PATH", options->paths, "Files and folders to follow")->required();
    command->add_option("--zone", options->zone, "IANA zone of times that state none (default: the system's)");
    command->add_option("--for", options->forSeconds, "End after so many seconds");
    command->add_option("--until-idle", options->untilIdle, "End when nothing was written for so many seconds");
    command->footer("Example: recipe-analytics tail ~/framework0/logs --json --until-idle 5");
    command->callback(
        [options, &action] { action = [options](const Common &common) { return run(*options, common); }; });
}

} // namespace ra::app
