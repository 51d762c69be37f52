// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/textsearch.h"

#include "core/query/readerprivate.h"

#include <QString>

#include <algorithm>
#include <cstring>

namespace ra::query {

namespace {

bool isAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Pieces of a known length are what the compiler does sixteen bytes at a time.
void lowerAll(std::string_view from, char *to) {
    constexpr std::size_t piece = 64;
    std::size_t i = 0;
    for (; i + piece <= from.size(); i += piece) {
        for (std::size_t k = 0; k < piece; ++k)
            to[i + k] = lower(from[i + k]);
    }
    std::transform(from.begin() + static_cast<std::ptrdiff_t>(i), from.end(), to + i, lower);
}

} // namespace

Needle::Needle(std::string_view text)
    : m_text(QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())).toCaseFolded().toStdString())
    , m_ascii(isAscii(m_text)) {}

bool Needle::isIn(std::string_view text) const {
    if (m_text.empty())
        return true;
    if (m_ascii) {
        return std::search(text.begin(), text.end(), m_text.begin(), m_text.end(),
                           [](char a, char b) { return lower(a) == b; }) != text.end();
    }
    if (isAscii(text))
        return false; // folding does not lead out of ASCII
    const std::string folded =
        QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())).toCaseFolded().toStdString();
    return folded.find(m_text) != std::string::npos;
}

void Needle::appendLines(std::string_view text, std::string &scratch, std::vector<Line> &lines) const {
    const auto endOf = [&](std::size_t at) { return std::min(text.find('\n', at), text.size()); };
    if (m_text.find('\n') != std::string::npos)
        return;
    if (!m_ascii || m_text.empty()) {
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = endOf(begin);
            if (isIn(text.substr(begin, end - begin)))
                lines.push_back({begin, end});
            begin = end + 1;
        }
        return;
    }
    scratch.resize(text.size());
    lowerAll(text, scratch.data());
    const char *const first = scratch.data();
    for (std::size_t at = 0; at < text.size();) {
        // Not std::string::find(), which stops at every first letter.
        const void *found = memmem(first + at, scratch.size() - at, m_text.data(), m_text.size());
        if (found == nullptr)
            return;
        const auto place = static_cast<std::size_t>(static_cast<const char *>(found) - first);
        const std::size_t before = text.rfind('\n', place);
        const std::size_t end = endOf(place);
        lines.push_back({before == std::string_view::npos ? 0 : before + 1, end});
        at = end + 1;
    }
}

std::optional<std::vector<std::int64_t>> TextSearch::runs(std::string_view text, const std::stop_token &stop) {
    const Needle needle(text);
    std::vector<bool> found; // by texts.id
    bool any = false;
    std::size_t row = 0;
    const auto mustStop = [&] { return ++row % rowsBetweenLooks == 0 && stop.stop_requested(); };
    store::Statement texts(m_db, "SELECT id, text FROM texts ORDER BY id");
    while (texts.step()) {
        if (mustStop())
            return std::nullopt;
        if (!needle.isIn(texts.text(1)))
            continue;
        const auto id = static_cast<std::size_t>(texts.integer(0));
        if (found.size() <= id)
            found.resize(id + 1);
        found[id] = any = true;
    }
    std::vector<std::int64_t> runs;
    if (!any)
        return runs;
    const auto matches = [&](std::int64_t id) {
        return static_cast<std::size_t>(id) < found.size() && found[static_cast<std::size_t>(id)];
    };
    const auto scan = [&](const char *sql) {
        store::Statement rows(m_db, sql);
        while (rows.step()) {
            if (mustStop())
                return false;
            if (!matches(rows.integer(1)) && !matches(rows.integer(2)))
                continue;
            const std::int64_t run = rows.integer(0);
            if (runs.empty() || runs.back() != run)
                runs.push_back(run);
        }
        return true;
    };
    if (!scan("SELECT id >> 24, name, name FROM steps ORDER BY id") ||
        !scan("SELECT step_id >> 24, message, type FROM attempts ORDER BY step_id") ||
        !scan("SELECT step_id >> 24, message, message FROM step_errors ORDER BY step_id") ||
        !scan("SELECT run, message, message FROM run_errors ORDER BY run"))
        return std::nullopt;
    std::sort(runs.begin(), runs.end());
    runs.erase(std::unique(runs.begin(), runs.end()), runs.end());

    // Sightings that another row speaks for go.
    store::Statement shown(m_db, "SELECT 1 FROM runs WHERE id = ? AND shown = 1");
    std::erase_if(runs, [&](std::int64_t run) {
        shown.bind(run);
        const store::ResetAtEnd reset(shown);
        return !shown.step();
    });
    return runs;
}

Result<std::vector<std::int64_t>> Reader::runsWithText(std::string_view text, std::stop_token stop) {
    return store::guarded("search the store", d->path, [&]() -> Result<std::vector<std::int64_t>> {
        const Snapshot snapshot(d->db);
        std::optional<std::vector<std::int64_t>> runs = d->search.runs(text, stop);
        if (!runs)
            return fail(cancelled("search the store"));
        return std::move(*runs);
    });
}

} // namespace ra::query
