// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/stats/sketch.h"
#include "core/stats/sumsquares.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ra::samples {

/// Samples that one segment holds at most; what is larger is refused, when written and when read.
inline constexpr std::size_t maxSamples = std::size_t{1} << 22;
/// Samples of a page, the least that is decoded; the last page of a segment has the rest.
inline constexpr std::size_t pageLength = 4096;

struct SegmentOptions {
    /// A page is compressed again by zstd where that takes at least this share off it; reading such a page is several
    /// times slower. Above 1: never tried.
    double zstdShare = 0.125;
    stats::SketchOptions sketch = {};
};

/// Buffers and contexts that outlast a call, so that the next one need not make them anew. One thread at a time.
class Workspace {
public:
    Workspace();
    ~Workspace();
    Workspace(Workspace &&) noexcept;
    Workspace &operator=(Workspace &&) noexcept;

    struct Parts;
    [[nodiscard]] Parts &parts() { return *m_parts; }

private:
    std::unique_ptr<Parts> m_parts;
};

/// Where a page lies and what it covers.
struct SegmentPage {
    std::size_t begin = 0;        ///< in the segment
    std::size_t size = 0;         ///< in bytes
    std::size_t unpackedSize = 0; ///< before zstd; 0 if not compressed
    std::uint32_t checksum = 0;   ///< lower half of XXH3-64 of its bytes
    std::size_t firstSample = 0;  ///< number of its first sample in the segment
    std::size_t samples = 0;
    std::int64_t firstNs = 0;
    std::int64_t lastNs = 0;

    bool operator==(const SegmentPage &) const = default;
};

/// What is known of a segment without decoding its samples. Times are nanoseconds since the Unix epoch, UTC.
struct SegmentHeader {
    std::size_t count = 0;
    std::int64_t firstNs = 0;
    std::int64_t lastNs = 0;
    double firstValue = 0; ///< bit for bit, like the last
    double lastValue = 0;
    stats::Compensated sumSquares; ///< of all values but NaN
    stats::Sketch sketch;          ///< also minimum, maximum, exact sum, and how many are NaN
    std::size_t headerSize = 0;    ///< bytes before the first page
    std::size_t size = 0;          ///< bytes of the whole segment
    std::vector<SegmentPage> pages;
};

/// Seals samples of one series into bytes, which replace what `out` held. Times must not decrease; equal ones are kept
/// in their order. Values may be anything; every bit of them comes back. The same input always gives the same bytes.
/// Fails with Invalid for times that decrease, spans of different length, more than maxSamples.
/// Little-endian machines only, like the format: see segment.cpp.
[[nodiscard]] Result<void> encodeSegment(std::span<const std::int64_t> timesNs, std::span<const double> values,
                                         const SegmentOptions &options, Workspace &workspace, std::string &out);

/// Reads what can be known without decoding. `bytes` is the segment or its beginning, at least up to the first page.
/// Fails with Damaged where the bytes are not what was written, with Invalid for a version of the format that is newer
/// than this program.
[[nodiscard]] Result<SegmentHeader> readHeader(std::string_view bytes);

/// Decodes all samples, which replace what the vectors held. Fails as readHeader() does; the vectors then hold nothing.
[[nodiscard]] Result<void> decodeSegment(std::string_view bytes, Workspace &workspace,
                                         std::vector<std::int64_t> &timesNs, std::vector<double> &values);

/// Decodes the pages [firstPage, endPage) and nothing else. `header` must be that of `bytes`.
[[nodiscard]] Result<void> decodePages(const SegmentHeader &header, std::string_view bytes, std::size_t firstPage,
                                       std::size_t endPage, Workspace &workspace, std::vector<std::int64_t> &timesNs,
                                       std::vector<double> &values);

/// Decodes the samples of [fromNs, toNs), and only the pages that hold some.
[[nodiscard]] Result<void> decodeRange(const SegmentHeader &header, std::string_view bytes, std::int64_t fromNs,
                                       std::int64_t toNs, Workspace &workspace, std::vector<std::int64_t> &timesNs,
                                       std::vector<double> &values);

} // namespace ra::samples
