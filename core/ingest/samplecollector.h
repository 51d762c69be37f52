// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/sample.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ra::ingest {

/// Tags of a series as texts, in any order.
using Tags = std::vector<std::pair<std::string, std::string>>;

/// The one way to write these tags; see Series::tags. Of tags of one key the last counts.
[[nodiscard]] std::string canonicalTags(Tags tags);

/// Gathers the samples of a stretch of a source or of a document, and numbers their series.
class SampleCollector {
public:
    /// The number of a series by the words that the source has for it, if they were met since the last take(): spares
    /// the making of its canonical form for every sample.
    [[nodiscard]] std::optional<std::uint32_t> known(std::string_view words) const;
    std::uint32_t number(std::string_view words, Series series);
    /// The number of a series.
    std::uint32_t number(Series series);

    void add(std::uint32_t series, std::int64_t timeNs, double value, bool timeIsOfWriting = false) {
        m_set.samples.push_back({series, timeNs, value + 0.0, timeIsOfWriting}); // no negative zero
    }

    [[nodiscard]] bool isEmpty() const { return m_set.isEmpty(); }
    [[nodiscard]] SampleSet take();

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    using Numbers = std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>>;

    SampleSet m_set;
    Numbers m_byWords;
    Numbers m_byKey;
};

} // namespace ra::ingest
