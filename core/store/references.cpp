// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/references.h"

#include "core/store/statement.h"

#include <array>

namespace ra::store {

namespace {

constexpr std::array all = {
    Reference{"runs", "id", "recipe_id", "recipe", "recipes"},
    Reference{"runs", "id", "source_id", "source", "sources"},
    Reference{"runs", "id", "merged_into", "run", "runs"},
    Reference{"runs", "id", "first_error", "text of the first error", "texts"},
    Reference{"runs", "id", "execution_id", "text of the execution", "texts"},
    Reference{"runs", "id", "thread", "text of the thread", "texts"},
    Reference{"runs", "id", "notes", "text of the notes", "texts"},
    Reference{"runs", "id", "provenance", "text of the provenance", "texts"},
    Reference{"run_aliases", "id", "run", "run", "runs"},
    Reference{"steps", "id", "id >> 24", "run", "runs"},
    Reference{"steps", "id", "name", "text of the name", "texts"},
    Reference{"steps", "id", "class", "text of the class", "texts"},
    Reference{"attempts", "step_id", "step_id", "step", "steps"},
    Reference{"attempts", "step_id", "type", "text of the type", "texts"},
    Reference{"attempts", "step_id", "message", "text of the message", "texts"},
    Reference{"attempts", "step_id", "traceback", "text of the traceback", "texts"},
    Reference{"step_errors", "step_id", "step_id", "step", "steps"},
    Reference{"step_errors", "step_id", "message", "text of the message", "texts"},
    Reference{"run_errors", "run", "run", "run", "runs"},
    Reference{"run_errors", "run", "message", "text of the message", "texts"},
    Reference{"run_spans", "id", "id >> 24", "run", "runs"},
    Reference{"blocks", "id", "source_id", "source", "sources"},
    Reference{"block_times", "block", "block", "block", "blocks"},
    Reference{"forks", "id", "source_id", "source", "sources"},
    Reference{"rejected", "source_id", "source_id", "source", "sources"},
    Reference{"recipe_steps", "recipe_file_id", "recipe_file_id", "recipe file", "recipe_files"},
    Reference{"series", "id", "metric", "metric", "metrics"},
    Reference{"tail_samples", "series", "series", "series", "series"},
    Reference{"sample_claims", "series", "series", "series", "series"},
    Reference{"segments", "id", "series", "series", "series"},
    Reference{"sealed_rollups", "series", "series", "series", "series"},
    Reference{"kept_step_rollups", "recipe_id", "recipe_id", "recipe", "recipes"},
    Reference{"kept_step_rollups", "recipe_id", "step", "text of the step", "texts"},
    Reference{"gone_step_rollups", "recipe_id", "recipe_id", "recipe", "recipes"},
    Reference{"gone_step_rollups", "recipe_id", "step", "text of the step", "texts"},
};

} // namespace

std::span<const Reference> references() {
    return all;
}

std::string missingSql(const Reference &reference) {
    const std::string value = reference.value;
    return std::string("SELECT min(") + reference.key + "), " + value + " AS named FROM " + reference.table +
           " WHERE named IS NOT NULL AND NOT EXISTS (SELECT 1 FROM " + reference.target +
           " t WHERE t.id = named) GROUP BY named";
}

} // namespace ra::store
