// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command.h"

#include <QCoreApplication>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <pthread.h>
#include <stop_token>
#include <thread>

namespace {

using namespace ra::app;

constexpr AddCommand subcommands[] = {addIngest, addTail,     addRuns,   addLog,  addSql,    addQuery,
                                      addStore,  addSimulate, addReport, addDemo, addAnalyze};

/// Turns Ctrl-C and SIGTERM into a request to stop: the signals are blocked everywhere and one thread waits for them,
/// so that nothing ever runs inside a signal handler. A second signal ends the program at once.
std::stop_source stopOnSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::stop_source stop;
    std::thread([signals, stop]() mutable {
        int signal = 0;
        sigwait(&signals, &signal);
        stop.request_stop();
        sigwait(&signals, &signal);
        std::_Exit(128 + signal);
    }).detach();
    return stop;
}

/// What Qt has to say goes where the program's own messages go. That a runtime folder is missing is no news to anybody
/// who runs a command over ssh.
void takeQtMessage(QtMsgType type, const QMessageLogContext &, const QString &message) {
    if (message.startsWith(QLatin1String("QStandardPaths: XDG_RUNTIME_DIR")))
        return;
    const auto level = type == QtFatalMsg || type == QtCriticalMsg ? spdlog::level::err
                       : type == QtWarningMsg                      ? spdlog::level::warn
                                                                   : spdlog::level::debug;
    spdlog::log(level, "{}", message.toStdString());
}

int run(int argc, char **argv) {
    // Messages of the program itself never mix with what it prints for others.
    spdlog::set_default_logger(spdlog::stderr_color_mt("recipe-analytics"));
    qInstallMessageHandler(takeQtMessage);
    QCoreApplication::setApplicationName(QStringLiteral("recipe-analytics"));
    QCoreApplication::setOrganizationName(QStringLiteral("recipe-analytics"));
    QCoreApplication::setApplicationVersion(QStringLiteral(RA_VERSION));

    Common common;
    common.stop = stopOnSignals().get_token();
    Action action;
    std::string folder, link;
    CLI::App program{"Makes sense of the recipes that Framework0 runs on this workstation.", "recipe-analytics"};
    program.set_version_flag("--version", RA_VERSION);
    program.fallthrough();
    program.add_option("--store", common.store, "The store file (default: in the user's data folder)");
    program.add_flag("--json", common.json, "One JSON document on standard output");
    program.add_option("--folder", folder, "Open the window on this folder of logs");
    program.add_option("link", link, "Open the window at a place: recipe-analytics://run/ID, as the window copies it")
        ->type_name("LINK")
        ->check([](const std::string &text) {
            return text.starts_with("recipe-analytics://") ? std::string() : text + " is no link of this program";
        });
    program.require_subcommand(0, 1);
    for (const AddCommand add : subcommands)
        add(program, action);
    for (CLI::App *command : program.get_subcommands(nullptr))
        command->fallthrough();
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return program.exit(error) == 0 ? Done : WrongUsage;
    }
    common.argc = &argc;
    common.argv = argv;
    if (common.store.empty())
        common.store = defaultStorePath();
    int status = action ? action(common) : showWindow(common, folder, link);
    if (!std::cout.flush()) { // half a document must not look like a whole one
        status = complain({.what = "write the output",
                           .where = {},
                           .why = "standard output takes no more",
                           .hint = "Check that the disk has room"});
    }
    return status;
}

} // namespace

int main(int argc, char **argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception &error) { // memory ran out, or a mistake of ours: say so rather than abort
        std::fprintf(stderr, "recipe-analytics: %s\n", error.what());
        return Failed;
    }
}
