// SPDX-License-Identifier: GPL-3.0-or-later
// How fast and in how much memory the program reads old logs, next to what `cat FILE... | wc -l` needs for the same
// bytes in the same run. Prints one JSON document.
#include "child.h"
#include "core/simulate/simulate.h"

#include <CLI/CLI.hpp>
#include <QTemporaryDir>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string program = RA_PROGRAM;
    std::uint64_t megabytes = 512;
    int repeat = 3;
    double structuredShare = 0.25;
    std::string folder;
};

/// `cat` of all files into `wc -l`, as a shell runs it.
double countLines(const std::string &folder, std::uint64_t &lines) {
    const auto usage = bench::runChild({"sh", "-c", "cat \"$0\"/* | wc -l", folder});
    lines = std::strtoull(usage.output.c_str(), nullptr, 10);
    return usage.wallS;
}

int measure(const Options &options) {
    const QTemporaryDir temporary;
    const std::string base = options.folder.empty() ? temporary.path().toStdString() : options.folder;
    ra::simulate::SimulateConfig config;
    config.outDir = base + "/input";
    config.executions = 0;
    config.targetBytes = options.megabytes * 1'000'000;
    config.concurrent = 8;
    config.structuredShare = options.structuredShare;
    config.resultShare = 0;
    config.keepTruth = false;
    config.truthName.clear();
    const auto begun = std::chrono::steady_clock::now();
    const auto written = ra::simulate::simulate(config);
    if (!written) {
        std::cerr << written.error().sentence() << '\n';
        return EXIT_FAILURE;
    }
    const double generateS = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    const std::string logs = config.outDir + "/framework0/logs";

    std::vector<double> counting;
    std::vector<double> reading;
    std::uint64_t lines = 0;
    std::uint64_t peak = 0;
    std::uint64_t storeBytes = 0;
    double cpu = 0;
    nlohmann::json report;
    for (int round = 0; round < options.repeat; ++round) {
        counting.push_back(countLines(logs, lines)); // also brings the files into the page cache
        const std::string store = base + "/store" + std::to_string(round) + ".db";
        const auto usage =
            bench::runChild({options.program, "ingest", logs, "--store", store, "--zone", "UTC", "--json"});
        if (usage.exitStatus != 0) {
            std::cerr << "ingest ended with status " << usage.exitStatus << '\n';
            return EXIT_FAILURE;
        }
        reading.push_back(usage.wallS);
        peak = std::max(peak, usage.peakRssBytes);
        cpu = usage.cpuS;
        report = nlohmann::json::parse(usage.output);
        storeBytes = fs::file_size(store);
        for (const auto &entry : fs::directory_iterator(base)) {
            if (entry.path().filename().string().starts_with("store"))
                fs::remove(entry.path());
        }
    }
    const double ingestS = bench::median(reading);
    const double countS = bench::median(counting);
    const auto bytes = static_cast<double>(written->bytes);
    const nlohmann::ordered_json result = {
        {"bench", "ingest"},
        {"bytes", written->bytes},
        {"lines", lines},
        {"text_records", written->textRecords},
        {"json_records", written->structuredRecords},
        {"executions", written->executions},
        {"runs_added", report.value("runs_added", 0)},
        {"generate_s", generateS},
        {"cat_wc_s", countS},
        {"ingest_s", ingestS},
        {"ingest_all_s", reading},
        {"ingest_cpu_s", cpu},
        {"bytes_per_s", bytes / ingestS},
        {"ratio_to_cat_wc", ingestS / countS},
        {"peak_rss_bytes", peak},
        {"store_bytes", storeBytes},
        {"store_share", static_cast<double>(storeBytes) / bytes},
    };
    std::cout << result.dump(1) << '\n';
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char **argv) {
    Options options;
    CLI::App app{"Measures reading of old logs."};
    app.add_option("--program", options.program, "The built recipe-analytics")->capture_default_str();
    app.add_option("--mb", options.megabytes, "Megabytes of logs")->capture_default_str();
    app.add_option("--repeat", options.repeat, "Medians of so many rounds")->capture_default_str();
    app.add_option("--json-share", options.structuredShare, "Share of executions with JSON lines")
        ->capture_default_str();
    app.add_option("--folder", options.folder, "Work here instead of in a temporary folder");
    CLI11_PARSE(app, argc, argv);
    return measure(options);
}
