// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/failure.h"

#include "core/text/mask.h"
#include "core/text/templateset.h"
#include "core/text/traceback.h"

namespace ra::text {

namespace {

/// The last line of what the head of a traceback was cut off from, or of a SyntaxError, which has none.
std::string_view lastOfFrames(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || !text.substr(first).starts_with("File \""))
        return {};
    const std::string_view whole = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
    return whole.substr(whole.rfind('\n') + 1);
}

/// Appends what was raised, or what is in it if it is a group. Groups are as deep as the traceback's reader lets them.
void tell(const TraceException &raised, int &left, std::string &out) {
    if (!raised.group.empty()) {
        for (const auto &chain : raised.group)
            tell(chain.back(), left, out);
        return;
    }
    if (left-- <= 0)
        return;
    if (!out.empty())
        out += "; ";
    out.append(raised.type).append(": ").append(raised.message);
}

std::uint64_t signatureOf(std::string_view message) {
    std::string masked;
    maskLine(message, masked);
    return shapeHash(masked);
}

} // namespace

Failure readFailure(std::string_view text) {
    Failure failure;
    if (const auto trace = parseTraceback(text)) {
        failure.exception = trace->raised().type;
        int left = groupMembersRead;
        tell(trace->raised(), left, failure.message);
        failure.signature = fingerprint(*trace);
        return failure;
    }
    const std::string_view last = lastOfFrames(text);
    const bool isCutOff = !splitException(last).type.empty();
    failure.message = isCutOff ? last : text;
    failure.exception = splitException(failure.message).type;
    failure.signature = signatureOf(failure.message);
    return failure;
}

} // namespace ra::text
