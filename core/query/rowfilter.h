// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/fields.h"
#include "core/query/textsearch.h"
#include "core/query/words.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ra::query {

/// What a filter says of a row of which some values may not be known.
enum class Truth : std::uint8_t { False, True, Unknown };

/// A Filter made ready for rows. Not for several threads at a time: it remembers what it found of words.
class RowFilter {
public:
    /// What a filter looks at under a name.
    struct Operand {
        std::size_t slot = 0;
        ColumnType type = ColumnType::Number;
        double divisor = 1;
        bool isWeekday = false; ///< compared with "mon" to "sun" too
    };
    using Resolve = std::function<Result<Operand>(std::string_view name)>;

    /// Invalid: a field that there is not, or a comparison that the type of the field does not have.
    [[nodiscard]] static Result<RowFilter> make(const Filter &filter, const Resolve &resolve);

    /// Words give texts for the numbers in the row.
    [[nodiscard]] Truth test(const Row &row, const Words &words) const;
    [[nodiscard]] bool isEverything() const { return m_root.kind == Filter::Kind::Everything; }

private:
    struct Node {
        Filter::Kind kind = Filter::Kind::Everything;
        std::vector<Node> parts;
        Operand operand;
        Comparison comparison = Comparison::Equal;
        std::vector<double> numbers;
        std::vector<std::string> texts;
        std::optional<Needle> needle;
        mutable std::vector<std::int8_t> known; ///< by word: whether it matches; -1 if not looked at yet
    };
    [[nodiscard]] static Result<Node> node(const Filter &filter, const Resolve &resolve, int depth);
    [[nodiscard]] static Truth test(const Node &node, const Row &row, const Words &words);
    [[nodiscard]] static bool matches(const Node &node, const std::string &text);

    Node m_root;
};

/// Whether a text is like a pattern of SQL: % stands for any text, _ for one byte; letters of ASCII in either case.
/// O(text × pattern) at worst.
[[nodiscard]] bool isLike(std::string_view text, std::string_view pattern);

} // namespace ra::query
