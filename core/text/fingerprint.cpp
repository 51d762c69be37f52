// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/characters.h"
#include "core/text/mask.h"
#include "core/text/templateset.h"
#include "core/text/traceback.h"

#include <algorithm>

namespace ra::text {

namespace {

/// The name of a file without what differs between machines: folders, and numbers of what has no file. Packages are
/// all called "__init__.py", there the folder counts.
std::string_view placeOf(std::string_view file) {
    if (file.starts_with('<'))
        return file.substr(0, std::min(file.find_first_of("0123456789"), file.size()));
    const std::size_t slash = file.find_last_of("/\\");
    const std::string_view name = file.substr(slash == std::string_view::npos ? 0 : slash + 1);
    if (!name.starts_with("__") || slash == std::string_view::npos || slash == 0)
        return name;
    const std::size_t before = file.find_last_of("/\\", slash - 1);
    return file.substr(before == std::string_view::npos ? 0 : before + 1);
}

/// What identifies a chain, as text: parts are separated by control characters, which names have not.
void describe(const std::vector<TraceException> &chain, std::string &out) {
    std::string masked;
    for (const TraceException &exception : chain) {
        out += static_cast<char>('0' + static_cast<int>(exception.link));
        out += exception.type;
        out += '\n';
        std::vector<std::pair<std::string_view, std::string_view>> seen; // a recursion counts once, however deep
        for (const TraceFrame &frame : exception.frames) {
            const std::pair<std::string_view, std::string_view> place(placeOf(frame.file), frame.function);
            if (std::find(seen.begin(), seen.end(), place) != seen.end())
                continue;
            seen.push_back(place);
            out.append(place.first).append("\t").append(place.second).append("\n");
        }
        if (exception.frames.empty() && exception.group.empty()) {
            maskLine(exception.message, masked);
            out.append(masked).append("\n");
        }
        std::vector<std::uint64_t> parts;
        for (const std::vector<TraceException> &part : exception.group) {
            std::string text;
            describe(part, text);
            parts.push_back(shapeHash(text));
        }
        std::sort(parts.begin(), parts.end());
        parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
        for (const std::uint64_t part : parts)
            out.append(idText(part)).append("\n");
    }
}

} // namespace

std::uint64_t fingerprint(const Traceback &traceback) {
    std::string text;
    describe(traceback.chain, text);
    return shapeHash(text);
}

} // namespace ra::text
