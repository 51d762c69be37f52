// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/metrics.h"

#include "core/ingest/jsonmembers.h"

#include <charconv>
#include <cmath>
#include <cstring>

namespace ra::ingest {

namespace {

/// The members of a metric that count, as written.
struct Reading {
    std::string_view name;
    std::string_view value;
    std::string_view kind;
    std::string_view unit;
    std::string_view time;
    std::string_view tags;
    std::string_view source;
    bool hasKind = false;
};

bool mayBeMetric(std::string_view line) {
    constexpr std::string_view mark = "\"metric_type\"";
    return line.starts_with('{') && ::memmem(line.data(), line.size(), mark.data(), mark.size()) != nullptr;
}

Reading read(std::string_view line) {
    Reading reading;
    JsonMembers members(line);
    while (members.next()) {
        const std::string_view key = members.key();
        if (key == "value") {
            reading.value = members.value();
        } else if (key == "timestamp") {
            reading.time = members.value();
        } else if (key == "tags") {
            reading.tags = members.value();
        } else if (members.isText()) {
            if (key == "name")
                reading.name = members.text();
            else if (key == "metric_type")
                reading.kind = members.text();
            else if (key == "unit")
                reading.unit = members.text();
            else if (key == "source")
                reading.source = members.text();
        }
        reading.hasKind = reading.hasKind || key == "metric_type";
    }
    return reading;
}

bool readTime(std::string_view text, std::int64_t &ns) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ns);
    if (error == std::errc() && end == text.data() + text.size())
        return true;
    double number = 0;
    if (!jsonNumber(text, number) || !(std::abs(number) < 9.2e18))
        return false;
    ns = static_cast<std::int64_t>(number);
    return true;
}

Decoded decode(std::string_view line, Record &record, std::string_view &reason) {
    while (line.ends_with('\r') || line.ends_with(' '))
        line.remove_suffix(1);
    if (!mayBeMetric(line))
        return Decoded::No;
    if (jsonValueEnd(line.data(), line.data() + line.size()) != line.data() + line.size()) {
        reason = "the JSON of the metric does not end";
        return Decoded::Rejected;
    }
    const Reading reading = read(line);
    if (!reading.hasKind)
        return Decoded::No; // the word stands in a text
    std::int64_t ns = 0;
    double value = 0;
    if (reading.name.empty())
        reason = "the metric has no name";
    else if (!readTime(reading.time, ns))
        reason = "the metric has no time";
    else if (!jsonNumber(reading.value, value))
        reason = "the value of the metric is no number";
    else {
        record.utc = true;
        record.timeNs = ns;
        record.resolutionNs = 1;
        record.logger = reading.source == "null" ? std::string_view() : reading.source;
        record.message = reading.name;
        return Decoded::Record;
    }
    return Decoded::Rejected;
}

std::string_view takeSamples(std::string_view line, const Record &record, SampleCollector &samples) {
    const Reading reading = read(line);
    double value = 0;
    if (!jsonNumber(reading.value, value))
        return "the value of the metric is no number";
    thread_local std::string words;
    words.clear();
    for (const std::string_view word : {reading.name, reading.kind, reading.unit, reading.source, reading.tags})
        words.append(word).push_back('\0');
    std::optional<std::uint32_t> number = samples.known(words);
    if (!number) {
        Tags tags;
        JsonMembers members(reading.tags);
        while (members.next())
            tags.emplace_back(jsonText(members.key()),
                              members.isText() ? jsonText(members.text()) : std::string(members.value()));
        number = samples.number(words, metricSeries(jsonText(reading.name), jsonText(reading.kind),
                                                    jsonText(reading.unit), reading.source, std::move(tags)));
    }
    const Unit unit = metricUnit(reading.name, reading.kind, jsonText(reading.unit));
    samples.add(*number, record.timeNs, value * unit.factor);
    return {};
}

} // namespace

Series metricSeries(std::string name, std::string kind, std::string_view unit, std::string_view source, Tags tags) {
    Series series;
    series.unit = metricUnit(name, kind, unit).unit;
    series.name = std::move(name);
    series.kind = std::move(kind);
    series.tags = canonicalTags(std::move(tags));
    if (source == "system_collector")
        series.subjectKind = SubjectKind::Machine;
    return series;
}

const LineFormat metricLineFormat = {.name = "metric-json", .decode = decode, .samples = takeSamples};

} // namespace ra::ingest
