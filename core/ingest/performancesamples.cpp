// SPDX-License-Identifier: GPL-3.0-or-later
// Lines of the foundation's performance logger as samples. FORMATS.md 5.1.
#include "core/ingest/foundation.h"
#include "core/ingest/isotime.h"
#include "core/ingest/jsonmembers.h"
#include "core/ingest/samplecollector.h"
#include "core/ingest/units.h"

#include <array>
#include <utility>

namespace ra::ingest::detail {

namespace {

constexpr std::string_view logger = "framework0.performance";
constexpr std::size_t mostTags = 16;
constexpr std::size_t longestTag = 200; ///< in bytes; longer texts describe an event, not a series

/// What extra_data says, as written.
struct Reading {
    std::string_view metric;
    std::string_view category;
    std::string_view unit;
    std::string_view value;
    std::string_view measurementUnit;
    std::string_view measurement;
    std::string_view time;
    std::array<std::pair<std::string_view, std::string_view>, mostTags> tags;
    std::size_t tagCount = 0;
};

bool isNothing(std::string_view value) {
    return value.empty() || value == "null";
}

void read(JsonMembers members, Reading &reading) {
    while (members.next()) {
        const std::string_view key = members.key();
        const bool isText = members.isText();
        if (key == "value") {
            reading.value = members.value();
        } else if (key == "measurement_value") {
            reading.measurement = members.value();
        } else if (isText && key == "metric_name") {
            reading.metric = members.text();
        } else if (isText && key == "performance_category") {
            reading.category = members.text();
        } else if (isText && key == "unit") {
            reading.unit = members.text();
        } else if (isText && key == "measurement_unit") {
            reading.measurementUnit = members.text();
        } else if (isText && key == "timestamp") {
            reading.time = members.text();
        } else if ((isText || members.value() == "true" || members.value() == "false") && reading.tagCount < mostTags &&
                   key.size() <= longestTag && members.value().size() <= longestTag) {
            // Numbers are further measurements of the event; as tags they would make a series of every event.
            reading.tags[reading.tagCount++] = {key, isText ? members.text() : members.value()};
        }
    }
}

/// The object behind "extra_data" of the line; empty if there is none.
std::string_view extraData(std::string_view line) {
    JsonMembers members(line);
    while (members.next()) {
        if (members.key() == "extra_data" && members.value().starts_with('{'))
            return members.value();
    }
    return {};
}

Series seriesOf(const Reading &reading, const Record &record, const Unit &unit) {
    Series series;
    // Without a name there is still the category: "io" in "MB/s".
    series.name = jsonText(reading.metric.empty() ? reading.category : reading.metric);
    series.unit = unit.unit;
    series.kind = jsonText(reading.metric.empty() ? std::string_view() : reading.category);
    Tags tags;
    for (std::size_t i = 0; i < reading.tagCount; ++i)
        tags.emplace_back(jsonText(reading.tags[i].first), jsonText(reading.tags[i].second));
    if (!record.text.empty())
        tags.emplace_back("recipe", jsonText(record.text));
    if (!record.rest.empty())
        tags.emplace_back("step", jsonText(record.rest));
    series.tags = canonicalTags(std::move(tags));
    if (record.pid != 0) {
        series.subjectKind = SubjectKind::Process;
        series.subject = record.pid;
    }
    return series;
}

} // namespace

std::string_view performanceSamples(std::string_view line, const Record &record, SampleCollector &samples) {
    if (record.logger != logger)
        return {};
    const std::string_view extra = extraData(line);
    if (extra.empty())
        return {};
    Reading reading;
    read(JsonMembers(extra), reading);
    const bool named = !reading.metric.empty() && !isNothing(reading.value);
    const std::string_view written = named ? reading.value : reading.measurement;
    if (isNothing(written))
        return {}; // a message of that logger that measures nothing
    double value = 0;
    if (!jsonNumber(written, value))
        return "the value of the performance line is no number";
    std::int64_t timeNs = record.timeNs;
    bool ofWriting = true;
    if (const std::optional<IsoTime> time = isoTime(reading.time)) {
        timeNs = time->ns;
        ofWriting = false;
    }
    const std::string_view unitWord = named ? reading.unit : reading.measurementUnit;
    const Unit unit = normalUnit(unitWord);
    thread_local std::string words;
    words.clear();
    const auto say = [](std::string_view word) { words.append(word).push_back('\0'); };
    for (const std::string_view word : {reading.metric, reading.category, unitWord, record.text, record.rest})
        say(word);
    for (std::size_t i = 0; i < reading.tagCount; ++i) {
        say(reading.tags[i].first);
        say(reading.tags[i].second);
    }
    words.append(reinterpret_cast<const char *>(&record.pid), sizeof record.pid);
    const std::optional<std::uint32_t> known = samples.known(words);
    samples.add(known ? *known : samples.number(words, seriesOf(reading, record, unit)), timeNs, value * unit.factor,
                ofWriting);
    return {};
}

} // namespace ra::ingest::detail
