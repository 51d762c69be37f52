// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/query/frame.h"
#include "core/query/question.h"

namespace ra::query {

/// The rows of an answer that Question::having lets through, by Question::order (then by the keys), without those
/// before offset and after limit. Missing values come last. Invalid: a column that there is not.
[[nodiscard]] Result<Frame> arrange(const Frame &frame, const Question &question);

} // namespace ra::query
