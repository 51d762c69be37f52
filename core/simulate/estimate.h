// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/simulate/simulate.h"

namespace ra::simulate {

/// How long a history will be, so that it can be made to end now: its days, or, without any, what executions like its
/// own take one after the other, with a tenth and an hour added so that nothing happens in the future.
[[nodiscard]] Duration expectedLength(const SimulateConfig &config);

} // namespace ra::simulate
