// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/merge.h"
#include "core/ingest/stepalign.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string_view>

namespace ra::ingest {

namespace {

using std::chrono::milliseconds;

Duration apart(Time x, Time y) {
    return x > y ? x - y : y - x;
}

std::string_view fileName(std::string_view path) {
    const auto slash = path.find_last_of('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// Agreement of the steps: -1 for a contradiction, else the number of steps that both have.
int stepAgreement(const Run &x, const Run &y) {
    const std::vector<int> match = alignSteps(x.steps, y.steps);
    int both = 0;
    std::set<std::string_view> named;
    for (const Step &step : x.steps)
        named.insert(step.name);
    for (std::size_t j = 0; j < y.steps.size(); ++j) {
        if (match[j] >= 0)
            ++both;
        else if (!y.steps[j].name.empty() && named.contains(y.steps[j].name) && y.steps[j].duration) {
            // Both know a step of that name, and it is not the same execution.
            const auto other =
                std::find_if(x.steps.begin(), x.steps.end(), [&](const Step &s) { return s.name == y.steps[j].name; });
            const int index = static_cast<int>(other - x.steps.begin());
            if (contradict(*other, y.steps[j]) && std::find(match.begin(), match.end(), index) == match.end())
                return -1;
        }
    }
    return both;
}

bool sameMoment(const Run &x, const Run &y, Duration tolerance) {
    if (!x.start || !y.start)
        return true;
    return apart(*x.start, *y.start) <= tolerance;
}

/// Whether `later` is the rest of `earlier`: the runner went on in a source that was truncated or renamed under it.
bool continues(const Sighting &earlier, const Sighting &later) {
    if (!later.headless || earlier.headless || earlier.run.duration)
        return false;
    const Time first = later.run.start.value_or(later.run.end.value_or(Time{}));
    return !earlier.run.start || !later.run.end || *later.run.end + std::chrono::seconds(1) >= *earlier.run.start ||
           first >= *earlier.run.start;
}

int textAgreement(const Sighting &a, const Sighting &b) {
    const Run &x = a.run;
    const Run &y = b.run;
    if (x.runner != y.runner)
        return 0;
    if (!a.headless && !b.headless && (x.recipePath != y.recipePath || !sameMoment(x, y, milliseconds(1'100))))
        return 0;
    if (!x.thread.empty() && !y.thread.empty() && x.thread != y.thread)
        return 0;
    if (x.duration && y.duration &&
        (*x.duration != *y.duration || x.completedSteps != y.completedSteps || x.totalSteps != y.totalSteps))
        return 0;
    if ((a.headless || b.headless) && !a.run.duration && !b.run.duration && a.sourceId != b.sourceId &&
        x.steps.empty() && y.steps.empty())
        return 0;
    if (a.headless != b.headless && !continues(a.headless ? b : a, a.headless ? a : b)) {
        // A source that lost its beginning still ends at the same moment.
        if (!x.end || !y.end || apart(*x.end, *y.end) > milliseconds(1'100))
            return 0;
    }
    const bool refusedX = x.status == RunStatus::Rejected;
    const bool refusedY = y.status == RunStatus::Rejected;
    if (refusedX != refusedY && isFinal(x.status) && isFinal(y.status))
        return 0;
    const int steps = stepAgreement(x, y);
    if (steps < 0)
        return 0;
    return 10 + 5 * steps + (x.duration && y.duration ? 100 : 0) + (x.start == y.start ? 20 : 0) +
           (x.id == y.id ? 1 : 0);
}

/// A document beside a text log or another document.
int documentAgreement(const Sighting &a, const Sighting &b) {
    const Run &x = a.run;
    const Run &y = b.run;
    if (x.recipePath.empty() || y.recipePath.empty()) {
        if (x.recipe.empty() || x.recipe != y.recipe)
            return 0;
    } else if (fileName(x.recipePath) != fileName(y.recipePath)) {
        return 0;
    }
    if (a.headless || b.headless)
        return 0;
    const bool bothStart = x.start && y.start;
    if (bothStart) {
        // The Starting line is written before the result's clock starts: loading the recipe lies between.
        const Duration tolerance = isText(a) == isText(b) ? Duration(milliseconds(1)) : Duration(milliseconds(4'000));
        if (!sameMoment(x, y, tolerance))
            return 0;
        if (isText(a) && *x.start > *y.start + milliseconds(50))
            return 0;
        if (isText(b) && *y.start > *x.start + milliseconds(50))
            return 0;
    }
    if (x.duration && y.duration && !sameDuration(*x.duration, *y.duration))
        return 0;
    const bool refused = x.status == RunStatus::Rejected && y.status == RunStatus::Rejected;
    if ((x.status == RunStatus::Rejected) != (y.status == RunStatus::Rejected))
        return 0;
    if (refused && !x.errors.empty() && !y.errors.empty() && x.errors.front() != y.errors.front() &&
        x.errors.front().find(y.errors.front()) == std::string::npos &&
        y.errors.front().find(x.errors.front()) == std::string::npos)
        return 0;
    if (!refused && !bothStart && !(x.duration && y.duration))
        return 0;
    if (x.totalSteps && y.totalSteps && *x.totalSteps != *y.totalSteps)
        return 0;
    if (x.totalSteps && y.totalSteps && x.duration && y.duration && x.completedSteps != y.completedSteps)
        return 0;
    const int steps = stepAgreement(x, y);
    if (steps < 0)
        return 0;
    int score = 10 + 5 * steps + (x.duration && y.duration ? 40 : 0) + (bothStart ? 40 : 0);
    if (bothStart) // the nearer of several that fit
        score -= static_cast<int>(apart(*x.start, *y.start) / milliseconds(200));
    return std::max(1, score);
}

} // namespace

int agreement(const Sighting &x, const Sighting &y) {
    if (x.sourceId == y.sourceId &&
        !(isText(x) && isText(y) && x.headless != y.headless && continues(x.headless ? y : x, x.headless ? x : y)))
        return 0;
    return isText(x) && isText(y) ? textAgreement(x, y) : documentAgreement(x, y);
}

} // namespace ra::ingest
