// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/text/errormodel.h"

namespace ra::text {

/// The model that comes with the program, trained from resources/errors when the program was built. Reads its bytes at
/// each call, which takes about a millisecond.
[[nodiscard]] ErrorModel shippedErrorModel();

} // namespace ra::text
