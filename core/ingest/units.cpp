// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/units.h"

#include <algorithm>
#include <array>

namespace ra::ingest {

namespace {

struct Known {
    std::string_view written;
    std::string_view unit;
    double factor;
};

constexpr double kibi = 1024;
constexpr double mebi = kibi * 1024;
constexpr double gibi = mebi * 1024;

// The micro sign (U+00B5) and the Greek letter (U+03BC) look alike.
constexpr std::array units = {
    Known{"ns", "ns", 1},          Known{"us", "ns", 1e3},       Known{"\xC2\xB5s", "ns", 1e3},
    Known{"\xCE\xBCs", "ns", 1e3}, Known{"ms", "ns", 1e6},       Known{"s", "ns", 1e9},
    Known{"sec", "ns", 1e9},       Known{"seconds", "ns", 1e9},  Known{"milliseconds", "ns", 1e6},
    Known{"min", "ns", 60e9},      Known{"minutes", "ns", 60e9}, Known{"h", "ns", 3600e9},
    Known{"B", "bytes", 1},        Known{"bytes", "bytes", 1},   Known{"KB", "bytes", kibi},
    Known{"MB", "bytes", mebi},    Known{"GB", "bytes", gibi},   Known{"KiB", "bytes", kibi},
    Known{"MiB", "bytes", mebi},   Known{"GiB", "bytes", gibi},  Known{"%", "%", 1},
    Known{"percent", "%", 1},      Known{"count", "count", 1},   Known{"Hz", "Hz", 1},
    Known{"kHz", "Hz", 1e3},       Known{"MHz", "Hz", 1e6},      Known{"GHz", "Hz", 1e9},
};

/// What may stand before "/s", and what comes of it.
const Known *find(std::string_view unit) {
    const auto found = std::find_if(units.begin(), units.end(), [&](const Known &k) { return k.written == unit; });
    return found == units.end() ? nullptr : found;
}

} // namespace

Unit normalUnit(std::string_view unit) {
    if (const Known *known = find(unit))
        return {std::string(known->unit), known->factor};
    for (const auto &[ending, perSecond] : {std::pair<std::string_view, double>{"/s", 1}, {"/sec", 1}, {"/min", 60}}) {
        if (!unit.ends_with(ending))
            continue;
        const std::string_view of = unit.substr(0, unit.size() - ending.size());
        if (of == "ops" || of == "count" || of == "1" || of == "requests")
            return {"1/s", 1 / perSecond};
        if (const Known *known = find(of))
            return {std::string(known->unit) + "/s", known->factor / perSecond};
    }
    return {std::string(unit), 1};
}

Unit metricUnit(std::string_view name, std::string_view kind, std::string_view unit) {
    if (unit == "count") {
        if (kind == "throughput")
            return {"bytes/s", 1};
        if (name.ends_with("_gb"))
            return {"bytes", gibi};
        if (name.starts_with("cpu_frequency"))
            return {"Hz", 1e6};
    }
    return normalUnit(unit);
}

} // namespace ra::ingest
