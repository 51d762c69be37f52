// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/ingest/record.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ra::ingest {

/// A runner record kept beyond its chunk: what is needed to tell forked runs apart later.
struct Fact {
    Record record; ///< its views are empty; use view()
    Time time{};
    std::string text;
    std::string rest;
    std::string thread;

    [[nodiscard]] static Fact of(const Record &record, Time time);
    [[nodiscard]] Record view() const;
};

/// The facts of one run in the order of their lines, side by side in one buffer: nearly every run ends without anybody
/// asking for them, so keeping one must cost a copy of its bytes and no allocation of its own.
class FactLog {
public:
    void add(const Record &record, Time time);
    void clear();
    /// Gives back what the buffer holds beyond the facts.
    void shrinkToFit() { m_bytes.shrink_to_fit(); }
    [[nodiscard]] std::size_t size() const { return m_count; }
    [[nodiscard]] bool isEmpty() const { return m_count == 0; }

    /// The facts with what the reading of runs asks for: not their logger, level and own reading of the clock.
    [[nodiscard]] std::vector<Fact> all() const;

private:
    template <typename Archive>
    friend void io(Archive &archive, FactLog &log);
    /// Whether the buffer holds so many facts and nothing else; it may come from a damaged file.
    [[nodiscard]] bool isWhole() const;

    std::string m_bytes;
    std::uint32_t m_count = 0;
};

} // namespace ra::ingest
