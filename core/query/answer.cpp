// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/answer.h"

namespace ra::query {

std::string Explanation::text() const {
    std::string lines;
    const auto line = [&](const std::string &content) {
        lines += content;
        lines += '\n';
    };
    for (const Piece &piece : plan.pieces)
        line(toString(piece, plan.rows));
    if (!plan.why.empty())
        line("because " + plan.why);
    const auto count = [&](std::uint64_t number, const char *what) {
        if (number > 0)
            line(std::to_string(number) + ' ' + what);
    };
    count(rows, "rows read");
    count(rollups, "rollups read");
    count(staleUnits, "stretches read from rows, which are not summed up yet");
    count(headers, "segments told by their headers");
    count(decoded, "segments decoded");
    count(samples, "samples read");
    count(groups, "groups");
    count(connections, "connections read ahead");
    line(isExact ? "exact" : "quantiles within 1 %, all else exact");
    for (const std::string &note : notes)
        line(note);
    return lines;
}

} // namespace ra::query
