// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

#include <optional>

namespace ra::ui {

/// How well typed letters fit a text, and which letters of the text they are.
struct FuzzyMatch {
    int score = 0; ///< more is better
    QList<int> positions;
};

/// The typed letters must occur in the text in their order, ignoring case and the typed blanks. Letters at the
/// beginning of words and letters in a row count more, gaps and a late start less. An empty pattern matches everything
/// with 0.
[[nodiscard]] std::optional<FuzzyMatch> fuzzyMatch(const QString &pattern, const QString &text);

} // namespace ra::ui
