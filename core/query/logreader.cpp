// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/logreader.h"

#include "core/ingest/rawline.h"
#include "core/ingest/sourcereader.h"
#include "core/query/steplabels.h"
#include "core/query/textsearch.h"
#include "core/store/runwriter.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace ra::query {

using ingest::LineSpan;
using ingest::Record;

LogReader::LogReader(const SQLite::Database &db, store::RunLoader &loader, FoundationLimits limits)
    : m_db(db)
    , m_loader(loader)
    , m_foundation(db, loader, limits)
    , m_blocks(db)
    , m_spans(db, store::allSpansSql)
    , m_zone(db, "SELECT zone FROM sources WHERE id = ?") {}

const Zone &LogReader::zoneOf(std::int64_t sourceId) {
    if (const auto known = m_zones.find(sourceId); known != m_zones.end())
        return known->second;
    m_zone.bind(sourceId);
    const store::ResetAtEnd reset(m_zone);
    const std::string name(m_zone.step() ? m_zone.text(0) : std::string_view());
    // A zone that this system does not know any more: better hours off than no log.
    return m_zones.emplace(sourceId, Zone::fromName(name.empty() ? "UTC" : name).value_or(Zone())).first->second;
}

std::string LogReader::wordsForMissing(const store::RunRow &row, bool all) {
    std::string words = all ? "The raw lines of this run are" : "Some of the raw lines of this run are";
    words += " no longer in the store";
    const std::optional<std::int64_t> end = row.end ? row.end : row.start;
    if (end) {
        // The first into which they can have gone: they were there when it was made.
        store::Statement archive(m_db, "SELECT path, date(made_ns / 1000000000, 'unixepoch') FROM archives WHERE "
                                       "before_ns > ?1 AND coalesce(log_from_ns, ?1) <= ?1 ORDER BY made_ns, id LIMIT "
                                       "1");
        archive.bind(*end);
        const store::ResetAtEnd reset(archive);
        if (archive.step()) {
            words.append(": they went into the archive ").append(archive.text(0)).append(" of ");
            words.append(archive.text(1)).append(", from where store attach brings them back");
            return words + '.';
        }
    }
    // Archives, too, have moved it on, but not for what had gone before the first of them.
    store::Statement horizon(m_db, "SELECT date(coalesce((SELECT min(log_from_ns) FROM archives WHERE log_from_ns > "
                                   "?1), t_ns) / 1000000000, 'unixepoch') FROM horizons WHERE kind = 'log'");
    horizon.bind(end);
    const store::ResetAtEnd reset(horizon);
    if (horizon.step())
        words.append(": retention has removed those from before ").append(horizon.text(0));
    return words + '.';
}

std::optional<LogReader::Telling> LogReader::tell(std::int64_t sighting, const Run &run, const std::stop_token &stop) {
    Telling telling;
    const auto row = m_loader.row(sighting);
    if (!row || !row->sourceId)
        return telling;
    const Zone &zone = zoneOf(*row->sourceId);
    StepLabels labels(run);
    std::optional<Time> near = run.start;
    LogLine record; // the last that began: what continues it has its time and level
    for (const LineSpan &span : store::readSpans(m_spans, sighting)) {
        if (stop.stop_requested())
            return std::nullopt;
        telling.missing += span.length;
        for (const auto &[offset, bytes] : m_blocks.readAll(*row->sourceId, span.offset, span.length)) {
            telling.missing -= bytes.size();
            telling.bytes += bytes.size();
            for (std::size_t at = 0; at < bytes.size();) {
                const std::size_t end = std::min(bytes.find('\n', at), bytes.size() - 1) + 1;
                const std::string text =
                    ingest::toUtf8(ingest::withoutEnd(std::string_view(bytes).substr(at, end - at)));
                LogLine line = record;
                Record decoded;
                line.startsRecord = ingest::decodeLine(text, decoded);
                if (line.startsRecord) {
                    telling.hasRecords = true;
                    if (decoded.timeNs != Record::kNoTime) {
                        near = decoded.utc ? fromNs(decoded.timeNs)
                                           : zone.toUtc(LocalTime(Duration(decoded.timeNs)), near);
                        line.time = near;
                    }
                    line.level = decoded.level == ingest::Level::Unknown ? "" : ingest::toString(decoded.level);
                    line.logger = decoded.logger;
                    record = line;
                    labels.add(decoded);
                } else {
                    labels.addContinuation();
                }
                line.text = text;
                line.sourceId = *row->sourceId;
                line.offset = offset + at;
                line.certainty = span.certainty;
                telling.lines.push_back({std::move(line), {}});
                at = end;
            }
        }
    }
    std::vector<std::string> steps = labels.finish();
    for (std::size_t i = 0; i < telling.lines.size(); ++i)
        telling.lines[i].step = std::move(steps[i]);
    return telling;
}

std::optional<bool> LogReader::addFoundation(const store::RunRow &row, const Run &run,
                                             const std::vector<std::int64_t> &sightings, std::vector<Labelled> &all,
                                             const std::stop_token &stop) {
    auto found = m_foundation.lines(row, run, sightings, stop);
    if (!found)
        return std::nullopt;
    if (found->lines.empty())
        return found->complete;
    std::set<std::pair<std::int64_t, std::uint64_t>> known; // a file may hold both kinds
    for (const Labelled &l : all)
        known.emplace(l.line.sourceId, l.line.offset);
    std::vector<Labelled> merged;
    auto own = all.begin();
    for (FoundationReader::Line &line : found->lines) {
        if (known.contains({line.line.sourceId, line.line.offset}))
            continue;
        while (own != all.end() && (!own->line.startsRecord || !own->line.time || *own->line.time <= *line.line.time))
            merged.push_back(std::move(*own++));
        const bool isStep =
            std::any_of(run.steps.begin(), run.steps.end(), [&](const Step &step) { return step.name == line.step; });
        merged.push_back({std::move(line.line), isStep ? std::move(line.step) : std::string()});
    }
    merged.insert(merged.end(), std::make_move_iterator(own), std::make_move_iterator(all.end()));
    all = std::move(merged);
    return found->complete;
}

std::optional<std::vector<LogLine>> LogReader::lines(const store::RunRow &row, std::string_view step,
                                                     std::string_view grep, const std::stop_token &stop) {
    std::vector<std::int64_t> sightings = m_loader.members(row.id);
    if (sightings.empty())
        sightings.push_back(row.id);
    const Run run = m_loader.run(row);
    std::vector<Telling> tellings;
    for (const std::int64_t sighting : sightings) {
        std::optional<Telling> telling = tell(sighting, run, stop);
        if (!telling)
            return std::nullopt;
        tellings.push_back(std::move(*telling));
    }
    std::uint64_t missing = 0;
    std::uint64_t stored = 0;
    for (const Telling &telling : tellings) {
        missing += telling.missing;
        stored += telling.bytes;
    }
    // Documents are no log, unless there is nothing else.
    if (std::any_of(tellings.begin(), tellings.end(), [](const Telling &t) { return t.hasRecords; }))
        std::erase_if(tellings, [](const Telling &t) { return !t.hasRecords; });
    std::stable_sort(tellings.begin(), tellings.end(),
                     [](const Telling &a, const Telling &b) { return a.bytes > b.bytes; });

    std::vector<Labelled> all;
    for (Telling &telling : tellings) {
        std::unordered_map<std::string_view, std::size_t> known;
        for (const Labelled &l : all)
            ++known[l.line.text];
        std::vector<Labelled> merged;
        auto leading = all.begin();
        for (Labelled &l : telling.lines) {
            if (const auto same = known.find(l.line.text); same != known.end() && same->second > 0) {
                --same->second;
                continue;
            }
            while (leading != all.end() && (!l.line.time || !leading->line.time || *leading->line.time <= *l.line.time))
                merged.push_back(*leading++);
            merged.push_back(std::move(l));
        }
        merged.insert(merged.end(), leading, all.end());
        all = std::move(merged);
    }

    const std::optional<bool> complete = addFoundation(row, run, sightings, all, stop);
    if (!complete)
        return std::nullopt;

    const Needle needle(grep);
    std::vector<LogLine> result;
    for (Labelled &l : all) {
        if ((step.empty() || l.step == step) && needle.isIn(l.line.text))
            result.push_back(std::move(l.line));
    }
    const auto note = [&result](std::string text) {
        LogLine line;
        line.isNote = true;
        line.level = ingest::toString(ingest::Level::Warning);
        line.text = std::move(text);
        if (!result.empty())
            line.time = result.back().time;
        result.push_back(std::move(line));
    };
    if (missing > 0)
        note(wordsForMissing(row, stored == 0));
    if (!*complete)
        note("There is more in the foundation's logs in the time of this run than is read for one run. What is shown "
             "of them is not all.");
    return result;
}

} // namespace ra::query
