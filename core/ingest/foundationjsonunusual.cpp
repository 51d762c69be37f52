// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/foundation.h"

#include "core/ingest/isotime.h"
#include "core/ingest/jsonscan.h"
#include "core/ingest/jsontidy.h"

#include <simdjson.h>

#include <algorithm>
#include <string>

namespace ra::ingest::detail {

namespace {

using simdjson::ondemand::json_type;

/// simdjson indexes with four bytes a byte of input; this bounds what a thread keeps for the rare case to some 20 MB.
constexpr std::size_t sizeLimit = 4U << 20;

/// What a line must have to be this format, and what it may have.
struct Fields {
    Record record;
    std::string_view time;
    bool hasTime = false;
    bool hasLevel = false;
    bool hasLogger = false;
    bool hasMessage = false;

    /// Whether the line is of this format at all, complete or not.
    [[nodiscard]] bool claims() const { return hasLogger && (hasLevel || hasTime); }
};

/// The view into the original line of a string value of its padded copy.
std::string_view inside(simdjson::ondemand::raw_json_string raw, std::string_view line, const char *copy) {
    const char *begin = line.data() + (raw.raw() - copy);
    const char *close = jsonStringEnd(begin, line.data() + line.size());
    return close ? std::string_view(begin, static_cast<std::size_t>(close - begin)) : std::string_view();
}

/// Takes one field. An error is simdjson's own.
simdjson::error_code take(simdjson::ondemand::field field, Fields &fields, std::string_view line, const char *copy) {
    std::string_view key;
    if (const auto error = field.unescaped_key().get(key))
        return error;
    const std::string name(key); // the view lives only until the next string is unescaped
    simdjson::ondemand::value value = field.value();
    json_type type{};
    if (const auto error = value.type().get(type))
        return error;
    if (name == "process_id" && type == json_type::number) {
        // Too big or a fraction: not worth the line.
        if (value.get_int64().get(fields.record.pid))
            fields.record.pid = 0;
        return simdjson::SUCCESS;
    }
    if (type != json_type::string)
        return simdjson::SUCCESS;
    simdjson::ondemand::raw_json_string raw;
    if (const auto error = value.get_raw_json_string().get(raw))
        return error;
    const std::string_view text = inside(raw, line, copy);
    if (name == "timestamp") {
        fields.time = text;
        fields.hasTime = true;
    } else if (name == "level") {
        fields.record.level = levelFromString(text);
        fields.hasLevel = true;
    } else if (name == "logger_name") {
        fields.record.logger = text;
        fields.hasLogger = true;
    } else if (name == "message") {
        fields.record.message = text;
        fields.hasMessage = true;
    } else if (name == "recipe_name") {
        fields.record.text = text;
    } else if (name == "step_name") {
        fields.record.rest = text;
    }
    return simdjson::SUCCESS;
}

/// All fields of the object in `copy` (`size` bytes of text and simdjson's padding).
simdjson::error_code read(std::string &copy, std::size_t size, Fields &fields, std::string_view line) {
    // simdjson neither pairs the brackets of values that nobody asks for nor looks behind the object.
    const char *end = copy.data() + size;
    const char *begin = copy.data() + std::min(copy.find('{'), size);
    const char *close = jsonValueEnd(begin, end);
    if (!close)
        return simdjson::INCOMPLETE_ARRAY_OR_OBJECT;
    if (close != end)
        return simdjson::TRAILING_CONTENT;
    thread_local simdjson::ondemand::parser parser;
    simdjson::ondemand::document document;
    if (const auto error = parser.iterate(copy.data(), size, copy.size()).get(document))
        return error;
    simdjson::ondemand::object object;
    if (const auto error = document.get_object().get(object))
        return error;
    for (auto item : object) {
        simdjson::ondemand::field field;
        if (const auto error = std::move(item).get(field))
            return error;
        if (const auto error = take(field, fields, line, copy.data()))
            return error;
    }
    return simdjson::SUCCESS;
}

/// Whether a line that cannot be read was meant to be one of this format: told by how its writer begins every line.
bool beginsLikeOne(std::string_view line) {
    constexpr std::string_view begin = "{\"timestamp\": \"";
    if (!line.starts_with(begin))
        return begin.starts_with(line) && line.size() > 4;
    return line.size() < 64 || line.substr(0, 128).find("\", \"level\": \"") != std::string_view::npos;
}

std::string_view reasonFor(simdjson::error_code error) {
    switch (error) {
    case simdjson::UNCLOSED_STRING:
        return "JSON ends inside a string";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
    case simdjson::EMPTY:
        return "JSON ends early";
    case simdjson::TRAILING_CONTENT:
        return "text after the JSON object";
    default:
        return "not valid JSON";
    }
}

} // namespace

Decoded decodeUnusualFoundationJson(std::string_view line, Record &record, std::string_view &reason) {
    const bool claimed = beginsLikeOne(line);
    const auto reject = [&](std::string_view why) {
        reason = why;
        return Decoded::Rejected;
    };
    // The shortest object with the four fields is longer: a lone bracket of indented JSON is not worth a parser.
    if (line.size() < 48)
        return claimed ? reject("JSON ends early") : Decoded::No;
    if (line.size() > sizeLimit)
        return claimed ? reject("unusual JSON of more than 4 MB") : Decoded::No;

    thread_local std::string copy;
    copy.assign(line);
    tidyJson(copy);
    copy.append(simdjson::SIMDJSON_PADDING, ' ');
    Fields fields;
    if (const auto error = read(copy, line.size(), fields, line))
        return claimed || fields.claims() ? reject(reasonFor(error)) : Decoded::No;
    if (!fields.hasLogger || (!claimed && !fields.claims()))
        return claimed ? reject("a field of the record is missing") : Decoded::No;
    if (!fields.hasTime || !fields.hasLevel || !fields.hasMessage)
        return reject("a field of the record is missing");
    const std::optional<IsoTime> time = isoTime(fields.time);
    if (!time)
        return reject("not a UTC time");
    fields.record.offset = record.offset;
    fields.record.length = record.length;
    fields.record.utc = true;
    fields.record.timeNs = time->ns;
    fields.record.resolutionNs = time->resolutionNs;
    record = fields.record;
    return Decoded::Record;
}

} // namespace ra::ingest::detail
