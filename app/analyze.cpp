// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"

#include "core/table/inorder.h"
#include "core/table/jsontable.h"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <memory>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace ra::app {

namespace {

constexpr AddCommand analyses[] = {
    addAnalyzeAnomalies, addAnalyzeArima,     addAnalyzeCapacity, addAnalyzeChanges, addAnalyzeCompare,
    addAnalyzeControl,   addAnalyzeDecompose, addAnalyzeErrors,   addAnalyzeEval,    addAnalyzeForecast,
    addAnalyzeGraph,     addAnalyzeLeak,      addAnalyzePredict,  addAnalyzeRegress, addAnalyzeSeason,
    addAnalyzeStats,     addAnalyzeTemplates, addAnalyzeTrend,
};

/// Closes what it was given.
class Descriptor {
public:
    explicit Descriptor(int number)
        : m_number(number) {}
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    ~Descriptor() {
        if (m_number > STDERR_FILENO)
            ::close(m_number);
    }
    [[nodiscard]] int number() const { return m_number; }

private:
    int m_number;
};

std::string shown(double number) {
    char buffer[32];
    return {buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr};
}

tl::unexpected<Error> cannotRead(const std::string &path) {
    return fail({.what = "read", .where = path, .why = std::strerror(errno)});
}

/// One series' line, and whether there is an answer in it.
struct Line {
    std::string text;
    std::optional<Error> error;
};

Line lineOf(const table::Series &series, const table::Table &table, const Analysis &analysis) {
    table::JsonWriter out;
    const auto begin = [&] {
        out.beginObject();
        if (table.hasSeries)
            out.field("series", series.name);
    };
    begin();
    Line line;
    if (const Result<void> done = analysis(series, table, out); !done) {
        out = {}; // half an answer is none
        begin();
        out.field("error", done.error().sentence());
        line.error = done.error();
    }
    out.endObject();
    line.text = out.take() + '\n';
    return line;
}

} // namespace

Result<std::string> readInput(const std::string &path) {
    const bool isStandard = path == "-";
    const Descriptor file(isStandard ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number() < 0)
        return cannotRead(path);
    struct stat status {};
    std::string bytes;
    std::size_t size = 0;
    // One byte more than a file says it holds: the read that finds the end needs room as well.
    bytes.resize(::fstat(file.number(), &status) == 0 && S_ISREG(status.st_mode)
                     ? static_cast<std::size_t>(status.st_size) + 1
                     : std::size_t{1} << 16);
    for (;;) {
        const ssize_t got = ::read(file.number(), bytes.data() + size, bytes.size() - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return cannotRead(isStandard ? "standard input" : path);
        if (got == 0)
            break;
        size += static_cast<std::size_t>(got);
        if (size == bytes.size())
            bytes.resize(2 * size);
    }
    bytes.resize(size);
    return bytes;
}

Result<std::string> readCsvInput(const std::string &path) {
    Result<std::string> bytes = readInput(path);
    if (!bytes || !table::isJson(*bytes))
        return bytes;
    Result<std::string> csv = table::csvOfJson(*bytes);
    if (csv)
        return csv;
    Error error = csv.error();
    error.where = path == "-" ? "on standard input" : path;
    return fail(std::move(error));
}

void addTableOptions(CLI::App &command, TableInput &input) {
    command
        .add_option("--input", input.path, "A CSV file with a header, JSON records or columns, or - for standard input")
        ->required();
    command.add_option("--column", input.column, "The column of values; an empty cell is a missing value")
        ->capture_default_str();
    command.add_option("--time", input.time, "The column of times: numbers or ISO 8601 (default: t or timestamp)");
    command.add_option("--series", input.series,
                       "The column that tells series apart; one JSON line each (default: series, where there is one)");
}

std::function<std::string(const std::string &)> numberBetween(double low, double high) {
    return [low, high](const std::string &text) {
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        // Written so that what is no number is not between any two.
        const bool isBetween =
            error == std::errc() && end == text.data() + text.size() && value >= low && value <= high;
        return isBetween ? std::string() : text + " is not in range " + shown(low) + " to " + shown(high);
    };
}

void addLevelOption(CLI::App &command, double &level) {
    command.add_option("--level", level, "Confidence level of the intervals")
        ->check([](const std::string &text) {
            double value = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            const bool isLevel = error == std::errc() && end == text.data() + text.size() && value > 0 && value < 1;
            return isLevel ? std::string() : "a level lies between 0 and 1, " + text + " does not";
        })
        ->capture_default_str();
}

Result<void> writeState(const std::string &path, const std::string &bytes) {
    const std::string beside = path + ".new";
    std::ofstream file(beside, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file || std::rename(beside.c_str(), path.c_str()) != 0)
        return fail({.what = "write what was learnt to", .where = path, .why = std::strerror(errno)});
    return {};
}

Result<table::Table> readTable(const TableInput &input, const std::vector<std::string> &columns, Digits digits) {
    const Result<std::string> bytes = readCsvInput(input.path);
    if (!bytes)
        return tl::unexpected(bytes.error());
    table::Request request;
    request.values = columns.empty() ? std::vector{input.column} : columns;
    request.remainders = digits == Digits::All;
    request.timeRequired = !input.time.empty();
    if (request.timeRequired)
        request.times = {input.time};
    request.seriesRequired = !input.series.empty();
    if (request.seriesRequired)
        request.series = {input.series};
    Result<table::Table> table = table::readCsv(*bytes, request);
    if (!table) {
        Error error = table.error();
        error.where =
            (input.path == "-" ? "on standard input" : input.path) + (error.where.empty() ? "" : " " + error.where);
        return fail(std::move(error));
    }
    return table;
}

int analyzeSeries(const table::Table &table, const Common &common, const Analysis &analysis) {
    if (!table.hasSeries) {
        const Line line = lineOf(table.series.front(), table, analysis);
        if (line.error)
            return complain(*line.error);
        std::cout << line.text;
        return Done;
    }
    std::size_t answers = 0;
    table::inOrder(
        table.series.size(), std::thread::hardware_concurrency(),
        [&](std::size_t i) { return lineOf(table.series[i], table, analysis); },
        [&](const Line &line) {
            std::cout << line.text;
            answers += static_cast<std::size_t>(!line.error);
            return !common.stop.stop_requested() && std::cout.good();
        });
    if (answers == table.series.size())
        return Done;
    return answers == 0 ? Failed : DoneInPart;
}

int analyzeSeries(const TableInput &input, const Common &common, const Analysis &analysis) {
    const Result<table::Table> table = readTable(input);
    return table ? analyzeSeries(*table, common, analysis) : complain(table.error());
}

int printLine(table::JsonWriter &out) {
    std::cout << out.take() << '\n';
    return Done;
}

void addAnalyze(CLI::App &program, Action &action) {
    CLI::App *command = program.add_subcommand("analyze", "Statistics of plain files, as JSON");
    command->require_subcommand(1);
    for (const AddCommand add : analyses)
        add(*command, action);
    for (CLI::App *analysis : command->get_subcommands(nullptr))
        analysis->fallthrough();
    command->footer("Example: recipe-analytics analyze stats --input durations.csv");
}

} // namespace ra::app
