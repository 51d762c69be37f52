// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/sharedboard.h"

#include <algorithm>
#include <utility>

namespace ra::engine {

namespace {

constexpr std::size_t tailBytes = 16U << 10; ///< of a batch that the live view may show

} // namespace

void SharedBoard::setSources(std::size_t followed) {
    const std::lock_guard lock(m_mutex);
    m_board.setSources(static_cast<int>(followed));
}

void SharedBoard::setNotice(std::string notice) {
    const std::lock_guard lock(m_mutex);
    m_board.setNotice(std::move(notice));
}

void SharedBoard::open(std::size_t followed, const std::vector<const Run *> &running) {
    const std::lock_guard lock(m_mutex);
    m_board.setSources(static_cast<int>(followed));
    m_board.resume(running, now());
}

void SharedBoard::apply(const ingest::Batch &batch) {
    const std::lock_guard lock(m_mutex);
    m_board.apply(batch, now());
}

void SharedBoard::take(const ingest::Batch &batch, std::uint64_t offset, std::string_view raw,
                       const ingest::RecipeBook &book, Time arrival) {
    const std::lock_guard lock(m_mutex);
    for (const ingest::RunChange &change : batch.runs) {
        const std::string &path = change.run.recipePath;
        if (change.run.status != RunStatus::Running || m_knownRecipes.contains(path))
            continue;
        if (const Recipe *recipe = book.find(path); recipe != nullptr && !recipe->steps.empty()) {
            m_knownRecipes.insert(path);
            std::vector<std::string> names;
            for (const RecipeStep &step : recipe->steps)
                names.push_back(step.name);
            m_board.setRecipe(path, std::move(names));
        }
    }
    m_board.apply(batch, arrival);
    m_board.takeLastLines(batch, offset, raw);
    if (!raw.empty()) {
        if (raw.size() > tailBytes) {
            raw.remove_prefix(raw.size() - tailBytes);
            raw.remove_prefix(std::min(raw.find('\n'), raw.size() - 1) + 1);
        }
        m_board.addLines(raw, arrival);
    }
}

void SharedBoard::markAbandoned(const std::vector<std::string> &runIds) {
    const std::lock_guard lock(m_mutex);
    m_board.markAbandoned(runIds, now());
}

void SharedBoard::setHistory(const std::string &recipe, query::RecipeHistory history) {
    const std::lock_guard lock(m_mutex);
    m_board.setHistory(recipe, std::move(history));
}

std::vector<std::string> SharedBoard::recipesToAskAbout() {
    const std::lock_guard lock(m_mutex);
    return m_board.recipesToAskAbout(now());
}

std::shared_ptr<const live::LiveSnapshot> SharedBoard::snapshot() {
    const std::lock_guard lock(m_mutex);
    return m_board.snapshot(now());
}

} // namespace ra::engine
