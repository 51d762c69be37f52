// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/run.h"

#include <array>

namespace ra {

namespace {
constexpr std::array<std::string_view, runStatusCount> runWords = {"running",  "completed", "partial",     "failed",
                                                                   "rejected", "cancelled", "interrupted", "killed",
                                                                   "timeout",  "abandoned"};
constexpr std::array<std::string_view, stepStatusCount> stepWords = {"running", "completed",   "failed",
                                                                     "skipped", "interrupted", "not_reached"};

template <typename E, std::size_t N>
std::optional<E> find(const std::array<std::string_view, N> &words, std::string_view word) {
    for (std::size_t i = 0; i < N; ++i) {
        if (words[i] == word)
            return static_cast<E>(i);
    }
    return std::nullopt;
}
} // namespace

std::string_view toString(RunStatus status) {
    return runWords.at(static_cast<std::size_t>(status));
}

std::string_view toString(StepStatus status) {
    return stepWords.at(static_cast<std::size_t>(status));
}

std::optional<RunStatus> runStatusFromString(std::string_view word) {
    return find<RunStatus>(runWords, word);
}

std::optional<StepStatus> stepStatusFromString(std::string_view word) {
    return find<StepStatus>(stepWords, word);
}

std::string recipeNameFromPath(std::string_view path) {
    const auto slash = path.find_last_of("/\\");
    std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
    for (std::string_view extension : {".yaml", ".yml", ".json"}) {
        if (name.size() > extension.size() && name.ends_with(extension))
            return std::string(name.substr(0, name.size() - extension.size()));
    }
    return std::string(name);
}

} // namespace ra
