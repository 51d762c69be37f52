// SPDX-License-Identifier: GPL-3.0-or-later
// How long it takes from the append of a line by another process until the Live page that shows its effect is painted,
// while many other executions write. Prints one JSON document; times are CLOCK_MONOTONIC, the same in all processes.
//
// Four processes: `recipe-analytics simulate --live` makes the load; this program as `--probe` appends numbered lines
// of a run of its own and remembers when, and as `--sampler` appends samples (with --samples); this program follows the
// folder and shows the page, without a display.
#include "child.h"
#include "core/engine/engine.h"
#include "core/query/reader.h"
#include "ui/models/livemodel.h"
#include "ui/pages/livepage.h"
#include "ui/theme/tokens.h"

#include <CLI/CLI.hpp>
#include <QApplication>
#include <QTemporaryDir>
#include <QTimer>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string program = RA_PROGRAM;
    int concurrent = 1000;
    double rate = 2000;
    double seconds = 60;
    double warmUpS = 5;
    std::string layout = "threads";
    double samples = 0;  ///< a second, of 10 ms each
    std::string probe;   ///< this process writes probes to that file
    std::string sampler; ///< this process writes samples to that file
};

std::int64_t monotonicNs() {
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

/// "2026-11-23 16:59:24" in UTC.
std::string stamp() {
    const std::time_t seconds = std::time(nullptr);
    std::tm parts = {};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts)};
}

/// Appends a line every 23 ms (not in step with any display) and prints "number nanoseconds" of each.
int writeProbes(const Options &options) {
    const int file = ::open(options.probe.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const auto append = [file](const std::string &text) {
        const std::string line = stamp() + " [    INFO] " + text + '\n';
        return ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    };
    if (!append("runner.140000000000016: Starting enhanced recipe execution: jobs/probe.yaml") ||
        !append("scriptlets.framework: Starting execution of Probe"))
        return EXIT_FAILURE;
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(options.seconds);
    auto due = std::chrono::steady_clock::now();
    for (int number = 1; due < end; ++number) {
        due += std::chrono::milliseconds(23);
        std::this_thread::sleep_until(due);
        const std::int64_t at = monotonicNs();
        if (!append("Probe: probe " + std::to_string(number)))
            return EXIT_FAILURE;
        std::cout << number << ' ' << at << '\n';
    }
    return EXIT_SUCCESS;
}

/// Appends samples as the foundation's collectors write them, a hundred times a second: ten metrics of each execution.
int writeSamples(const Options &options) {
    constexpr int metrics = 10;
    constexpr auto pause = std::chrono::milliseconds(10);
    const int file = ::open(options.sampler.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const auto atATime = static_cast<int>(options.samples / 100);
    const auto begun = std::chrono::steady_clock::now();
    const auto end = begun + std::chrono::duration<double>(options.seconds);
    std::int64_t written = 0;
    for (auto due = begun + pause; due < end; due += pause) {
        std::this_thread::sleep_until(due);
        std::string lines;
        const std::int64_t now = std::chrono::system_clock::now().time_since_epoch().count();
        for (int i = 0; i < atATime; ++i, ++written) {
            const std::int64_t series = written % (std::int64_t{metrics} * options.concurrent);
            lines += R"({"name": "gauge_metric_)" + std::to_string(series % metrics) + R"(", "value": )" +
                     std::to_string(100 + (written * 7919) % 1000) + R"(.25, "metric_type": "gauge", "unit": "MB", )" +
                     R"("timestamp": )" + std::to_string(now + i) + R"(, "tags": {"execution": ")" +
                     std::to_string(series / metrics) + R"("}, "source": "system_collector", "context": {}})" + '\n';
        }
        if (::write(file, lines.data(), lines.size()) != static_cast<ssize_t>(lines.size()))
            return EXIT_FAILURE;
    }
    std::cout << written << '\n';
    return EXIT_SUCCESS;
}

struct Painted {
    std::int64_t at; ///< monotonic nanoseconds
    int number;      ///< newest probe that the painted snapshot knows
};

/// The number of the newest probe line in a snapshot; 0 without one.
int probeIn(const ra::live::LiveSnapshot &snapshot) {
    constexpr std::string_view mark = "probe ";
    for (const ra::live::LiveRun &run : snapshot.runs) {
        const auto at = run.recipe == "probe" ? run.lastLine.rfind(mark) : std::string::npos;
        if (at == std::string::npos)
            continue;
        int number = 0;
        std::from_chars(run.lastLine.data() + at + mark.size(), run.lastLine.data() + run.lastLine.size(), number);
        return number;
    }
    return 0;
}

nlohmann::ordered_json summary(const Options &options, const std::vector<Painted> &paints, const std::string &probes,
                               int running, double snapshotRate) {
    std::vector<double> latencies;
    std::istringstream lines(probes);
    std::size_t paint = 0;
    int missed = 0;
    int number = 0;
    std::int64_t first = 0;
    for (std::int64_t at = 0; lines >> number >> at;) {
        first = first == 0 ? at : first;
        if (static_cast<double>(at - first) < options.warmUpS * 1e9)
            continue;
        while (paint < paints.size() && paints[paint].number < number)
            ++paint;
        if (paint < paints.size())
            latencies.push_back(static_cast<double>(paints[paint].at - at) / 1e6);
        else
            ++missed;
    }
    rusage used = {};
    ::getrusage(RUSAGE_SELF, &used);
    const double most = latencies.empty() ? 0 : *std::max_element(latencies.begin(), latencies.end());
    return {{"bench", "live"},
            {"concurrent", options.concurrent},
            {"lines_per_s", options.rate},
            {"seconds", options.seconds},
            {"layout", options.layout},
            {"running_at_end", running},
            {"board_lines_per_s", snapshotRate},
            {"paints", paints.size()},
            {"probes", latencies.size()},
            {"probes_not_painted", missed},
            {"latency_ms",
             {{"p50", bench::quantile(latencies, 0.5)},
              {"p95", bench::quantile(latencies, 0.95)},
              {"p99", bench::quantile(latencies, 0.99)},
              {"max", most}}},
            {"peak_rss_bytes", used.ru_maxrss * 1024},
            {"cpu_s", static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec)}};
}

int measure(const Options &options, int argc, char **argv) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    ra::ui::applyTheme(ra::ui::ThemeChoice::Light);
    const QTemporaryDir temporary;
    const std::string base = temporary.path().toStdString();
    const std::string logs = base + "/own/framework0/logs"; // apart: a simulation wants a folder to itself
    fs::create_directories(logs);
    fs::create_directories(base + "/load/framework0");

    const auto opened = ra::engine::Engine::open({.storePath = base + "/store.db", .zone = "UTC", .folders = {}});
    if (!opened) {
        std::cerr << opened.error().sentence() << '\n';
        return EXIT_FAILURE;
    }
    ra::engine::Engine &engine = **opened;
    ra::ui::LivePage page(engine);
    page.resize(1280, 800);
    std::vector<Painted> paints;
    QObject::connect(&page, &ra::ui::LivePage::painted, &page, [&] {
        const int number = probeIn(page.monitor()->model()->snapshot());
        if (paints.empty() || paints.back().number != number)
            paints.push_back({monotonicNs(), number});
    });
    page.show();
    engine.follow({base + "/load/framework0", base + "/own/framework0"});

    const std::string duration = std::to_string(options.seconds);
    bench::Usage load;
    bench::Usage probe;
    std::jthread loader([&] {
        load = bench::runChild({options.program, "simulate", "--out", base + "/load", "--live", "--zone", "UTC",
                                "--executions", "0", "--concurrent", std::to_string(options.concurrent), "--rate",
                                std::to_string(options.rate), "--layout", options.layout, "--for", duration});
    });
    std::jthread prober([&] {
        probe = bench::runChild(
            {fs::read_symlink("/proc/self/exe").string(), "--probe", logs + "/probe.log", "--seconds", duration});
    });
    bench::Usage sampler;
    sampler.exitStatus = 0; // also if there is none
    std::jthread samplerThread([&] {
        if (options.samples > 0)
            sampler = bench::runChild({fs::read_symlink("/proc/self/exe").string(), "--sampler",
                                       logs + "/metrics.jsonl", "--samples", std::to_string(options.samples),
                                       "--concurrent", std::to_string(options.concurrent), "--seconds", duration});
    });
    int running = 0;
    double lineRate = 0;
    const auto total = std::chrono::duration<double>(options.seconds);
    QTimer::singleShot(std::chrono::duration_cast<std::chrono::milliseconds>(total * 0.95), &page, [&] {
        running = page.monitor()->running();
        lineRate = engine.live()->linesPerSecond;
    });
    QTimer::singleShot(std::chrono::duration_cast<std::chrono::milliseconds>(total + std::chrono::seconds(2)), &page,
                       [] { QApplication::quit(); });
    QApplication::exec();
    loader.join();
    prober.join();
    samplerThread.join();
    if (load.exitStatus != 0 || probe.exitStatus != 0 || sampler.exitStatus != 0) {
        std::cerr << "load ended with status " << load.exitStatus << ", probe with " << probe.exitStatus
                  << ", sampler with " << sampler.exitStatus << '\n';
        return EXIT_FAILURE;
    }
    auto result = summary(options, paints, probe.output, running, lineRate);
    if (options.samples > 0) {
        const auto reader = ra::query::Reader::open(base + "/store.db");
        const auto info = reader ? (*reader)->info() : tl::unexpected(reader.error());
        if (!info) {
            std::cerr << info.error().sentence() << '\n';
            return EXIT_FAILURE;
        }
        result["samples_written"] = std::stoll(sampler.output);
        result["samples_stored"] = info->samples;
        result["segments"] = info->segments;
    }
    std::cout << result.dump(1) << '\n';
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char **argv) {
    Options options;
    CLI::App app{"Measures append of a line -> its effect painted in the Live page."};
    app.add_option("--program", options.program, "The built recipe-analytics")->capture_default_str();
    app.add_option("--concurrent", options.concurrent, "Executions at a time")->capture_default_str();
    app.add_option("--rate", options.rate, "Lines a second of all together")->capture_default_str();
    app.add_option("--seconds", options.seconds, "Length of the measurement")->capture_default_str();
    app.add_option("--warm-up", options.warmUpS, "Seconds at the beginning that do not count")->capture_default_str();
    app.add_option("--layout", options.layout, "threads, shared or separate")->capture_default_str();
    app.add_option("--samples", options.samples, "Samples a second beside the lines")->capture_default_str();
    app.add_option("--sampler", options.sampler, "(used by itself) write samples to this file");
    app.add_option("--probe", options.probe, "(used by itself) write probes to this file");
    CLI11_PARSE(app, argc, argv);
    if (!options.sampler.empty())
        return writeSamples(options);
    return options.probe.empty() ? measure(options, argc, argv) : writeProbes(options);
}
