// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/time.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ra {

/// The offsets of one IANA time zone, copied out of the system's database so that conversion needs no lock and no
/// allocation. A value: cheap enough to copy, safe to share between threads.
class Zone {
public:
    /// UTC.
    Zone();

    /// The zone of that IANA name; empty means the system's. Fails for a name that the system does not know.
    [[nodiscard]] static Result<Zone> fromName(std::string_view name);

    [[nodiscard]] const std::string &name() const { return m_name; }

    /// The wall clock's distance from UTC at a moment.
    [[nodiscard]] Duration offsetAt(Time t) const;
    [[nodiscard]] LocalTime toLocal(Time t) const;

    /// The moment of a wall-clock reading. A reading that occurs twice (clocks went back) is resolved by `near`, the
    /// moment of the line before: the later of the two if the earlier would go back by more than two seconds and the
    /// later lies within two hours; without `near` the earlier one. A reading that never occurs (clocks went forward)
    /// counts from the offset before.
    [[nodiscard]] Time toUtc(LocalTime local, std::optional<Time> near = std::nullopt) const;

    /// Two moments, both included, between which toUtc() puts every reading from `first` to `last`, whatever `near` is.
    struct Bounds {
        Time first;
        Time last;
        bool isExact = false; ///< the clocks are not changed near them
    };
    [[nodiscard]] Bounds boundsOf(LocalTime first, LocalTime last) const;

    /// Whether the clocks are whole multiples of `unit` away from UTC from one moment to another, and are set at whole
    /// multiples of it only: then what begins with a whole unit on them does so in UTC. O(changes of the clocks).
    [[nodiscard]] bool isWhole(Duration unit, Time from, Time to) const;

    /// Whether the reading occurs twice.
    [[nodiscard]] bool isAmbiguous(LocalTime local) const;

private:
    struct Span {
        Time begin;      ///< from this moment on
        Duration offset; ///< local minus UTC
    };
    [[nodiscard]] std::size_t spanAt(Time t) const;

    std::string m_name = "UTC";
    std::vector<Span> m_spans; ///< by begin; the first begins at the beginning of time
};

} // namespace ra
