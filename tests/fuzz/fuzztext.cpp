// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/errormodel.h"
#include "core/text/mask.h"
#include "core/text/templateminer.h"
#include "core/text/traceback.h"

#include <cmath>
#include <cstdlib>
#include <memory>
#include <vector>

using namespace ra::text;

namespace {

std::vector<std::string_view> linesOf(std::string_view bytes) {
    std::vector<std::string_view> lines;
    for (std::size_t begin = 0; begin < bytes.size();) {
        const std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
        lines.push_back(bytes.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

/// The state is the same whatever the order of the lines, and comes back from its bytes.
void mine(std::string_view bytes) {
    const std::vector<std::string_view> lines = linesOf(bytes);
    TemplateMiner forward({.shapesPerClass = 16});
    TemplateMiner backward({.shapesPerClass = 16});
    TemplateMiner shards[2] = {TemplateMiner({.shapesPerClass = 16}), TemplateMiner({.shapesPerClass = 16})};
    for (std::size_t i = 0; i < lines.size(); ++i) {
        forward.add(lines[i]);
        backward.add(lines[lines.size() - 1 - i]);
        shards[i % 2].add(lines[i]);
    }
    std::string state;
    std::string other;
    std::string merged;
    forward.serialise(state);
    backward.serialise(other);
    if (!shards[1].merge(shards[0]))
        std::abort();
    shards[1].serialise(merged);
    const auto again = TemplateMiner::deserialise(state);
    if (state != other || state != merged || !again)
        std::abort();
    const TemplateSet set = forward.templates();
    if (set.templates() != again->templates().templates())
        std::abort();
    std::string scratch;
    for (const std::string_view line : lines)
        static_cast<void>(set.find(line, scratch));
}

/// A traceback is read whatever surrounds it, and always to the same end.
void readTraceback(std::string_view bytes) {
    const auto trace = parseTraceback(bytes);
    if (trace && (trace->chain.empty() || fingerprint(*trace) != fingerprint(*parseTraceback(bytes))))
        std::abort();
    static_cast<void>(splitException(bytes));
}

void classify(std::string_view bytes) {
    static const ErrorModel model; // megabytes, too slow to make each time
    const auto scratch = std::make_unique<ErrorFeatures>();
    const ErrorVerdict verdict = model.classify(bytes, *scratch);
    if (!(verdict.probability >= 0 && verdict.probability <= 1))
        std::abort();
}

} // namespace

/// Any bytes as the states of a miner and of a model, as lines, as a traceback and as a message.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char *>(data), size);
    static_cast<void>(TemplateMiner::deserialise(bytes));
    static_cast<void>(ErrorModel::deserialise(bytes));
    if (RA_FORMAT == std::string_view("traceback")) {
        readTraceback(bytes);
        classify(bytes);
    } else {
        mine(bytes);
    }
    return 0;
}
