// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/samples/intcolumn.h"
#include "core/samples/segment.h"
#include "core/samples/valuecolumn.h"

#include <cstdlib>
#include <cstring>

using namespace ra;
using namespace ra::samples;

namespace {

/// Columns behind a sound checksum: any bytes become some numbers, or are refused.
void decodeColumns(std::string_view bytes) {
    std::vector<std::int64_t> integers(1 + bytes.size() % columnLength);
    stats::ByteReader in(bytes);
    static_cast<void>(decodeIntegers(in, integers));
    std::vector<double> values(integers.size());
    stats::ByteReader again(bytes);
    static_cast<void>(decodeValues(again, values));
}

/// The bytes as samples: they come back as they are.
void roundTrip(std::string_view bytes) {
    std::vector<double> values(bytes.size() / sizeof(double));
    if (!values.empty())
        std::memcpy(values.data(), bytes.data(), values.size() * sizeof(double));
    std::vector<std::int64_t> times(values.size());
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < times.size(); ++i)
        times[i] = static_cast<std::int64_t>(sum += static_cast<unsigned char>(bytes[i]));
    Workspace workspace;
    std::string sealed;
    std::vector<std::int64_t> timesBack;
    std::vector<double> valuesBack;
    if (!encodeSegment(times, values, {}, workspace, sealed) ||
        !decodeSegment(sealed, workspace, timesBack, valuesBack) || timesBack != times ||
        valuesBack.size() != values.size() ||
        (!values.empty() && std::memcmp(values.data(), valuesBack.data(), values.size() * sizeof(double)) != 0))
        std::abort();
}

} // namespace

/// Any bytes as a segment, as a sketch, as columns and as samples.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char *>(data), size);
    Workspace workspace;
    std::vector<std::int64_t> times;
    std::vector<double> values;
    const auto done = decodeSegment(bytes, workspace, times, values);
    if (times.size() != values.size() || (!done && (!times.empty() || done.error().why.empty())))
        std::abort();
    if (const auto sketch = stats::Sketch::deserialise(bytes)) {
        std::string again;
        sketch->serialise(again);
        const auto same = stats::Sketch::deserialise(again);
        if (!same || !(*same == *sketch))
            std::abort();
    }
    decodeColumns(bytes);
    roundTrip(bytes);
    return 0;
}
