// SPDX-License-Identifier: GPL-3.0-or-later
#include "logreader.h"

#include <array>
#include <optional>
#include <regex>
#include <zlib.h>

namespace logreader {

namespace {

struct TextRecord {
    std::string time;
    std::string level;
    std::string logger;
    std::string message;
    std::string thread;
};

std::vector<TextRecord> records(const std::string &text, bool threads) {
    static const std::regex head(R"(^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) \[ *([A-Za-z]+)\] ([^ ]+): )");
    std::vector<TextRecord> all;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = text.find('\n', at);
        const std::string line = text.substr(at, end - at);
        at = end == std::string::npos ? text.size() : end + 1;
        std::smatch found;
        if (std::regex_search(line, found, head))
            all.push_back({found[1], found[2], found[3], found.suffix().str(), {}});
        else if (!all.empty())
            all.back().message += '\n' + line;
    }
    for (TextRecord &record : all) {
        const std::size_t open = record.message.rfind(" [");
        if (threads && record.message.ends_with(']') && open != std::string::npos) {
            record.thread = record.message.substr(open + 2, record.message.size() - open - 3);
            record.message.resize(open);
        }
    }
    return all;
}

class RunReader {
public:
    void take(const TextRecord &record) {
        static const std::regex completed(R"(^Step '(.*)' completed successfully \((-?[0-9.]+)s\)$)");
        static const std::regex failed(R"(^Step '(.*?)' failed: (\[[^]*\])$)");
        static const std::regex retrying(R"(^Retrying step '(.*)' \(attempt (\d+)/\d+\)$)");
        static const std::regex finished(
            R"(^Recipe execution completed - Status: (\w+), Steps: (\d+/\d+), Duration: (-?[0-9.]+)s, Success Rate: ([0-9.]+)%$)");
        const std::string starting = "Starting enhanced recipe execution: ";
        const std::string refused = "Recipe execution failed: ";
        const std::string &text = record.message;
        std::smatch found;
        if (text.starts_with(starting)) {
            begin(record, text.substr(starting.size()));
        } else if (text.starts_with(refused)) {
            const std::string missing = "Recipe file not found: ";
            const std::string reason = text.substr(refused.size());
            if (!openRun(record.logger))
                begin(record, reason.starts_with(missing) ? reason.substr(missing.size()) : std::string());
            end(record.logger, "rejected").refusal = reason;
        } else if (std::regex_match(text, found, finished)) {
            LoggedRun &run = end(record.logger, found[1]);
            run.counts = found[2];
            run.duration = found[3];
            run.rate = found[4];
        } else if (text == "Recipe execution cancellation requested") {
            if (LoggedRun *run = openRun(record.logger))
                run->cancelRequested = true;
        } else if (std::regex_match(text, found, retrying)) {
            m_attempts[record.logger] = std::stoi(found[2]);
        } else if (std::regex_match(text, found, completed)) {
            addStep(record.logger, {found[1], true, found[2], {}, 1});
        } else if (std::regex_match(text, found, failed)) {
            addStep(record.logger, {found[1], false, {}, found[2], 1});
        }
    }

    std::vector<LoggedRun> runs;

private:
    LoggedRun *openRun(const std::string &runner) {
        const auto at = m_open.find(runner);
        return at == m_open.end() ? nullptr : &runs.at(at->second);
    }

    void begin(const TextRecord &record, const std::string &path) {
        m_open[record.logger] = runs.size();
        m_attempts.erase(record.logger);
        LoggedRun run;
        run.runner = record.logger;
        run.path = path;
        run.begun = record.time;
        run.thread = record.thread;
        runs.push_back(run);
    }

    LoggedRun &end(const std::string &runner, const std::string &status) {
        LoggedRun &run = runs.at(m_open.at(runner));
        run.ended = status;
        m_open.erase(runner);
        return run;
    }

    void addStep(const std::string &runner, LoggedStep step) {
        const auto attempts = m_attempts.extract(runner);
        step.attempts = attempts.empty() ? 1 : attempts.mapped();
        if (LoggedRun *run = openRun(runner))
            run->steps.push_back(step);
    }

    std::map<std::string, std::size_t> m_open;
    std::map<std::string, int> m_attempts;
};

} // namespace

Logs read(const std::string &text, bool threads) {
    Logs logs;
    RunReader reader;
    for (const TextRecord &record : records(text, threads)) {
        ++logs.records;
        ++logs.levels[record.level];
        if (record.message.starts_with("Starting execution of "))
            ++logs.attempts;
        if (record.message.find("\nTraceback (most recent call last):\n") != std::string::npos)
            ++logs.tracebacks;
        if (record.logger.starts_with("runner."))
            reader.take(record);
    }
    logs.runs = std::move(reader.runs);
    return logs;
}

std::string contents(const std::string &path) {
    // gzread passes through what is not compressed.
    gzFile file = gzopen(path.c_str(), "rb");
    std::string bytes;
    std::array<char, 65536> block{};
    for (int got = 0; file && (got = gzread(file, block.data(), static_cast<unsigned>(block.size()))) > 0;)
        bytes.append(block.data(), static_cast<std::size_t>(got));
    if (file)
        gzclose(file);
    return bytes;
}

} // namespace logreader
