// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ra {

/// Whose a series is, where its tags do not tell.
enum class SubjectKind : std::uint8_t {
    None,    ///< its tags say all: a recipe, a step, a table
    Process, ///< `subject` is the process id
    Machine, ///< the whole machine on which it was measured
};

/// What samples belong together: all of it is what tells one series from another.
struct Series {
    std::string name = {}; ///< as the source has it: "transfer_time", "cpu_usage_total"
    std::string unit =
        {}; ///< normalised: "ns", "bytes", "bytes/s", "1/s", "%", "Hz", "count"; else as the source has it
    std::string kind = {}; ///< "timing", "counter", "gauge", ... as the source says; empty if it does not
    std::string tags =
        "{}"; ///< a JSON object of texts, keys ascending, without blanks: {"recipe":"daily","step":"load"}
    SubjectKind subjectKind = SubjectKind::None;
    std::int64_t subject = 0;

    bool operator==(const Series &) const = default;
};

/// One value of a series at one moment.
struct Sample {
    std::uint32_t series = 0; ///< index into SampleSet::series
    std::int64_t timeNs = 0;  ///< since 1970, UTC
    double value = 0;         ///< in the unit of the series; may be NaN or infinite; never the negative zero
    /// The time is that of writing, which differs by some microseconds between copies of one record in several files:
    /// an equal value of the series within a millisecond is the same sample.
    bool timeIsOfWriting = false;

    bool operator==(const Sample &) const = default;
};

/// Samples with the series that they are of.
struct SampleSet {
    std::vector<Series> series;
    std::vector<Sample> samples; ///< in any order

    [[nodiscard]] bool isEmpty() const { return samples.empty(); }
    bool operator==(const SampleSet &) const = default;
};

} // namespace ra
