// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/jsontidy.h"

#include "core/ingest/utf8.h"

#include <algorithm>

namespace ra::ingest {

namespace {

/// The code unit of the \uXXXX at `at`, or -1.
int codeUnit(std::string_view text, std::size_t at) {
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u')
        return -1;
    int value = 0;
    for (std::size_t i = at + 2; i < at + 6; ++i) {
        const char c = text[i];
        if (c >= '0' && c <= '9')
            value = value * 16 + (c - '0');
        else if (c >= 'a' && c <= 'f')
            value = value * 16 + (c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            value = value * 16 + (c - 'A' + 10);
        else
            return -1;
    }
    return value;
}

/// What is untidy at a place: nothing if length is 0.
struct Blemish {
    std::size_t length = 0;
    enum { Number, Surrogate, Byte } kind = Byte;
};

/// Walks `text`, calling blemish(at, Blemish) for everything that a strict parser would refuse.
template <typename OnBlemish>
JsonShape walk(std::string_view text, const OnBlemish &onBlemish) {
    JsonShape shape;
    std::size_t depth = 0;
    bool inString = false;
    const auto blemish = [&](std::size_t at, Blemish found) {
        shape.tidy = false;
        onBlemish(at, found);
        return found.length;
    };
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (static_cast<unsigned char>(c) >= 0x80) {
            const std::size_t length = utf8SequenceLength(text, at);
            at += length != 0 ? length : blemish(at, {1, Blemish::Byte});
            continue;
        }
        if (inString) {
            if (c == '\\') {
                const int unit = codeUnit(text, at);
                const int next = unit >= 0xD800 && unit <= 0xDBFF ? codeUnit(text, at + 6) : -1;
                if (next >= 0xDC00 && next <= 0xDFFF)
                    at += 12;
                else if (unit >= 0xD800 && unit <= 0xDFFF)
                    at += blemish(at, {6, Blemish::Surrogate});
                else
                    at += 2;
                continue;
            }
            inString = c != '"';
            ++at;
            continue;
        }
        switch (c) {
        case '"':
            inString = true;
            break;
        case '{':
        case '[':
            shape.depth = std::max(shape.depth, ++depth);
            ++shape.values;
            break;
        case '}':
        case ']':
            if (depth != 0)
                --depth;
            break;
        case ',':
        case ':':
            ++shape.values;
            break;
        case '-':
        case 'I':
        case 'N':
            for (std::string_view word : {"NaN", "Infinity", "-Infinity"}) {
                if (text.substr(at, word.size()) == word)
                    at += blemish(at, {word.size(), Blemish::Number}) - 1;
            }
            break;
        default:
            break;
        }
        ++at;
    }
    return shape;
}

} // namespace

JsonShape jsonShape(std::string_view text) {
    return walk(text, [](std::size_t, Blemish) {});
}

void tidyJson(std::string &text) {
    const std::string_view view = text;
    walk(view, [&](std::size_t at, Blemish found) {
        if (found.kind == Blemish::Byte) {
            text[at] = '?';
        } else if (found.kind == Blemish::Surrogate) {
            text.replace(at, 6, "\\ufffd");
        } else {
            text.replace(at, found.length, found.length, ' ');
            text[at] = '"';
            text[at + 1] = '"';
        }
    });
}

} // namespace ra::ingest
