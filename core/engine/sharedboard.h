// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/recipebook.h"
#include "core/live/liveboard.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace ra::engine {

/// The live board between the threads that change it and those that look at it. May be called from any thread; a look
/// sees each call done or not begun. Moments are taken when the board is had, so that none is before what the board
/// knows already. See live::LiveBoard for what the calls mean.
class SharedBoard {
public:
    void setSources(std::size_t followed);
    void setNotice(std::string notice);
    /// A source was opened, the last one of so many, and goes on with these runs.
    void open(std::size_t followed, const std::vector<const Run *> &running);
    /// Takes what a batch says about runs.
    void apply(const ingest::Batch &batch);
    /// The same of a source that is read: with its newest lines, out of its bytes `raw` from `offset` on, and with the
    /// steps of recipes as far as the book knows them. `arrival` is when they were handed over.
    void take(const ingest::Batch &batch, std::uint64_t offset, std::string_view raw, const ingest::RecipeBook &book,
              Time arrival);
    void markAbandoned(const std::vector<std::string> &runIds);
    void setHistory(const std::string &recipe, query::RecipeHistory history);

    [[nodiscard]] std::vector<std::string> recipesToAskAbout();
    [[nodiscard]] std::shared_ptr<const live::LiveSnapshot> snapshot();

private:
    std::mutex m_mutex;
    live::LiveBoard m_board;              ///< guarded by m_mutex
    std::set<std::string> m_knownRecipes; ///< whose steps the board has; guarded by m_mutex
};

} // namespace ra::engine
