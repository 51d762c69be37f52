// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/utf8.h"

namespace ra::ingest {

std::size_t utf8SequenceLength(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const unsigned first = byte(at);
    const unsigned second = byte(at + 1);
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return continues(at + 1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const bool ok = continues(at + 1) && continues(at + 2) && !(first == 0xE0 && second < 0xA0) &&
                        !(first == 0xED && second > 0x9F);
        return ok ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool ok = continues(at + 1) && continues(at + 2) && continues(at + 3) &&
                        !(first == 0xF0 && second < 0x90) && !(first == 0xF4 && second > 0x8F);
        return ok ? 4 : 0;
    }
    return 0;
}

std::optional<std::size_t> firstInvalidUtf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8SequenceLength(text, at);
        if (length == 0)
            return at;
        at += length;
    }
    return std::nullopt;
}

} // namespace ra::ingest
