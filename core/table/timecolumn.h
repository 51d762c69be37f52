// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/table/complaints.h"
#include "core/table/numbercell.h"
#include "core/table/timecell.h"

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ra::table {

/// Reads the times of a table, of which the first says how all are written: numbers, or ISO 8601.
class TimeColumn {
public:
    /// Seconds since 1970 UTC, or the plain number; nothing for a cell that is empty, not finite or not like the first.
    [[nodiscard]] std::optional<double> read(std::string_view cell) {
        cell = trimmed(cell);
        if (m_kind == Kind::Unknown)
            m_kind = numberOf(cell) ? Kind::Number : Kind::Text;
        const std::optional<double> value = m_kind == Kind::Number ? numberOf(cell) : parseMoment(cell);
        return value && std::isfinite(*value) ? value : std::nullopt;
    }
    [[nodiscard]] bool areText() const { return m_kind == Kind::Text; }
    /// What is wrong with a cell that could not be read.
    [[nodiscard]] tl::unexpected<Error> complaint(std::size_t line, std::string_view cell) const {
        std::string why = "the time is missing";
        if (!trimmed(cell).empty())
            why = shown(cell) + (areText() ? " is no time" : " is no finite number, as the times above are");
        return badLine(line, std::move(why), "Times are numbers or ISO 8601, for example 2026-11-23T17:00:00");
    }

private:
    enum class Kind { Unknown, Number, Text };
    Kind m_kind = Kind::Unknown;
};

} // namespace ra::table
