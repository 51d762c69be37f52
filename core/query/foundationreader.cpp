// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/foundationreader.h"

#include "core/ingest/lineformat.h"
#include "core/ingest/sourcereader.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace ra::query {

using ingest::Record;

namespace {

constexpr std::uint64_t probe = 64U << 10;
constexpr std::uint64_t stretch = 1U << 20;
constexpr auto disorder = std::chrono::seconds(1);      ///< by which lines of several processes may be out of order
constexpr auto longestRun = std::chrono::hours(7 * 24); ///< runs that began earlier are not looked for

/// The formats by their names; others tell nothing here.
const ingest::LineFormat *formatOf(std::string_view line, Record &record) {
    std::string_view reason;
    for (const ingest::LineFormat &format : ingest::lineFormats()) {
        record = {};
        const ingest::Decoded decoded = format.decode(line.substr(0, ingest::SourceReader::maxLine), record, reason);
        if (decoded != ingest::Decoded::No)
            return decoded == ingest::Decoded::Record && record.utc ? &format : nullptr;
    }
    return nullptr;
}

/// The text of a JSON string's inside.
std::string unescaped(std::string_view inside) {
    if (inside.find('\\') == std::string_view::npos)
        return std::string(inside);
    const nlohmann::json text = nlohmann::json::parse('"' + std::string(inside) + '"', nullptr, false);
    return text.is_string() ? text.get<std::string>() : std::string(inside);
}

std::string firstLine(std::string text) {
    text.resize(std::min(text.find('\n'), text.size()));
    return text;
}

/// Whether one of the files' folders is the other's or lies above it.
bool inOneTree(const std::string &x, const std::string &y) {
    const std::string a = std::filesystem::path(x).parent_path().string() + '/';
    const std::string b = std::filesystem::path(y).parent_path().string() + '/';
    return a.starts_with(b) || b.starts_with(a);
}

} // namespace

FoundationReader::FoundationReader(const SQLite::Database &db, store::RunLoader &loader, FoundationLimits limits)
    : m_loader(loader)
    , m_limits(limits)
    , m_blocks(db)
    , m_sources(db, "SELECT id, path, (SELECT max(offset + length) FROM blocks b WHERE b.source_id = s.id) "
                    "FROM sources s WHERE format LIKE 'foundation-%' OR format = 'logging-error' ORDER BY path, id")
    , m_path(db, "SELECT path FROM sources WHERE id = ?")
    , m_neighbours(db, "SELECT c.name, r.pid, r.start_ns, r.end_ns, r.status FROM runs r "
                       "JOIN recipes c ON c.id = r.recipe_id WHERE r.shown = 1 AND r.id <> ?1 "
                       "AND r.start_ns > ?2 AND r.start_ns <= ?3 AND (r.end_ns >= ?4 OR r.end_ns IS NULL)")
    , m_recipeNames(db, "SELECT name FROM recipe_files WHERE substr(path, -length(?1)) = ?1") {}

std::vector<FoundationReader::Source> FoundationReader::sources() {
    std::vector<Source> found;
    const store::ResetAtEnd reset(m_sources);
    while (m_sources.step()) {
        found.push_back({m_sources.integer(0), std::string(m_sources.text(1)),
                         static_cast<std::uint64_t>(m_sources.maybeInteger(2).value_or(0))});
    }
    return found;
}

/// Of the first record that begins at or after the offset and before long.
std::optional<Time> FoundationReader::timeAt(const Source &source, std::uint64_t offset) {
    const std::string bytes = m_blocks.read(source.id, offset, probe);
    std::size_t at = offset == 0 ? 0 : std::min(bytes.find('\n'), bytes.size() - 1) + 1;
    while (at < bytes.size()) {
        const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
        Record record;
        if (formatOf(std::string_view(bytes).substr(at, end - at), record) != nullptr &&
            record.timeNs != Record::kNoTime)
            return fromNs(record.timeNs);
        at = end + 1;
    }
    return std::nullopt;
}

FoundationReader::Outcome FoundationReader::read(const Source &source, Time from, Time to, std::vector<Found> &found,
                                                 FoundationLimits &left, const std::stop_token &stop) {
    std::uint64_t low = 0;
    for (std::uint64_t high = source.bytes; high - low > 2 * probe;) {
        if (stop.stop_requested())
            return Outcome::Cancelled;
        const std::uint64_t middle = low + (high - low) / 2;
        const auto time = timeAt(source, middle);
        (time && *time + disorder < from ? low : high) = middle;
    }
    bool atLineStart = low == 0;
    bool inside = false; // a record of the time asked for has begun
    std::string rest;
    for (std::uint64_t offset = low; offset < source.bytes;) {
        if (stop.stop_requested())
            return Outcome::Cancelled;
        if (left.bytes == 0)
            return Outcome::LimitMet;
        const std::string bytes = m_blocks.read(source.id, offset, std::min(stretch, left.bytes));
        if (bytes.empty())
            break;
        left.bytes -= bytes.size();
        rest += bytes;
        offset += bytes.size();
        const bool last = offset >= source.bytes;
        std::size_t at = 0;
        while (at < rest.size()) {
            const std::size_t end = rest.find('\n', at);
            if (end == std::string::npos && !last)
                break;
            const std::size_t next = end == std::string::npos ? rest.size() : end + 1;
            const std::uint64_t place = offset - rest.size() + at;
            const std::string text =
                ingest::toUtf8(std::string_view(rest).substr(at, (end == std::string::npos ? rest.size() : end) - at));
            at = next;
            if (!std::exchange(atLineStart, true))
                continue; // the search ended in the middle of a line
            Record record;
            const ingest::LineFormat *format = formatOf(text, record);
            LogLine line;
            line.text = text.ends_with('\r') ? text.substr(0, text.size() - 1) : text;
            line.sourceId = source.id;
            line.offset = place;
            if (format == nullptr) {
                if (!inside)
                    continue;
                if (left.lines == 0)
                    return Outcome::LimitMet;
                --left.lines;
                Found &whole = found.back();
                line.time = whole.record.time;
                line.level = whole.lines.front().level;
                line.logger = whole.record.logger;
                line.startsRecord = false;
                constexpr std::string_view arrow = "  → ";
                if (whole.lines.size() == 1 && whole.record.message.empty() && text.starts_with(arrow))
                    whole.record.message = text.substr(arrow.size());
                whole.lines.push_back(std::move(line));
                continue;
            }
            const Time time = record.timeNs == Record::kNoTime ? from : fromNs(record.timeNs);
            if (time > to + disorder)
                return Outcome::Read;
            inside = time >= from && time <= to;
            if (!inside)
                continue;
            if (left.lines == 0)
                return Outcome::LimitMet;
            --left.lines;
            const bool json = format->name == "foundation-json";
            Found begun;
            begun.record.time = time;
            begun.record.pid = record.pid;
            begun.record.recipe = json ? unescaped(record.text) : std::string(record.text);
            begun.record.logger = json ? unescaped(record.logger) : std::string(record.logger);
            begun.record.message = firstLine(json ? unescaped(record.message) : std::string(record.message));
            begun.record.sourceId = source.id;
            begun.step = json ? unescaped(record.rest) : std::string(record.rest);
            line.time = time;
            line.level = record.level == ingest::Level::Unknown ? "" : ingest::toString(record.level);
            line.logger = begun.record.logger;
            begun.lines.push_back(std::move(line));
            found.push_back(std::move(begun));
        }
        rest.erase(0, at);
    }
    return Outcome::Read;
}

std::optional<std::vector<Neighbour>> FoundationReader::neighbours(const store::RunRow &row, Time from, Time to,
                                                                   const std::stop_token &stop) {
    constexpr std::size_t rowsBetweenLooks = 4096;
    std::vector<Neighbour> found;
    m_neighbours.bind(row.id, toNs(from - longestRun), toNs(to), toNs(from));
    const store::ResetAtEnd reset(m_neighbours);
    while (m_neighbours.step()) {
        if (found.size() % rowsBetweenLooks == 0 && stop.stop_requested())
            return std::nullopt;
        Neighbour neighbour;
        neighbour.recipe = m_neighbours.text(0);
        neighbour.pid = m_neighbours.integer(1);
        neighbour.start = fromNs(m_neighbours.integer(2));
        const auto end = m_neighbours.maybeInteger(3);
        const auto status = static_cast<RunStatus>(m_neighbours.integer(4));
        if (end || (status != RunStatus::Running && status != RunStatus::Abandoned))
            neighbour.end = fromNs(end.value_or(toNs(neighbour.start))) + std::chrono::seconds(1); // cut to its second
        found.push_back(std::move(neighbour));
    }
    return found;
}

std::vector<std::string> FoundationReader::namesOf(const Run &run) {
    std::vector<std::string> names = {run.recipe, std::filesystem::path(run.recipePath).stem().string()};
    m_recipeNames.bind(run.recipePath);
    const store::ResetAtEnd reset(m_recipeNames);
    while (m_recipeNames.step())
        names.emplace_back(m_recipeNames.text(0));
    std::erase(names, "");
    return names;
}

std::optional<FoundationReader::Lines> FoundationReader::lines(const store::RunRow &row, const Run &run,
                                                               const std::vector<std::int64_t> &sightings,
                                                               const std::stop_token &stop) {
    Lines result;
    if (!run.start)
        return result;
    const std::vector<Source> candidates = sources();
    if (candidates.empty())
        return result;
    const Time from = *run.start;
    const Time to = run.status == RunStatus::Running || !run.end ? now() : *run.end + run.resolution;
    std::vector<std::string> paths;
    for (const std::int64_t sighting : sightings) {
        const auto its = m_loader.row(sighting);
        m_path.bind(its && its->sourceId ? *its->sourceId : 0);
        const store::ResetAtEnd reset(m_path);
        if (m_path.step())
            paths.emplace_back(m_path.text(0));
    }
    std::vector<Found> found;
    FoundationLimits left = m_limits;
    for (const Source &source : candidates) {
        const std::size_t before = found.size();
        const Outcome outcome = read(source, from, to, found, left, stop);
        if (outcome == Outcome::Cancelled)
            return std::nullopt;
        const bool sameTree = std::any_of(paths.begin(), paths.end(),
                                          [&](const std::string &path) { return inOneTree(path, source.path); });
        for (std::size_t i = before; i < found.size(); ++i)
            found[i].record.sameTree = sameTree;
        if (outcome == Outcome::LimitMet) {
            result.complete = false;
            break;
        }
    }
    if (found.empty())
        return result;
    // Of copies within a moment the ones that know most come first.
    std::stable_sort(found.begin(), found.end(),
                     [](const Found &x, const Found &y) { return x.record.time < y.record.time; });
    std::vector<FoundationRecord> records;
    for (const Found &one : found)
        records.push_back(one.record);
    const std::vector<std::string> names = namesOf(run);
    const auto others = neighbours(row, from, std::min(to, records.back().time), stop);
    if (!others || stop.stop_requested())
        return std::nullopt;
    const auto certainties = matchFoundation(run, names, *others, records);
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (!certainties[i])
            continue;
        for (LogLine &line : found[i].lines) {
            line.certainty = *certainties[i];
            result.lines.push_back({std::move(line), found[i].step});
        }
    }
    return result;
}

} // namespace ra::query
