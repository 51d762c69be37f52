// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/text/templateset.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ra::text {

/// What a miner keeps and asks for. Only miners of the same options merge.
struct MinerOptions {
    /// Shapes kept in each of 256 classes; at least 16.
    std::uint32_t shapesPerClass = 1024;
    Evidence evidence = {};

    bool operator==(const MinerOptions &) const = default;
};

/// Finds the templates of log lines as they come.
///
/// A line is masked (mask.h) to its shape, and shapes are counted: a line of a known shape costs the masking and one
/// look-up, and no memory. Templates are made of the shapes when they are asked for (consolidate.h).
///
/// The state is a function of the lines as a multiset. In whatever order they come, in whatever shards they are mined
/// and merged, the templates, their ids and their counts are the same, and so they are after serialise() and
/// deserialise().
///
/// Memory is bounded: shapes fall into 256 classes by their first word and number of words, and in each class those
/// with the lowest hashes are kept, at most shapesPerClass. Which these are depends on the shapes alone, not on their
/// order, since of a class only shapes with hashes below 2^(64-n) are kept, n being the least for which they are few
/// enough. A class of so many shapes has places that vary without end, of which a sample shows enough. Lines of a
/// shape that is not kept are counted in linesBeyond(); TemplateSet::find() compares them with the templates.
class TemplateMiner {
public:
    explicit TemplateMiner(const MinerOptions &options = {});

    /// Counts a line as often as said. Its shape's hash, which TemplateSet::resolve() takes.
    std::uint64_t add(std::string_view line, std::uint64_t times = 1);
    /// Adds what another has seen; kind Invalid, and nothing changed, if the options differ.
    [[nodiscard]] Result<void> merge(const TemplateMiner &other);

    [[nodiscard]] const MinerOptions &options() const { return m_options; }
    [[nodiscard]] std::uint64_t lines() const { return m_lines; }
    /// Lines whose shape is not kept.
    [[nodiscard]] std::uint64_t linesBeyond() const;
    [[nodiscard]] std::size_t shapes() const { return m_shapes.size(); }

    /// The templates of all lines so far. O(shapes).
    [[nodiscard]] TemplateSet templates() const;

    /// Appends the state. Equal states give equal bytes.
    void serialise(std::string &out) const;
    /// The other way; kind Damaged for bytes that are no state of a miner.
    [[nodiscard]] static Result<TemplateMiner> deserialise(std::string_view bytes);

private:
    static constexpr std::size_t classes = 256;
    struct Kept {
        std::uint64_t hash = 0;
        std::uint64_t lines = 0;
        std::string masked;
    };

    void count(std::string_view masked, std::uint64_t hash, std::uint64_t times);
    void keep(std::string_view masked, std::uint64_t hash, std::uint64_t times);
    void thinOut(std::size_t ofClass);
    void index(std::size_t slots);

    MinerOptions m_options;
    std::uint64_t m_lines = 0;
    std::vector<Kept> m_shapes;
    std::vector<std::uint32_t> m_table; ///< open addressing: position in m_shapes plus one
    std::array<std::uint32_t, classes> m_keptOf{};
    std::array<std::uint8_t, classes> m_levelOf{}; ///< only hashes below 2^(64-level) are kept
    std::string m_scratch;
};

} // namespace ra::text
