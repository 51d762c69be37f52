// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/loglinesteps.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace ra::ui {

namespace {

class Assigner {
public:
    explicit Assigner(const Run &run)
        : m_run(run) {
        for (std::size_t i = 0; i < run.steps.size(); ++i) {
            m_byName[run.steps[i].name].push_back(static_cast<int>(i));
            if (run.steps[i].start)
                m_starts.emplace_back(*run.steps[i].start, static_cast<int>(i));
        }
        std::ranges::stable_sort(m_starts, {}, &std::pair<Time, int>::first);
    }

    [[nodiscard]] int stepOf(const query::LogLine &line) {
        if (!line.startsRecord)
            return m_last; // continues what stands above it
        m_last = assign(line);
        return m_last;
    }

private:
    int assign(const query::LogLine &line) {
        const std::string_view text = line.text;
        if (const std::size_t at = text.find("tep '"); at != std::string_view::npos && at > 0) {
            std::size_t end = 0;
            if (const int named = stepNamedAt(text, at + 5, end); named >= 0) {
                const std::string_view rest = text.substr(end);
                const bool ends = rest.starts_with("' completed successfully") || rest.starts_with("' failed: ");
                m_current = ends ? -1 : named;
                m_next = std::max(m_next, ends ? named + 1 : named);
                return named;
            }
        }
        if (text.find("Recipe execution ") != std::string_view::npos) {
            m_current = -1;
            return -1;
        }
        if (text.find("Starting execution of ") != std::string_view::npos && m_current < 0)
            m_current = nextExecuted();
        if (m_current >= 0)
            return m_current;
        return line.time ? stepAt(*line.time) : -1;
    }

    /// The step whose name stands at `at` and is followed by a quote. Names may hold quotes themselves: the longest
    /// that fits wins. Of several steps of one name the next one not passed yet.
    int stepNamedAt(std::string_view text, std::size_t at, std::size_t &end) const {
        for (std::size_t quote = text.find('\'', at); quote != std::string_view::npos;
             quote = text.find('\'', quote + 1)) {
            const auto found = m_byName.find(std::string(text.substr(at, quote - at)));
            if (found == m_byName.end())
                continue;
            end = quote;
            const auto next = std::ranges::lower_bound(found->second, m_next);
            return next != found->second.end() ? *next : found->second.back();
        }
        return -1;
    }

    [[nodiscard]] int nextExecuted() const {
        for (auto i = static_cast<std::size_t>(m_next); i < m_run.steps.size(); ++i) {
            const StepStatus status = m_run.steps[i].status;
            if (status != StepStatus::Skipped && status != StepStatus::NotReached)
                return static_cast<int>(i);
        }
        return -1;
    }

    [[nodiscard]] int stepAt(Time time) const {
        const auto after = std::ranges::upper_bound(m_starts, time, {}, &std::pair<Time, int>::first);
        if (after == m_starts.begin())
            return -1;
        const int index = std::prev(after)->second;
        const Step &step = m_run.steps[static_cast<std::size_t>(index)];
        return index + 1 < m_next || (step.end && *step.end + m_run.resolution < time) ? -1 : index;
    }

    const Run &m_run;
    std::unordered_map<std::string, std::vector<int>> m_byName;
    std::vector<std::pair<Time, int>> m_starts;
    int m_current = -1;
    int m_next = 0; ///< steps before it have ended
    int m_last = -1;
};

} // namespace

std::vector<int> stepsOfLines(const Run &run, const std::vector<query::LogLine> &lines) {
    Assigner assigner(run);
    std::vector<int> steps;
    steps.reserve(lines.size());
    for (const query::LogLine &line : lines)
        steps.push_back(assigner.stepOf(line));
    return steps;
}

} // namespace ra::ui
