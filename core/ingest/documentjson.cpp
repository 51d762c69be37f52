// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/documentjson.h"

#include "core/ingest/isotime.h"
#include "core/ingest/jsonscan.h"
#include "core/ingest/jsontidy.h"
#include "core/ingest/pythontext.h"

#include <algorithm>

namespace ra::ingest {

namespace {

constexpr std::string_view byteOrderMark = "\xEF\xBB\xBF";

tl::unexpected<Error> unreadable(ErrorKind kind, std::string_view path, std::string why, std::string hint = {}) {
    return fail({.kind = kind,
                 .what = "read the document",
                 .where = std::string(path),
                 .why = std::move(why),
                 .hint = std::move(hint)});
}

tl::unexpected<Error> beyondLimit(std::string_view path, std::string why) {
    return unreadable(ErrorKind::Invalid, path, std::move(why),
                      "Such files are not read, so that one file cannot use up the memory");
}

std::string_view skipBlanks(std::string_view text) {
    const auto at = text.find_first_not_of(" \t\r\n");
    return at == std::string_view::npos ? std::string_view() : text.substr(at);
}

} // namespace

Result<nlohmann::json> readJson(std::string_view path, std::string_view bytes) {
    if (bytes.size() > documentSizeLimit)
        return beyondLimit(path, "it is larger than 64 MB");
    if (bytes.starts_with(byteOrderMark))
        bytes.remove_prefix(byteOrderMark.size());
    const JsonShape shape = jsonShape(bytes);
    if (shape.depth > documentDepthLimit)
        return beyondLimit(path, "its values are nested more than 128 deep");
    if (shape.values > documentValueLimit)
        return beyondLimit(path, "it holds more than a million values");
    try {
        if (shape.tidy)
            return nlohmann::json::parse(bytes);
        std::string tidy(bytes);
        tidyJson(tidy);
        return nlohmann::json::parse(tidy);
    } catch (const nlohmann::json::exception &e) {
        return unreadable(ErrorKind::Damaged, path, e.what());
    }
}

tl::unexpected<Error> notThatFormat(std::string_view path, std::string why) {
    return unreadable(ErrorKind::Invalid, path, std::move(why));
}

bool JsonOutline::has(std::string_view key) const {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

JsonOutline jsonOutline(std::string_view head) {
    JsonOutline outline;
    if (head.starts_with(byteOrderMark))
        head.remove_prefix(byteOrderMark.size());
    head = skipBlanks(head);
    if (head.starts_with('[')) {
        outline.isArray = true;
        head = skipBlanks(head.substr(1));
    }
    if (!head.starts_with('{'))
        return outline;
    outline.isObject = !outline.isArray;
    const char *end = head.data() + head.size();
    head = skipBlanks(head.substr(1));
    while (head.starts_with('"')) {
        const char *close = jsonStringEnd(head.data() + 1, end);
        if (!close)
            break;
        const std::string_view key(head.data() + 1, static_cast<std::size_t>(close - head.data()) - 1);
        head = skipBlanks({close + 1, static_cast<std::size_t>(end - close) - 1});
        if (!head.starts_with(':'))
            break;
        outline.keys.push_back(key);
        head = skipBlanks(head.substr(1));
        const char *after = head.empty() ? nullptr : jsonValueEnd(head.data(), end);
        if (!after)
            break;
        head = skipBlanks({after, static_cast<std::size_t>(end - after)});
        if (!head.starts_with(','))
            break;
        head = skipBlanks(head.substr(1));
    }
    return outline;
}

const nlohmann::json *member(const nlohmann::json &object, const char *key) {
    if (!object.is_object())
        return nullptr;
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

std::string textOf(const nlohmann::json &object, const char *key) {
    const auto *value = member(object, key);
    return value && value->is_string() ? value->get<std::string>() : std::string();
}

std::optional<double> numberOf(const nlohmann::json &object, const char *key) {
    const auto *value = member(object, key);
    if (!value || !value->is_number())
        return std::nullopt;
    const double number = value->get<double>();
    return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::optional<int> intOf(const nlohmann::json &object, const char *key) {
    const std::optional<double> number = numberOf(object, key);
    if (!number || std::abs(*number) > 2e9)
        return std::nullopt;
    return static_cast<int>(*number);
}

std::optional<bool> boolOf(const nlohmann::json &object, const char *key) {
    const auto *value = member(object, key);
    return value && value->is_boolean() ? std::optional(value->get<bool>()) : std::nullopt;
}

std::vector<std::string> textsOf(const nlohmann::json &object, const char *key) {
    std::vector<std::string> texts;
    const auto *value = member(object, key);
    if (value && value->is_array()) {
        for (const auto &entry : *value)
            texts.push_back(pythonTextOf(entry));
    }
    return texts;
}

std::vector<const nlohmann::json *> objectsOf(const nlohmann::json &object, const char *key) {
    std::vector<const nlohmann::json *> objects;
    const auto *value = member(object, key);
    if (value && value->is_array()) {
        for (const auto &entry : *value) {
            if (entry.is_object())
                objects.push_back(&entry);
        }
    }
    return objects;
}

std::optional<Duration> durationOf(const nlohmann::json &object, const char *key) {
    const std::optional<double> seconds = numberOf(object, key);
    return seconds ? std::optional(durationFromSeconds(*seconds)) : std::nullopt;
}

std::optional<Time> secondsTimeOf(const nlohmann::json &object, const char *key) {
    const std::optional<double> seconds = numberOf(object, key);
    if (!seconds || *seconds <= 0 || *seconds > 7.3e9) // the year 2200: beyond it a unit was mistaken
        return std::nullopt;
    // Whole seconds apart, because the product of all of it would be rounded to a quarter of a microsecond first.
    const double whole = std::floor(*seconds);
    return Time(std::chrono::microseconds(static_cast<std::int64_t>(whole) * 1'000'000 +
                                          std::llround((*seconds - whole) * 1e6)));
}

std::optional<Time> isoTimeOf(const nlohmann::json &object, const char *key) {
    const auto *value = member(object, key);
    if (!value || !value->is_string())
        return std::nullopt;
    const std::optional<IsoTime> time = isoTime(value->get_ref<const std::string &>());
    return time ? std::optional(fromNs(time->ns)) : std::nullopt;
}

std::string pythonTextOf(const nlohmann::json &value) {
    switch (value.type()) {
    case nlohmann::json::value_t::null:
        return "None";
    case nlohmann::json::value_t::boolean:
        return value.get<bool>() ? "True" : "False";
    case nlohmann::json::value_t::string:
        return value.get<std::string>();
    case nlohmann::json::value_t::number_float:
        return pythonFloat(value.get<double>());
    default:
        return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
}

} // namespace ra::ingest
