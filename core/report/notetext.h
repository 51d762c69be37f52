// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"

#include <QString>

#include <vector>

namespace ra::report {

/// What is to be known about a run before its figures are trusted, a sentence each, for people: its notes, which are
/// codes for programs. A code that this version does not know is shown as it is, and said to be unknown; a run that
/// contradicts itself without a note gets a sentence too. Empty for a run without remarks.
[[nodiscard]] std::vector<QString> noteSentences(const Run &run);

} // namespace ra::report
