// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/liveboard.h"

#include <algorithm>

namespace ra::live {

namespace {

constexpr auto rateWindow = std::chrono::seconds(5);

std::string firstBytes(std::string_view text, std::size_t most) {
    if (text.size() <= most)
        return std::string(text);
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80)
        --most; // not inside a UTF-8 sequence
    return std::string(text.substr(0, most));
}

} // namespace

void LiveBoard::apply(const ingest::Batch &batch, Time arrival) {
    for (const ingest::RunChange &change : batch.runs) {
        if (!change.standsAlone || change.run.id.empty())
            continue;
        const auto known = m_runs.find(change.run.id);
        if (change.withdrawn) {
            if (known != m_runs.end())
                m_runs.erase(known);
            ++m_version;
            continue;
        }
        // What ended long before it was read is history, not live.
        const bool old =
            isFinal(change.run.status) && change.run.end && arrival - *change.run.end > std::chrono::minutes(30);
        if (known == m_runs.end() && (old || change.headless))
            continue;
        Entry &entry = known == m_runs.end() ? m_runs[change.run.id] : known->second;
        if (entry.steps.size() > change.firstStep)
            entry.steps.resize(change.firstStep);
        entry.steps.insert(entry.steps.end(), change.run.steps.begin(), change.run.steps.end());
        entry.facts = change.run;
        entry.facts.steps.clear();
        entry.changed = arrival;
        describe(entry);
        m_askSoon = m_askSoon || !m_asked.contains(entry.run.recipe);
    }
    if (!batch.runs.empty()) {
        ++m_version;
        if (!m_oldestUnseen)
            m_oldestUnseen = arrival;
        forgetOldest();
    }
}

void LiveBoard::resume(const std::vector<const Run *> &running, Time when) {
    ingest::Batch batch;
    for (const Run *run : running) {
        if (run->status != RunStatus::Running || run->id.empty() || m_runs.contains(run->id))
            continue;
        ingest::RunChange change;
        change.run = *run;
        batch.runs.push_back(std::move(change));
    }
    apply(batch, when);
}

void LiveBoard::describe(Entry &entry) {
    const Run &facts = entry.facts;
    LiveRun &live = entry.run;
    live.id = facts.id;
    live.recipe = facts.recipe;
    live.recipePath = facts.recipePath;
    live.status = facts.status;
    live.start = facts.start.value_or(entry.changed);
    live.resolution = facts.resolution;
    live.end = facts.end;
    live.failedSteps = facts.failedSteps;
    live.totalSteps = facts.totalSteps;
    const auto recipe = m_recipes.find(facts.recipePath);
    if (!live.totalSteps && recipe != m_recipes.end())
        live.totalSteps = static_cast<int>(recipe->second.size());
    live.stepIndex = static_cast<int>(entry.steps.size());
    live.step.clear();
    live.attempt = 1;
    if (!entry.steps.empty()) {
        const Step &last = entry.steps.back();
        live.attempt = last.attemptCount;
        live.step = nameOf(entry, entry.steps.size() - 1);
        if (live.step.empty())
            live.step = last.className;
    }
    live.basisRuns.reset();
    if (const auto history = m_histories.find(live.recipe); history != m_histories.end())
        live.basisRuns = history->second.runs;
    ++live.version;
}

void LiveBoard::takeLastLines(const ingest::Batch &batch, std::uint64_t offset, std::string_view text) {
    for (const ingest::RunChange &change : batch.runs) {
        const auto known = m_runs.find(change.run.id);
        if (known == m_runs.end())
            continue;
        const auto own = std::find_if(change.spans.rbegin(), change.spans.rend(), [](const ingest::LineSpan &span) {
            return span.length > 0 && span.certainty != ingest::Certainty::Possible;
        });
        if (own == change.spans.rend() || own->offset < offset || own->offset + own->length > offset + text.size())
            continue;
        std::string_view lines = text.substr(own->offset - offset, own->length);
        while (!lines.empty() && (lines.back() == '\n' || lines.back() == '\r'))
            lines.remove_suffix(1);
        const std::size_t before = lines.rfind('\n');
        if (!lines.empty())
            known->second.run.lastLine =
                firstBytes(before == std::string_view::npos ? lines : lines.substr(before + 1), 500);
    }
}

void LiveBoard::addLines(std::string_view text, Time arrival) {
    std::uint64_t lines = 0;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        if (!line.empty())
            m_tail.emplace_back(arrival, firstBytes(line, 500));
        ++lines;
        if (end == std::string_view::npos)
            break;
        text.remove_prefix(end + 1);
    }
    while (m_tail.size() > maxTail)
        m_tail.pop_front();
    m_rate.emplace_back(arrival, lines);
    while (arrival - m_rate.front().first > rateWindow) // perhaps nobody ever asks for a snapshot
        m_rate.pop_front();
    ++m_version;
    if (!m_oldestUnseen)
        m_oldestUnseen = arrival;
}

bool LiveBoard::markAbandoned(const std::vector<std::string> &runIds, Time when) {
    bool changed = false;
    for (const std::string &id : runIds) {
        const auto found = m_runs.find(id);
        if (found == m_runs.end() || found->second.facts.status != RunStatus::Running)
            continue;
        found->second.facts.status = RunStatus::Abandoned;
        found->second.facts.end = found->second.changed;
        found->second.changed = when;
        describe(found->second);
        changed = true;
    }
    if (changed)
        ++m_version;
    return changed;
}

void LiveBoard::setHistory(const std::string &recipe, query::RecipeHistory history) {
    const query::RecipeHistory &known = m_histories[recipe] = std::move(history);
    for (auto &[id, entry] : m_runs) {
        if (entry.run.recipe == recipe) {
            entry.run.basisRuns = known.runs;
            ++entry.run.version;
        }
    }
    ++m_version;
}

void LiveBoard::setRecipe(const std::string &recipe, std::vector<std::string> stepNames) {
    m_recipes[recipe] = std::move(stepNames);
    for (auto &[id, entry] : m_runs) {
        if (entry.facts.recipePath == recipe)
            describe(entry);
    }
    ++m_version;
}

std::vector<std::string> LiveBoard::recipesToAskAbout(Time when) {
    std::vector<std::string> recipes;
    // Asked after every batch: only a recipe that is new, or time, makes it worth to look at all runs.
    if (!m_askSoon && m_lastAsked && when - *m_lastAsked < std::chrono::seconds(1))
        return recipes;
    m_askSoon = false;
    m_lastAsked = when;
    for (const auto &[id, entry] : m_runs) {
        if (entry.run.status != RunStatus::Running)
            continue;
        const auto [asked, first] = m_asked.try_emplace(entry.run.recipe, when);
        if (!first && when - asked->second < std::chrono::seconds(30))
            continue;
        asked->second = when;
        recipes.push_back(entry.run.recipe);
    }
    return recipes;
}

/// Where the rest of the run begins in the history, which has no place for steps that never completed: its steps are
/// found by their names, one after the other, so that of several of one name the next is meant. None: too little of the
/// history fits.
std::optional<LiveBoard::StepsLeft> LiveBoard::firstStepLeft(const Entry &entry, const query::RecipeHistory &history,
                                                             std::size_t ended) const {
    const auto &medians = history.stepMedians;
    if (medians.empty())
        return std::nullopt;
    std::size_t from = 0; // the first step of the history that none of the run's was found to be
    std::size_t found = 0;
    const auto find = [&](std::size_t index) {
        const std::string_view name = nameOf(entry, index);
        const auto at = std::find_if(medians.begin() + static_cast<std::ptrdiff_t>(from), medians.end(),
                                     [&](const auto &median) { return !name.empty() && median.first == name; });
        return static_cast<std::size_t>(at - medians.begin());
    };
    for (std::size_t i = 0; i < ended; ++i) {
        if (const std::size_t at = find(i); at < medians.size()) {
            from = at + 1;
            ++found;
        }
    }
    if (ended > 0 && found == 0)
        return std::nullopt; // another recipe by now
    if (ended == entry.steps.size() || nameOf(entry, ended).empty())
        return StepsLeft{from, true}; // the next one, whatever it is called
    const std::size_t at = find(ended);
    return at < medians.size() ? StepsLeft{at, true} : StepsLeft{from, false};
}

/// Of a step; from the recipe where the log does not say it yet, as steps run in its order. Empty: unknown.
std::string_view LiveBoard::nameOf(const Entry &entry, std::size_t index) const {
    if (!entry.steps[index].name.empty())
        return entry.steps[index].name;
    const auto recipe = m_recipes.find(entry.facts.recipePath);
    return recipe != m_recipes.end() && index < recipe->second.size() ? std::string_view(recipe->second[index])
                                                                      : std::string_view();
}

std::optional<Estimate> LiveBoard::estimate(const Entry &entry, Time when) const {
    const auto found = m_histories.find(entry.run.recipe);
    if (entry.run.status != RunStatus::Running || found == m_histories.end())
        return std::nullopt;
    const query::RecipeHistory &history = found->second;
    if (history.runs < leastBasis || history.median <= Duration::zero())
        return std::nullopt;
    Estimate result;
    result.basisRuns = history.runs;
    result.spread = history.spread;
    const Duration elapsed = std::max(Duration::zero(), when - entry.run.start);
    // What is left: the usual time of each step that has not ended, less what the one in progress has used.
    Duration left{};
    const std::size_t ended =
        entry.steps.empty() ? 0 : entry.steps.size() - (entry.steps.back().status == StepStatus::Running);
    if (const auto next = firstStepLeft(entry, history, ended)) {
        const auto &medians = history.stepMedians;
        for (std::size_t i = next->from; i < medians.size(); ++i)
            left += medians[i].second;
        const Time begun = ended == 0                   ? entry.run.start
                           : entry.steps[ended - 1].end ? *entry.steps[ended - 1].end
                                                        : entry.run.start;
        const Duration used = std::max(Duration::zero(), when - begun);
        const Duration usual =
            next->isUnderWay && next->from < medians.size() ? medians[next->from].second : Duration{};
        left -= std::min(used, usual);
    } else {
        left = std::max(Duration::zero(), history.median - elapsed);
    }
    result.remaining = left;
    const double whole = toSeconds(elapsed + left);
    result.progress = whole > 0 ? std::clamp(toSeconds(elapsed) / whole, 0.0, 0.99) : 0;
    result.ratio = toSeconds(elapsed) / toSeconds(history.median);
    result.slower = result.ratio > 1 + history.spread && elapsed > std::chrono::seconds(1);
    return result;
}

void LiveBoard::forgetOldest() {
    constexpr std::size_t atOnce = maxFinished / 4;
    if (m_runs.size() < m_kept + atOnce)
        return; // not at every change: so few cannot be too many
    m_kept = m_runs.size();
    std::vector<std::pair<Time, std::string>> finished;
    for (const auto &[id, entry] : m_runs) {
        if (isFinal(entry.run.status))
            finished.emplace_back(entry.changed, id);
    }
    if (finished.size() <= maxFinished)
        return;
    std::sort(finished.begin(), finished.end());
    for (std::size_t i = 0; i < finished.size() - maxFinished; ++i)
        m_runs.erase(finished[i].second);
    m_kept = m_runs.size();
}

std::shared_ptr<const LiveSnapshot> LiveBoard::snapshot(Time when) {
    auto result = std::make_shared<LiveSnapshot>();
    result->version = m_version;
    result->taken = when;
    // Pointers are put in order and each run is copied once: this happens at display rate with a thousand runs.
    std::vector<const Entry *> order;
    order.reserve(m_runs.size());
    for (const auto &[id, entry] : m_runs)
        order.push_back(&entry);
    std::sort(order.begin(), order.end(), [](const Entry *a, const Entry *b) {
        const LiveRun &x = a->run;
        const LiveRun &y = b->run;
        const bool runsX = x.status == RunStatus::Running;
        const bool runsY = y.status == RunStatus::Running;
        if (runsX != runsY)
            return runsX;
        const Time keyX = runsX ? x.start : x.end.value_or(x.start);
        const Time keyY = runsY ? y.start : y.end.value_or(y.start);
        return keyX != keyY ? keyX > keyY : x.id < y.id;
    });
    // A failure must not pass unseen below a screenful of running executions.
    const auto failed = [&](const Entry *entry) {
        const LiveRun &run = entry->run;
        return isFinal(run.status) && run.status != RunStatus::Completed && run.status != RunStatus::Cancelled &&
               when - run.end.value_or(run.start) < std::chrono::minutes(10);
    };
    auto top = order.begin();
    for (auto run = top; run != order.end() && top - order.begin() < topFailures; ++run) {
        if (failed(*run)) {
            std::rotate(top, run, run + 1);
            ++top;
        }
    }
    result->runs.reserve(order.size());
    for (const Entry *entry : order) {
        result->runs.push_back(entry->run);
        result->runs.back().estimate = estimate(*entry, when);
    }
    result->tail.assign(m_tail.begin(), m_tail.end());
    result->sources = m_sources;
    result->notice = m_notice;
    while (!m_rate.empty() && when - m_rate.front().first > rateWindow)
        m_rate.pop_front();
    std::uint64_t lines = 0;
    for (const auto &[time, count] : m_rate)
        lines += count;
    result->linesPerSecond = static_cast<double>(lines) / toSeconds(rateWindow);
    result->lag = m_oldestUnseen ? std::max(Duration::zero(), when - *m_oldestUnseen) : Duration::zero();
    m_oldestUnseen.reset();
    return result;
}

} // namespace ra::live
