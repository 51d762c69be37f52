// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/bins.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace ra::query {

namespace {

double edgeOf(const Aggregate &aggregate, std::size_t i) {
    const auto bins = static_cast<double>(aggregate.bins);
    return i == static_cast<std::size_t>(aggregate.bins)
               ? aggregate.high
               : aggregate.low + (aggregate.high - aggregate.low) * static_cast<double>(i) / bins;
}

std::string textOf(double value) {
    std::array<char, 32> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return error == std::errc() ? std::string(buffer.data(), end) : std::string("null");
}

} // namespace

std::size_t binOf(const Aggregate &aggregate, double x) {
    const auto bins = static_cast<std::size_t>(aggregate.bins);
    if (x < aggregate.low)
        return bins;
    if (x > aggregate.high)
        return bins + 1;
    // Decided by the edges as they are told, whatever the division rounds to.
    auto bin =
        static_cast<std::size_t>((x - aggregate.low) / (aggregate.high - aggregate.low) * static_cast<double>(bins));
    bin = std::min(bin, bins - 1);
    while (bin > 0 && x < edgeOf(aggregate, bin))
        --bin;
    while (bin + 1 < bins && x >= edgeOf(aggregate, bin + 1))
        ++bin;
    return bin;
}

std::string histogramText(const Aggregate &aggregate, const std::vector<std::uint64_t> &counts, double divisor) {
    const auto bins = static_cast<std::size_t>(aggregate.bins);
    const std::vector<std::uint64_t> none(bins + 2);
    const std::vector<std::uint64_t> &all = counts.empty() ? none : counts;
    std::string edges;
    std::string texts;
    for (std::size_t i = 0; i <= bins; ++i) {
        edges += i == 0 ? "" : ",";
        edges += textOf(edgeOf(aggregate, i) / divisor);
        if (i == bins)
            break;
        texts += i == 0 ? "" : ",";
        texts += std::to_string(all[i]);
    }
    std::string json = R"({"edges":[)";
    json += edges;
    json += R"(],"counts":[)";
    json += texts;
    json += R"(],"below":)";
    json += std::to_string(all[bins]);
    json += R"(,"above":)";
    json += std::to_string(all[bins + 1]);
    json += '}';
    return json;
}

} // namespace ra::query
