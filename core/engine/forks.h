// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/writerthread.h"
#include "core/ingest/recipebook.h"

#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ra::engine {

/// The recipes of runs that share a runner name, by the names of their files: what is learnt of one of them may tell
/// such runs apart.
class ForkedRecipes {
public:
    void note(std::span<const ingest::ForkRecord> forks);
    [[nodiscard]] bool contains(std::string_view recipePath) const;

private:
    std::set<std::string, std::less<>> m_fileNames;
};

/// All runs that share a runner name in the store, without ForkRecord::data. Asks the store on the writer thread and
/// waits for it.
[[nodiscard]] Result<std::vector<ingest::ForkRecord>> storedForks(WriterThread &writer);

/// Tells runs that share a runner name apart anew where the book knows something else of their recipes than when that
/// was decided last: the result is what it would be had the recipes been known from the start. To be committed as it
/// is. Runs without an end whose process is gone are abandoned. Asks the store on the writer thread and waits for it.
[[nodiscard]] Result<std::vector<ingest::Batch>> resolveForksAnew(WriterThread &writer, const ingest::RecipeBook &book);

} // namespace ra::engine
