// SPDX-License-Identifier: GPL-3.0-or-later
// How fast and in how much memory the program reads old logs, next to what `cat FILE... | wc -l` needs for the same
// bytes in the same run: runner text alone, text with JSON lines beside it, and steps that talk a lot. Prints one JSON
// document.
#include "child.h"
#include "core/simulate/simulate.h"

#include <CLI/CLI.hpp>
#include <QTemporaryDir>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string program = RA_PROGRAM;
    std::uint64_t megabytes = 300;
    int repeat = 3;
    double structuredShare = 0.25;
    double chattiness = 12;
    std::vector<std::string> inputs{"text", "json", "chatty"};
    std::string folder;
};

/// `cat` of all files into `wc -l`, as a shell runs it.
double countLines(const std::string &folder, std::uint64_t &lines) {
    const auto usage = bench::runChild({"sh", "-c", "cat \"$0\"/* | wc -l", folder});
    lines = std::strtoull(usage.output.c_str(), nullptr, 10);
    return usage.wallS;
}

ra::simulate::SimulateConfig configOf(const Options &options, const std::string &input, const std::string &folder) {
    ra::simulate::SimulateConfig config;
    config.outDir = folder;
    config.executions = 0;
    config.targetBytes = options.megabytes * 1'000'000;
    config.concurrent = 8;
    config.structuredShare = input == "json" ? options.structuredShare : 0;
    config.chattiness = input == "chatty" ? options.chattiness : 1;
    config.resultShare = 0;
    config.keepTruth = false;
    config.truthName.clear();
    return config;
}

/// Writes the input, reads it so often, and says what that took. Null: it failed, and standard error says why.
nlohmann::ordered_json measure(const Options &options, const std::string &input, const std::string &base) {
    const ra::simulate::SimulateConfig config = configOf(options, input, base + "/" + input);
    // Refuses inputs that are there already: they may be of other sizes, and would be written to once more.
    const auto written = ra::simulate::simulate(config);
    if (!written) {
        std::cerr << written.error().sentence() << '\n';
        return nullptr;
    }
    const std::string logs = config.outDir + "/framework0/logs";

    std::vector<double> counting;
    std::vector<double> reading;
    std::vector<double> cpu;
    std::uint64_t lines = 0;
    std::uint64_t peak = 0;
    std::uint64_t storeBytes = 0;
    nlohmann::json report;
    for (int round = 0; round < options.repeat; ++round) {
        counting.push_back(countLines(logs, lines)); // also brings the files into the page cache
        const std::string store = base + "/bench-store" + std::to_string(round) + ".db";
        const auto usage =
            bench::runChild({options.program, "ingest", logs, "--store", store, "--zone", "UTC", "--json"});
        if (usage.exitStatus != 0) {
            std::cerr << "ingest ended with status " << usage.exitStatus << '\n';
            return nullptr;
        }
        reading.push_back(usage.wallS);
        cpu.push_back(usage.cpuS);
        peak = std::max(peak, usage.peakRssBytes);
        report = nlohmann::json::parse(usage.output);
        storeBytes = fs::file_size(store);
        for (const char *end : {"", "-wal", "-shm", ".lock"}) // and nothing else: the folder may be anybody's
            fs::remove(store + end);
    }
    if (options.folder.empty())
        fs::remove_all(config.outDir);
    const double ingestS = bench::median(reading);
    const double countS = bench::median(counting);
    const auto bytes = static_cast<double>(written->bytes);
    return {
        {"input", input},
        {"bytes", written->bytes},
        {"lines", lines},
        {"text_records", written->textRecords},
        {"json_records", written->structuredRecords},
        {"executions", written->executions},
        {"runs_added", report.value("runs_added", 0)},
        {"cat_wc_s", countS},
        {"ingest_s", ingestS},
        {"ingest_all_s", reading},
        {"ingest_cpu_s", bench::median(cpu)},
        {"bytes_per_s", bytes / ingestS},
        {"ratio_to_cat_wc", ingestS / countS},
        {"peak_rss_bytes", peak},
        {"store_bytes", storeBytes},
        {"store_share", static_cast<double>(storeBytes) / bytes},
    };
}

int measureAll(const Options &options) {
    const QTemporaryDir temporary;
    const std::string base = options.folder.empty() ? temporary.path().toStdString() : options.folder;
    nlohmann::ordered_json inputs = nlohmann::json::array();
    std::uint64_t peak = 0;
    for (const std::string &input : options.inputs) {
        inputs.push_back(measure(options, input, base));
        if (inputs.back().is_null())
            return EXIT_FAILURE;
        peak = std::max<std::uint64_t>(peak, inputs.back()["peak_rss_bytes"]);
    }
    const nlohmann::ordered_json result = {{"bench", "ingest"}, {"inputs", inputs}, {"peak_rss_bytes", peak}};
    std::cout << result.dump(1) << '\n';
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char **argv) {
    Options options;
    CLI::App app{"Measures reading of old logs."};
    app.add_option("--program", options.program, "The built recipe-analytics")->capture_default_str();
    app.add_option("--mb", options.megabytes, "Megabytes of each input")->capture_default_str();
    app.add_option("--repeat", options.repeat, "Medians of so many rounds")->capture_default_str();
    app.add_option("--input", options.inputs,
                   "text: runner logs; json: with JSON lines beside; chatty: long logs a run")
        ->check(CLI::IsMember({"text", "json", "chatty"}))
        ->capture_default_str();
    app.add_option("--json-share", options.structuredShare, "Share of executions with JSON lines, of input json")
        ->capture_default_str();
    app.add_option("--chattiness", options.chattiness, "Factor on the steps' own lines, of input chatty")
        ->capture_default_str();
    app.add_option("--folder", options.folder,
                   "Work here instead of in a temporary folder, and leave the inputs there; it must not hold any yet");
    CLI11_PARSE(app, argc, argv);
    return measureAll(options);
}
