// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/samplecollector.h"

#include <algorithm>
#include <cstdio>

namespace ra::ingest {

namespace {

void appendQuoted(std::string &out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            char escape[7];
            std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
            out += escape;
        } else {
            out += c;
        }
    }
    out += '"';
}

std::string keyOf(const Series &series) {
    std::string key;
    for (const std::string *part : {&series.name, &series.unit, &series.kind, &series.tags}) {
        key += std::to_string(part->size());
        key += ':';
        key += *part;
    }
    return key + std::to_string(static_cast<int>(series.subjectKind)) + ':' + std::to_string(series.subject);
}

} // namespace

std::string canonicalTags(Tags tags) {
    std::stable_sort(tags.begin(), tags.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    std::string out = "{";
    for (std::size_t i = 0; i < tags.size(); ++i) {
        if (i + 1 < tags.size() && tags[i + 1].first == tags[i].first)
            continue;
        if (out.size() > 1)
            out += ',';
        appendQuoted(out, tags[i].first);
        out += ':';
        appendQuoted(out, tags[i].second);
    }
    return out + '}';
}

std::optional<std::uint32_t> SampleCollector::known(std::string_view words) const {
    const auto found = m_byWords.find(words);
    return found == m_byWords.end() ? std::nullopt : std::optional(found->second);
}

std::uint32_t SampleCollector::number(std::string_view words, Series series) {
    const std::uint32_t number = this->number(std::move(series));
    m_byWords.emplace(words, number);
    return number;
}

std::uint32_t SampleCollector::number(Series series) {
    const auto next = static_cast<std::uint32_t>(m_set.series.size());
    const auto [place, isNew] = m_byKey.try_emplace(keyOf(series), next);
    if (isNew)
        m_set.series.push_back(std::move(series));
    return place->second;
}

SampleSet SampleCollector::take() {
    if (m_set.isEmpty() && m_set.series.empty())
        return {};
    m_byWords.clear();
    m_byKey.clear();
    return std::exchange(m_set, {});
}

} // namespace ra::ingest
