// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/record.h"

#include <array>

namespace ra::ingest {

namespace {
constexpr std::array<std::string_view, 6> words = {"UNKNOWN", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"};
} // namespace

Level levelFromString(std::string_view word) {
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i] == word)
            return static_cast<Level>(i);
    }
    return Level::Unknown;
}

std::string_view toString(Level level) {
    return words.at(static_cast<std::size_t>(level));
}

} // namespace ra::ingest
