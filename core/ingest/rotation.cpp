// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/rotation.h"

#include <algorithm>
#include <tuple>

namespace ra::ingest {

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// The digits of a suffix such as "20261123", "2026-11-23" or "20261123-1400"; empty if it is no date.
std::string dateDigits(std::string_view suffix) {
    std::string digits;
    for (char c : suffix) {
        if (isDigit(c))
            digits += c;
        else if (c != '-' && c != '_' && c != 'T')
            return {};
    }
    const bool plausible =
        digits.size() >= 8 && digits.size() <= 14 && (digits.starts_with("19") || digits.starts_with("20"));
    return plausible ? digits : std::string();
}

} // namespace

Rotation rotationOf(std::string_view path) {
    Rotation rotation;
    for (std::string_view packed : {".gz", ".zst", ".zstd"}) {
        if (path.size() > packed.size() && path.ends_with(packed)) {
            path.remove_suffix(packed.size());
            break;
        }
    }
    const auto folder = path.rfind('/') + 1; // 0 without a folder
    // The date may hold hyphens itself: try the separators from the left.
    for (std::size_t at = path.find_first_of(".-_", folder + 1); at != std::string_view::npos;
         at = path.find_first_of(".-_", at + 1)) {
        const std::string_view suffix = path.substr(at + 1);
        rotation.date = dateDigits(suffix);
        const bool number = path[at] == '.' && !suffix.empty() && suffix.size() <= 6 &&
                            std::all_of(suffix.begin(), suffix.end(), isDigit);
        if (rotation.date.empty() && !number)
            continue;
        if (number)
            rotation.number = static_cast<unsigned>(std::stoul(std::string(suffix)));
        path = path.substr(0, at);
        break;
    }
    rotation.stem = path;
    return rotation;
}

bool isReadBefore(std::string_view a, std::string_view b) {
    const Rotation x = rotationOf(a);
    const Rotation y = rotationOf(b);
    // Dated ones are the oldest, then numbers downwards, then the current file.
    const auto rank = [](const Rotation &r) { return !r.date.empty() ? 0 : r.number != 0 ? 1 : 2; };
    const int rankX = rank(x);
    const int rankY = rank(y);
    return std::tie(x.stem, rankX, x.date, y.number, a) < std::tie(y.stem, rankY, y.date, x.number, b);
}

} // namespace ra::ingest
