// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/decompressor.h"

#include <array>
#include <cstdint>
#include <cstdlib>

using namespace ra::ingest;

/// Any bytes as a compressed stream: every step goes on, or says that it cannot.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    std::span<const char> input(reinterpret_cast<const char *>(data), size);
    const auto decompressor = Decompressor::create(compressionOf({input.data(), input.size()}));
    if (!decompressor)
        return 0;
    std::array<char, 4096> output{};
    for (int steps = 0; steps < 1000; ++steps) {
        const Decompressor::Step step = decompressor->step(input, output);
        if (step.taken > input.size() || step.made > output.size())
            std::abort();
        input = input.subspan(step.taken);
        if (!step.damage.empty() || (input.empty() && step.made == 0))
            return 0;
    }
    return 0;
}
