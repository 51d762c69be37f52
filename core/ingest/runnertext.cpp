// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/runnertext.h"

#include "core/ingest/runnermessage.h"

#include <chrono>

namespace ra::ingest {

namespace {

constexpr std::int64_t second = 1'000'000'000;

bool digit(char c) {
    return c >= '0' && c <= '9';
}

int two(const char *p) {
    return (p[0] - '0') * 10 + (p[1] - '0');
}

/// The wall clock's nanoseconds since 1970 of "YYYY-MM-DD HH:MM:SS", or kNoTime.
std::int64_t wallClock(const char *p) {
    static constexpr char shape[] = "dddd-dd-dd dd:dd:dd";
    for (int i = 0; i < 19; ++i) {
        if (shape[i] == 'd' ? !digit(p[i]) : p[i] != shape[i])
            return Record::kNoTime;
    }
    const int year = two(p) * 100 + two(p + 2);
    const auto month = static_cast<unsigned>(two(p + 5));
    const auto day = static_cast<unsigned>(two(p + 8));
    const int hour = two(p + 11);
    const int minute = two(p + 14);
    const int sec = two(p + 17);
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    if (!date.ok() || year < 1900 || year > 2200 || hour > 23 || minute > 59 || sec > 60)
        return Record::kNoTime;
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return (days * 86'400 + hour * 3'600 + minute * 60 + sec) * second;
}

Level runnerLevel(std::string_view word) {
    switch (word.empty() ? '\0' : word[0]) {
    case 'D':
        return Level::Debug;
    case 'I':
        return Level::Info;
    case 'W':
        return Level::Warning;
    case 'E':
        return Level::Error;
    case 'C':
        return Level::Critical;
    default:
        return Level::Unknown;
    }
}

/// Finishes a record whose time, level and "logger: message" are known.
void fill(std::string_view body, Record &record) {
    const std::size_t colon = body.find(": ");
    if (colon == std::string_view::npos) {
        record.message = body;
        return;
    }
    record.logger = body.substr(0, colon);
    record.message = body.substr(colon + 2);
    interpretRunnerMessage(record);
}

/// "[   LEVEL] rest" -> level word and rest. The level is letters, perhaps with a number ("Level 25").
bool takeLevel(std::string_view text, Record &record, std::string_view &rest) {
    if (text.size() < 4 || text[0] != '[')
        return false;
    std::size_t i = 1;
    while (i < text.size() && text[i] == ' ')
        ++i;
    const std::size_t begin = i;
    while (i < text.size() && ((text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'z'))
        ++i;
    if (i == begin)
        return false;
    record.level = runnerLevel(text.substr(begin, i - begin));
    if (i < text.size() && text[i] == ' ') {
        const std::size_t number = ++i;
        while (i < text.size() && digit(text[i]))
            ++i;
        if (i == number)
            return false;
        record.level = Level::Unknown;
    }
    if (i + 1 >= text.size() || text[i] != ']' || text[i + 1] != ' ')
        return false;
    rest = text.substr(i + 2);
    return true;
}

Decoded decodeSeconds(std::string_view line, Record &record, std::string_view &) {
    if (line.size() < 24 || line[19] != ' ' || line[20] != '[' || !digit(line[0]))
        return Decoded::No;
    std::string_view body;
    if (!takeLevel(line.substr(20), record, body))
        return Decoded::No;
    record.timeNs = wallClock(line.data());
    if (record.timeNs == Record::kNoTime)
        return Decoded::No;
    record.resolutionNs = second;
    fill(body, record);
    return Decoded::Record;
}

bool milliseconds(std::string_view line, Record &record) {
    if (line.size() < 27 || line[19] != ',' || !digit(line[0]) || !digit(line[20]) || !digit(line[21]) ||
        !digit(line[22]) || line[23] != ' ')
        return false;
    record.timeNs = wallClock(line.data());
    if (record.timeNs == Record::kNoTime)
        return false;
    record.timeNs += (two(line.data() + 20) * 10 + (line[22] - '0')) * 1'000'000LL;
    record.resolutionNs = 1'000'000;
    return true;
}

Decoded decodeMilliseconds(std::string_view line, Record &record, std::string_view &) {
    std::string_view body;
    if (line.size() < 27 || line[24] != '[' || !milliseconds(line, record) || !takeLevel(line.substr(24), record, body))
        return Decoded::No;
    fill(body, record);
    return Decoded::Record;
}

Decoded decodeDashes(std::string_view line, Record &record, std::string_view &) {
    if (line.size() < 32 || line[24] != '-' || line[25] != ' ' || !milliseconds(line, record))
        return Decoded::No;
    std::string_view body = line.substr(26);
    const std::size_t logger = body.find(" - ");
    if (logger == std::string_view::npos)
        return Decoded::No;
    const std::size_t level = body.find(" - ", logger + 3);
    if (level == std::string_view::npos)
        return Decoded::No;
    record.level = runnerLevel(body.substr(logger + 3, level - logger - 3));
    record.logger = body.substr(0, logger);
    record.message = body.substr(level + 3);
    interpretRunnerMessage(record);
    return Decoded::Record;
}

} // namespace

const LineFormat runnerTextFormat{"runner-text", &decodeSeconds};
const LineFormat runnerTextMsFormat{"runner-text-ms", &decodeMilliseconds};
const LineFormat dashTextFormat{"dash-text", &decodeDashes};

} // namespace ra::ingest
