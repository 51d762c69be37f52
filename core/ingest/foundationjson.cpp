// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/foundation.h"

#include "core/ingest/isotime.h"
#include "core/ingest/jsonscan.h"

#include <charconv>

namespace ra::ingest {

namespace {

constexpr std::string_view opening = "{\"timestamp\": \"";

/// A cursor over one line. Each step says whether the line went on as expected and moves only then.
class Cursor {
public:
    explicit Cursor(std::string_view line)
        : m_at(line.data())
        , m_end(line.data() + line.size()) {}

    bool literal(std::string_view expected) {
        if (left() < expected.size() || std::string_view(m_at, expected.size()) != expected)
            return false;
        m_at += expected.size();
        return true;
    }

    /// The rest of a string whose opening quote has been read, and its closing quote.
    bool stringRest(std::string_view &inside) {
        const char *close = jsonStringEnd(m_at, m_end);
        if (!close)
            return false;
        inside = {m_at, static_cast<std::size_t>(close - m_at)};
        m_at = close + 1;
        return true;
    }

    bool integer(std::int64_t &value) {
        const auto [end, error] = std::from_chars(m_at, m_end, value);
        if (error != std::errc())
            return false;
        m_at = end;
        return true;
    }

    bool anyValue() {
        const char *end = jsonValueEnd(m_at, m_end);
        if (!end)
            return false;
        m_at = end;
        return true;
    }

    bool time(IsoTime &time) {
        const std::optional<IsoTime> read = isoTime({m_at, left()});
        if (!read)
            return false;
        time = *read;
        m_at += read->length;
        return true;
    }

    [[nodiscard]] bool atEnd() const { return m_at == m_end; }
    [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(m_end - m_at); }

private:
    const char *m_at;
    const char *m_end;
};

/// Reads one more `"key": value` whose opening quote is next.
bool readField(Cursor &cursor, Record &record) {
    std::string_view inside;
    if (cursor.literal("\"process_id\": "))
        return cursor.integer(record.pid);
    if (cursor.literal("\"recipe_name\": \""))
        return cursor.stringRest(record.text);
    if (cursor.literal("\"step_name\": \""))
        return cursor.stringRest(record.rest);
    if (cursor.literal("\"context_id\": \"") || cursor.literal("\"execution_id\": \"") ||
        cursor.literal("\"thread_id\": \"") || cursor.literal("\"stack_trace\": \""))
        return cursor.stringRest(inside);
    return cursor.literal("\"extra_data\": ") && cursor.anyValue();
}

/// The shape that json.dumps gives these records: keys in this order, ", " and ": " between them.
bool decodeUsual(std::string_view line, Record &record) {
    Cursor cursor(line);
    IsoTime time;
    std::string_view level;
    if (!cursor.literal(opening) || !cursor.time(time) || !cursor.literal("\", \"level\": \"") ||
        !cursor.stringRest(level) || !cursor.literal(", \"logger_name\": \"") || !cursor.stringRest(record.logger) ||
        !cursor.literal(", \"message\": \"") || !cursor.stringRest(record.message))
        return false;
    while (cursor.literal(", ")) {
        if (!readField(cursor, record))
            return false;
    }
    if (!cursor.literal("}") || !cursor.atEnd())
        return false;
    record.utc = true;
    record.timeNs = time.ns;
    record.resolutionNs = time.resolutionNs;
    record.level = levelFromString(level);
    return true;
}

Decoded decodeJson(std::string_view line, Record &record, std::string_view &reason) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
        line.remove_suffix(1);
    if (line.empty() || (line.front() != '{' && line.front() != ' ' && line.front() != '\t'))
        return Decoded::No;
    Record found;
    found.offset = record.offset;
    found.length = record.length;
    if (decodeUsual(line, found)) {
        record = found;
        return Decoded::Record;
    }
    return detail::decodeUnusualFoundationJson(line, record, reason);
}

} // namespace

const LineFormat foundationJsonFormat = {
    .name = "foundation-json", .decode = decodeJson, .samples = detail::performanceSamples};

} // namespace ra::ingest
