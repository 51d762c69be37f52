// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace ra::ingest {

/// A unit as samples are kept in: a value in the source's unit times `factor` is one in `unit`.
struct Unit {
    std::string unit;
    double factor = 1;

    bool operator==(const Unit &) const = default;
};

/// Times become nanoseconds, sizes bytes, rates per second; per cent stay what they are. KB, MB, GB are powers of
/// 1,024, as Framework0 computes them, like KiB, MiB, GiB. Units that are not known stay as they are written.
[[nodiscard]] Unit normalUnit(std::string_view unit);

/// The same for Framework0's PerformanceMetric, whose unit says `count` for several things that it is not (FORMATS.md
/// 7): throughput is in bytes a second, names in _gb in gibibytes, CPU frequencies in megahertz.
[[nodiscard]] Unit metricUnit(std::string_view name, std::string_view kind, std::string_view unit);

} // namespace ra::ingest
