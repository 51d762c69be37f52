// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/estimate.h"

#include "core/simulate/execution.h"

#include <algorithm>

namespace ra::simulate {

Duration expectedLength(const SimulateConfig &config) {
    if (config.days > 0)
        return durationFromSeconds(config.days * 86'400);
    constexpr int samples = 300;
    double seconds = 0;
    std::string text;
    Stamp stamp{Zone()};
    for (std::uint64_t i = 0; i < samples; ++i) {
        Execution execution(planRun(config, Moment{}, Random(config.seed, i + 16)), Marks{}, config.debugLines);
        seconds += toSeconds(execution.plannedDuration());
        Output out{text, text, stamp, config.debugLines};
        while (!execution.isDone())
            execution.perform({}, out);
    }
    auto executions = static_cast<double>(config.executions);
    if (config.targetBytes > 0 && !text.empty()) {
        const double fitting = static_cast<double>(config.targetBytes) * samples / static_cast<double>(text.size());
        executions = config.executions > 0 ? std::min(executions, fitting) : fitting;
    }
    const int lanes = std::max(1, config.concurrent);
    return durationFromSeconds(1.1 * seconds / samples * executions / lanes + 3600);
}

} // namespace ra::simulate
