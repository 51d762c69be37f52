// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/fuzzy.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace ra::ui {

namespace {

constexpr int none = std::numeric_limits<int>::min() / 2;
constexpr int atWordStart = 8, inARow = 10, hit = 4, gap = -1, atTheVeryStart = 4;

bool startsWord(const QString &text, int at) {
    if (at == 0)
        return true;
    const QChar before = text[at - 1], here = text[at];
    return !before.isLetterOrNumber() || (before.isLower() && here.isUpper());
}

} // namespace

// The best alignment by dynamic programming: best[i][j] is the best score with letter i of the pattern at letter j of
// the text. Texts here are short (tens of letters), so that the square costs nothing, and the best is found rather than
// the first.
std::optional<FuzzyMatch> fuzzyMatch(const QString &pattern, const QString &text) {
    QString letters = pattern.toCaseFolded();
    letters.remove(QLatin1Char(' '));
    const QString folded = text.toCaseFolded();
    if (letters.isEmpty())
        return FuzzyMatch{};
    const int n = int(letters.size()), m = int(folded.size());
    if (n > m || folded.size() != text.size()) // a letter that folds to two: positions would lie
        return folded.contains(letters) ? std::optional<FuzzyMatch>(FuzzyMatch{1, {}}) : std::nullopt;

    std::vector<std::vector<int>> best(std::size_t(n), std::vector<int>(std::size_t(m), none));
    std::vector<std::vector<int>> from = best;
    for (int i = 0; i < n; ++i) {
        for (int j = i; j < m; ++j) {
            if (letters[i] != folded[j])
                continue;
            const int own = hit + (startsWord(text, j) ? atWordStart : 0) + (j == 0 ? atTheVeryStart : 0);
            auto &cell = best[std::size_t(i)][std::size_t(j)];
            if (i == 0) {
                cell = own + std::max(-6, j * gap);
                continue;
            }
            for (int k = i - 1; k < j; ++k) {
                const int before = best[std::size_t(i - 1)][std::size_t(k)];
                if (before == none)
                    continue;
                const int score = before + own + (k == j - 1 ? inARow : std::max(-6, (j - k - 1) * gap));
                if (score > cell) {
                    cell = score;
                    from[std::size_t(i)][std::size_t(j)] = k;
                }
            }
        }
    }
    const auto &last = best[std::size_t(n - 1)];
    const auto top = std::max_element(last.begin(), last.end());
    if (*top == none)
        return std::nullopt;
    FuzzyMatch match{*top, {}};
    for (int i = n - 1, j = int(top - last.begin()); i >= 0; j = from[std::size_t(i)][std::size_t(j)], --i)
        match.positions.prepend(j);
    return match;
}

} // namespace ra::ui
