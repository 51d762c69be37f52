// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/textsearch.h"

#include "core/query/readerprivate.h"

#include <QString>

#include <algorithm>

namespace ra::query {

namespace {

bool isAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

} // namespace

Needle::Needle(std::string_view text)
    : m_ascii(isAscii(text)) {
    if (m_ascii) {
        m_text.resize(text.size());
        std::transform(text.begin(), text.end(), m_text.begin(), lower);
    } else {
        m_text = QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())).toCaseFolded().toStdString();
    }
}

bool Needle::isIn(std::string_view text) const {
    if (m_text.empty())
        return true;
    if (m_ascii) {
        return std::search(text.begin(), text.end(), m_text.begin(), m_text.end(),
                           [](char a, char b) { return lower(a) == b; }) != text.end();
    }
    const std::string folded =
        QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())).toCaseFolded().toStdString();
    return folded.find(m_text) != std::string::npos;
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
