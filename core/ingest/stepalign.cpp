// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/stepalign.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace ra::ingest {

namespace {

bool sameName(const Step &x, const Step &y) {
    return x.name == y.name || escaped(x.name) == escaped(y.name);
}

} // namespace

bool sameDuration(Duration x, Duration y) {
    return (x > y ? x - y : y - x) <= std::chrono::microseconds(1'600);
}

bool contradict(const Step &x, const Step &y) {
    const bool ended = x.status != StepStatus::Running && y.status != StepStatus::Running;
    const bool certain = x.status != StepStatus::Interrupted && y.status != StepStatus::Interrupted;
    if (ended && certain && x.status != y.status)
        return true;
    return x.duration && y.duration && !sameDuration(*x.duration, *y.duration);
}

std::string escaped(std::string_view name) {
    static constexpr char hex[] = "0123456789abcdef";
    std::string out;
    for (std::size_t i = 0; i < name.size();) {
        const auto c = static_cast<unsigned char>(name[i]);
        const std::size_t length = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
        if (length == 1 || i + length > name.size()) {
            out += name[i++];
            continue;
        }
        std::uint32_t code = length == 4 ? c & 0x07 : length == 3 ? c & 0x0F : c & 0x1F;
        for (std::size_t k = 1; k < length; ++k)
            code = (code << 6) | (static_cast<unsigned char>(name[i + k]) & 0x3F);
        i += length;
        const int digits = code < 0x100 ? 2 : code < 0x10000 ? 4 : 8;
        out += code < 0x100 ? "\\x" : code < 0x10000 ? "\\u" : "\\U";
        for (int d = digits - 1; d >= 0; --d)
            out += hex[(code >> (4 * d)) & 0xF];
    }
    return out;
}

std::vector<int> alignSteps(const std::vector<Step> &x, const std::vector<Step> &y) {
    std::vector<int> match(y.size(), -1);
    // The usual case first: one is the beginning of the other, or they are equal.
    std::size_t same = 0;
    while (same < x.size() && same < y.size() && sameName(x[same], y[same]) && !contradict(x[same], y[same]))
        match[same] = static_cast<int>(same), ++same;
    const std::size_t n = x.size() - same;
    const std::size_t m = y.size() - same;
    if (n == 0 || m == 0 || n * m > 25'000'000)
        return match;
    std::vector<std::uint32_t> length((n + 1) * (m + 1), 0);
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t & { return length[i * (m + 1) + j]; };
    const auto fits = [&](std::size_t i, std::size_t j) {
        return sameName(x[same + i], y[same + j]) && !contradict(x[same + i], y[same + j]);
    };
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t j = m; j-- > 0;)
            at(i, j) = fits(i, j) ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    }
    for (std::size_t i = 0, j = 0; i < n && j < m;) {
        if (fits(i, j) && at(i, j) == at(i + 1, j + 1) + 1)
            match[same + j++] = static_cast<int>(same + i++);
        else if (at(i + 1, j) >= at(i, j + 1))
            ++i;
        else
            ++j;
    }
    return match;
}

} // namespace ra::ingest
