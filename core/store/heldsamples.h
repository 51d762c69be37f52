// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace ra::store {

/// What is told of one moment of a series.
struct SampleEntry {
    std::int64_t series = 0; ///< number of its row
    std::int64_t time = 0;   ///< nanoseconds since 1970
    double value = 0;
    bool ofWriting = false; ///< see Sample::timeIsOfWriting
};
using SampleEntries = std::vector<SampleEntry>;

/// Samples of logs that wait in memory to be stored, and what a transaction that may be rolled back has taken of them.
class HeldSamples {
public:
    using Clock = std::chrono::steady_clock;

    /// Lets `append(SampleEntries &)` add to the end of what is held of a log.
    template <typename Append>
    void hold(std::int64_t log, Append append) {
        const auto [held, isNew] = m_held.try_emplace(log);
        if (isNew)
            held->second.since = Clock::now();
        const std::size_t before = held->second.entries.size();
        append(held->second.entries);
        m_count += held->second.entries.size() - before;
    }
    /// All that is held of a log, which then is not held any more; it comes back by rolledBack().
    [[nodiscard]] SampleEntries take(std::int64_t log);

    /// A log of which something is held, or was to be; nothing if there is none.
    [[nodiscard]] std::optional<std::int64_t> anyLog() const;
    /// When the first of them has waited long enough; nothing if none is held. O(logs).
    [[nodiscard]] std::optional<Clock::time_point> until() const;
    /// Whether they are more than memory should be spent on.
    [[nodiscard]] bool areTooMany() const;

    /// The transaction was committed: what it took is stored.
    void committed();
    /// The transaction was rolled back: what it took is held again, and what it added to be held is not.
    void rolledBack();

private:
    struct Held {
        SampleEntries entries;
        std::size_t committed = 0; ///< of them; the rest goes with the transaction
        Clock::time_point since;
    };

    std::map<std::int64_t, Held> m_held;  ///< by log
    std::map<std::int64_t, Held> m_taken; ///< by this transaction
    std::size_t m_count = 0;              ///< of entries that are held
};

} // namespace ra::store
