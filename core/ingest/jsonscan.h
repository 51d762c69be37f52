// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Scanning of JSON text without reading it: where a string or a value ends. Works on [at, end) alone, reads no byte
// beyond, allocates nothing and does not recurse. What stands between is not checked for validity.

namespace ra::ingest {

/// The closing quote of a string whose opening quote stands before `at`; null if the text ends before.
[[nodiscard]] inline const char *jsonStringEnd(const char *at, const char *end) {
    for (;;) {
#if defined(__SSE2__)
        const __m128i quote = _mm_set1_epi8('"');
        const __m128i backslash = _mm_set1_epi8('\\');
        while (end - at >= 16) {
            const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(at));
            const int hits =
                _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
            if (hits != 0) {
                at += __builtin_ctz(static_cast<unsigned>(hits));
                break;
            }
            at += 16;
        }
#endif
        while (at != end && *at != '"' && *at != '\\')
            ++at;
        if (at == end)
            return nullptr;
        if (*at == '"')
            return at;
        if (end - at < 2)
            return nullptr;
        at += 2;
    }
}

/// One past the end of the value that begins at `at`: a string, an object or array with balanced brackets, or a bare
/// word or number up to the next comma, bracket or blank. Null if it does not end, is empty, or closes what it did not
/// open.
[[nodiscard]] inline const char *jsonValueEnd(const char *at, const char *end) {
    if (at == end)
        return nullptr;
    if (*at == '"') {
        const char *close = jsonStringEnd(at + 1, end);
        return close ? close + 1 : nullptr;
    }
    if (*at != '{' && *at != '[') {
        const char *begin = at;
        while (at != end && *at != ',' && *at != '}' && *at != ']' && *at != ' ' && *at != '"')
            ++at;
        return at == begin ? nullptr : at;
    }
    std::uint64_t depth = 0;
    std::uint64_t kinds = 0; // of the open brackets, one bit each: 1 for {
    bool paired = true;      // whether kinds holds them all; below 64 levels brackets are only counted
    for (; at != end; ++at) {
        switch (*at) {
        case '"':
            at = jsonStringEnd(at + 1, end);
            if (!at)
                return nullptr;
            break;
        case '{':
        case '[':
            paired = paired && depth < 64;
            ++depth;
            kinds = kinds << 1 | (*at == '{' ? 1 : 0);
            break;
        case '}':
        case ']':
            if (paired && (kinds & 1) != (*at == '}' ? 1U : 0U))
                return nullptr;
            kinds >>= 1;
            if (--depth == 0)
                return at + 1;
            break;
        default:
            break;
        }
    }
    return nullptr;
}

} // namespace ra::ingest
