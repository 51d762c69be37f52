// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/merge.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <set>
#include <string_view>

namespace ra::ingest {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

Duration apart(Time x, Time y) {
    return x > y ? x - y : y - x;
}

bool sameDuration(Duration x, Duration y) {
    // Logs round to a millisecond.
    return (x > y ? x - y : y - x) <= microseconds(1'600);
}

std::string_view fileName(std::string_view path) {
    const auto slash = path.find_last_of('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool isText(const Sighting &s) {
    return s.run.runner != 0;
}

/// Two step facts that cannot be of one execution of the step.
bool contradict(const Step &x, const Step &y) {
    const bool ended = x.status != StepStatus::Running && y.status != StepStatus::Running;
    const bool certain = x.status != StepStatus::Interrupted && y.status != StepStatus::Interrupted;
    if (ended && certain && x.status != y.status)
        return true;
    return x.duration && y.duration && !sameDuration(*x.duration, *y.duration);
}

/// A name as an ASCII host writes it: what is beyond ASCII with a backslash.
std::string escaped(std::string_view name) {
    static constexpr char hex[] = "0123456789abcdef";
    std::string out;
    for (std::size_t i = 0; i < name.size();) {
        const auto c = static_cast<unsigned char>(name[i]);
        const std::size_t length = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
        if (length == 1 || i + length > name.size()) {
            out += name[i++];
            continue;
        }
        std::uint32_t code = length == 4 ? c & 0x07 : length == 3 ? c & 0x0F : c & 0x1F;
        for (std::size_t k = 1; k < length; ++k)
            code = (code << 6) | (static_cast<unsigned char>(name[i + k]) & 0x3F);
        i += length;
        const int digits = code < 0x100 ? 2 : code < 0x10000 ? 4 : 8;
        out += code < 0x100 ? "\\x" : code < 0x10000 ? "\\u" : "\\U";
        for (int d = digits - 1; d >= 0; --d)
            out += hex[(code >> (4 * d)) & 0xF];
    }
    return out;
}

bool sameName(const Step &x, const Step &y) {
    return x.name == y.name || escaped(x.name) == escaped(y.name);
}

/// For each step of `y` the step of `x` that it is, or -1: the longest common subsequence by name among steps that do
/// not contradict each other (sources lose lines, they do not reorder them).
std::vector<int> align(const std::vector<Step> &x, const std::vector<Step> &y) {
    std::vector<int> match(y.size(), -1);
    // The usual case first: one is the beginning of the other, or they are equal.
    std::size_t same = 0;
    while (same < x.size() && same < y.size() && sameName(x[same], y[same]) && !contradict(x[same], y[same]))
        match[same] = static_cast<int>(same), ++same;
    const std::size_t n = x.size() - same;
    const std::size_t m = y.size() - same;
    if (n == 0 || m == 0 || n * m > 25'000'000)
        return match;
    std::vector<std::uint32_t> length((n + 1) * (m + 1), 0);
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t & { return length[i * (m + 1) + j]; };
    const auto fits = [&](std::size_t i, std::size_t j) {
        return sameName(x[same + i], y[same + j]) && !contradict(x[same + i], y[same + j]);
    };
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t j = m; j-- > 0;)
            at(i, j) = fits(i, j) ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    }
    for (std::size_t i = 0, j = 0; i < n && j < m;) {
        if (fits(i, j) && at(i, j) == at(i + 1, j + 1) + 1)
            match[same + j++] = static_cast<int>(same + i++);
        else if (at(i + 1, j) >= at(i, j + 1))
            ++i;
        else
            ++j;
    }
    return match;
}

/// Agreement of the steps: -1 for a contradiction, else the number of steps that both have.
int stepAgreement(const Run &x, const Run &y) {
    const std::vector<int> match = align(x.steps, y.steps);
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

/// How much is known of a run's steps, and then what: sightings that are alike in everything else differ in which
/// attempts could be given to them.
auto knowledge(const Run &run) {
    std::size_t known = 0;
    std::string said;
    for (const Step &step : run.steps) {
        known += !step.name.empty() + !step.className.empty() + step.duration.has_value() + step.errors.size();
        said.append(step.name).append(1, '\0').append(step.className).append(1, '\0');
        for (const Attempt &attempt : step.attempts) {
            known += 1 + attempt.start.has_value() + attempt.duration.has_value() + attempt.success.has_value() +
                     attempt.exitCode.has_value() + !attempt.errorMessage.empty() + !attempt.traceback.empty();
            said.append(std::to_string(attempt.duration.value_or(Duration(-1)).count())).append(attempt.errorMessage);
        }
    }
    return std::pair(known, std::move(said));
}

/// Order that depends on what a sighting says, not on when it was read.
bool before(const Sighting &x, const Sighting &y) {
    if (x.headless != y.headless)
        return !x.headless;
    if (isText(x) != isText(y))
        return isText(x);
    if (x.run.steps.size() != y.run.steps.size())
        return x.run.steps.size() > y.run.steps.size();
    if (x.run.start != y.run.start)
        return x.run.start < y.run.start;
    if (x.run.end != y.run.end)
        return x.run.end < y.run.end;
    if (x.run.id != y.run.id)
        return x.run.id < y.run.id;
    const auto knownOfX = knowledge(x.run);
    const auto knownOfY = knowledge(y.run);
    if (knownOfX.first != knownOfY.first)
        return knownOfX.first > knownOfY.first;
    if (knownOfX.second != knownOfY.second)
        return knownOfX.second < knownOfY.second;
    if (x.firstOffset != y.firstOffset)
        return x.firstOffset < y.firstOffset;
    if (x.part != y.part)
        return x.part < y.part;
    return x.sourceId < y.sourceId;
}

template <typename T>
void fillIn(T &target, const T &other) {
    if (!target)
        target = other;
}

void mergeAttempt(Attempt &into, const Attempt &other) {
    fillIn(into.start, other.start);
    fillIn(into.duration, other.duration);
    fillIn(into.success, other.success);
    fillIn(into.exitCode, other.exitCode);
    if (into.errorMessage.empty() && into.traceback.empty() && into.success == other.success) {
        into.errorType = other.errorType;
        into.errorMessage = other.errorMessage;
        into.traceback = other.traceback;
    }
}

void mergeStep(Step &into, const Step &other, bool precise) {
    if (into.name.empty() || (escaped(into.name) == other.name && into.name == other.name) ||
        escaped(other.name) == into.name)
        into.name = other.name; // the unescaped spelling
    if (into.className.empty())
        into.className = other.className;
    if (into.status == StepStatus::Running || into.status == StepStatus::Interrupted) {
        into.status = other.status;
        into.end = other.end;
    }
    if (precise) {
        if (other.start)
            into.start = other.start;
        if (other.end)
            into.end = other.end;
        if (other.duration)
            into.duration = other.duration;
    }
    fillIn(into.start, other.start);
    fillIn(into.end, other.end);
    fillIn(into.duration, other.duration);
    fillIn(into.exitCode, other.exitCode);
    into.attemptCount = std::max(into.attemptCount, other.attemptCount);
    if (other.attempts.size() > into.attempts.size()) {
        into.attempts = other.attempts;
    } else if (other.attempts.size() == into.attempts.size()) {
        for (std::size_t i = 0; i < into.attempts.size(); ++i)
            mergeAttempt(into.attempts[i], other.attempts[i]);
    }
    if (other.errors.size() > into.errors.size())
        into.errors = other.errors;
}

void mergeSteps(std::vector<Step> &into, const std::vector<Step> &other, bool precise) {
    const std::vector<int> match = align(into, other);
    std::vector<Step> result;
    std::size_t taken = 0;
    for (std::size_t j = 0; j < other.size(); ++j) {
        if (match[j] < 0) {
            // A nameless step in this place (its own lines were lost) is what the other source knows by name.
            const bool fills = taken < into.size() && into[taken].name.empty() && !other[j].name.empty() &&
                               (into[taken].className.empty() || other[j].className.empty() ||
                                into[taken].className == other[j].className);
            if (!fills) { // before it stands what ended before it
                const auto next = std::find_if(match.begin() + static_cast<std::ptrdiff_t>(j), match.end(),
                                               [](int m) { return m >= 0; });
                const std::size_t limit = next == match.end() ? into.size() : static_cast<std::size_t>(*next);
                while (taken < limit && into[taken].end && other[j].end && *into[taken].end <= *other[j].end)
                    result.push_back(std::move(into[taken++]));
            }
            if (fills) {
                mergeStep(into[taken], other[j], precise);
                result.push_back(std::move(into[taken++]));
            } else {
                result.push_back(other[j]);
            }
            continue;
        }
        for (; taken < static_cast<std::size_t>(match[j]); ++taken)
            result.push_back(std::move(into[taken]));
        mergeStep(into[taken], other[j], precise);
        result.push_back(std::move(into[taken++]));
    }
    for (; taken < into.size(); ++taken)
        result.push_back(std::move(into[taken]));
    for (std::size_t i = 0; i < result.size(); ++i)
        result[i].index = static_cast<int>(i);
    into = std::move(result);
}

/// How much a status says: the runner's own word before what was inferred.
int weight(RunStatus status) {
    switch (status) {
    case RunStatus::Running:
        return 0;
    case RunStatus::Abandoned:
        return 1;
    case RunStatus::Interrupted:
    case RunStatus::Killed:
        return 2;
    case RunStatus::Cancelled:
        return 4;
    default:
        return 3;
    }
}

void mergeRun(Run &into, const Sighting &sighting) {
    const Run &other = sighting.run;
    const bool precise = other.resolution < into.resolution && other.start.has_value();
    const std::string kind = isText(sighting) ? "text" : "document";
    if (into.recipePath.empty()) {
        into.recipePath = other.recipePath;
        into.recipe = other.recipe;
        into.start = other.start;
    }
    if (precise) {
        into.start = other.start;
        into.resolution = other.resolution;
        if (other.end)
            into.end = other.end;
        if (other.duration)
            into.duration = other.duration;
        into.provenance.push_back("times=" + kind);
    }
    if (weight(other.status) > weight(into.status)) {
        into.status = other.status;
        if (!precise && other.end)
            into.end = other.end;
        into.completedSteps = other.completedSteps;
        into.failedSteps = other.failedSteps;
        into.provenance.push_back("status=" + kind);
    }
    fillIn(into.start, other.start);
    fillIn(into.end, other.end);
    fillIn(into.duration, other.duration);
    fillIn(into.totalSteps, other.totalSteps);
    into.completedSteps = std::max(into.completedSteps, other.completedSteps);
    into.skippedSteps = std::max(into.skippedSteps, other.skippedSteps);
    if (into.pid == 0)
        into.pid = other.pid;
    if (into.runner == 0) {
        into.runner = other.runner;
        into.executionId = other.executionId;
    }
    if (into.thread.empty())
        into.thread = other.thread;
    if (into.errors.empty())
        into.errors = other.errors;
    mergeSteps(into.steps, other.steps, precise);
    into.failedSteps = static_cast<int>(std::count_if(into.steps.begin(), into.steps.end(),
                                                      [](const Step &s) { return s.status == StepStatus::Failed; }));
    into.failedSteps = std::max(into.failedSteps, other.failedSteps);
    into.suspect = into.suspect || other.suspect;
    for (const std::string &note : other.notes) {
        const bool stillTrue = note != "first-line-missing" || into.recipePath.empty();
        if (stillTrue && std::find(into.notes.begin(), into.notes.end(), note) == into.notes.end())
            into.notes.push_back(note);
    }
}

} // namespace

int agreement(const Sighting &x, const Sighting &y) {
    if (x.sourceId == y.sourceId &&
        !(isText(x) && isText(y) && x.headless != y.headless && continues(x.headless ? y : x, x.headless ? x : y)))
        return 0;
    return isText(x) && isText(y) ? textAgreement(x, y) : documentAgreement(x, y);
}

std::vector<std::vector<std::size_t>> groupSightings(std::span<const Sighting> sightings) {
    std::vector<std::size_t> order(sightings.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [&](std::size_t x, std::size_t y) { return before(sightings[x], sightings[y]); });

    struct Pair {
        int score;
        std::size_t x, y; ///< positions in `order`
    };
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (std::size_t j = i + 1; j < order.size(); ++j) {
            if (const int score = agreement(sightings[order[i]], sightings[order[j]]); score > 0)
                pairs.push_back({score, i, j});
        }
    }
    std::stable_sort(pairs.begin(), pairs.end(), [](const Pair &a, const Pair &b) { return a.score > b.score; });

    std::vector<std::vector<std::size_t>> groups(order.size());
    std::vector<std::size_t> groupOf(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        groups[i] = {i};
        groupOf[i] = i;
    }
    for (const Pair &pair : pairs) {
        const std::size_t to = std::min(groupOf[pair.x], groupOf[pair.y]);
        const std::size_t from = std::max(groupOf[pair.x], groupOf[pair.y]);
        if (to == from)
            continue;
        const bool agree = std::all_of(groups[to].begin(), groups[to].end(), [&](std::size_t i) {
            return std::all_of(groups[from].begin(), groups[from].end(),
                               [&](std::size_t j) { return agreement(sightings[order[i]], sightings[order[j]]) > 0; });
        });
        if (!agree)
            continue;
        for (std::size_t member : groups[from])
            groupOf[member] = to;
        groups[to].insert(groups[to].end(), groups[from].begin(), groups[from].end());
        groups[from].clear();
    }
    std::vector<std::vector<std::size_t>> result;
    for (auto &group : groups) {
        if (group.empty())
            continue;
        std::sort(group.begin(), group.end());
        for (std::size_t &member : group)
            member = order[member];
        result.push_back(std::move(group));
    }
    return result;
}

Run mergeSightings(std::span<const Sighting> sightings) {
    std::vector<const Sighting *> order;
    for (const Sighting &sighting : sightings)
        order.push_back(&sighting);
    std::sort(order.begin(), order.end(), [](const Sighting *x, const Sighting *y) { return before(*x, *y); });
    Run run = order.front()->run;
    for (std::size_t i = 1; i < order.size(); ++i)
        mergeRun(run, *order[i]);
    return run;
}

} // namespace ra::ingest
