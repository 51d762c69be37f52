// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/openrun.h"

#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ra::ingest {

/// Runs to which a line that names no runner may belong, the last to speak first.
struct Candidates {
    /// Where they were looked for.
    enum class Among : std::uint8_t {
        Namesakes, ///< those that bear the name of the line's thread
        Threadless,
        All
    };
    Among among = Among::Threadless;
    std::vector<OpenRun *> awake;
    bool hasSilent = false;        ///< there are some that were silent for longer than rivalAge: probably dead
    std::vector<OpenRun *> silent; ///< filled by findSilent only, because there may be many

    static constexpr auto rivalAge = std::chrono::hours(6);
};

/// The runs of one source that are open, in the order in which they spoke last, and the names by which lines call
/// them. Runs with a final line stay until takeEnded(), because lines of theirs may follow it.
///
/// Where processes die without a word, runs stay open for ever: no more than maxOpen are kept, and a line is held
/// against no more than mostLookedAt of them, so that a line's cost is bounded.
class OpenRuns {
public:
    static constexpr std::size_t maxOpen = 10'000;
    static constexpr std::size_t mostLookedAt = 2'048;
    static constexpr std::size_t mostSilent = 64;

    OpenRuns() = default;
    ~OpenRuns() = default;
    OpenRuns(OpenRuns &&) noexcept = default;
    OpenRuns &operator=(OpenRuns &&) noexcept = default;
    OpenRuns(const OpenRuns &) = delete;
    OpenRuns &operator=(const OpenRuns &) = delete;

    /// The run that lines of that runner mean. Null: none.
    [[nodiscard]] OpenRun *byRunner(std::uint64_t runner) const;
    [[nodiscard]] bool hasThreads() const { return !m_byThread.empty(); }
    [[nodiscard]] bool isFull() const { return m_runs.size() >= maxOpen; }

    /// Takes a run, which has spoken last and which its runner's name means from now on. The reference stays valid
    /// until the run is taken out.
    OpenRun &add(OpenRun run);
    /// Lets the thread that the run bears mean it.
    void nameThread(OpenRun &run);
    /// Its thread, if it has one, does not mean the run any more.
    void forgetThread(OpenRun &run);
    /// The run, one of these, has spoken.
    void spoke(OpenRun &run);
    /// Its final line has come.
    void hasEnded(OpenRun &run);

    /// Takes the run out.
    [[nodiscard]] OpenRun take(OpenRun &run);
    /// Takes out those with a final line, as `give` gets them.
    void takeEnded(const std::function<void(OpenRun &)> &give);
    /// The one that was silent for the longest. Not for none.
    [[nodiscard]] OpenRun &quietest() { return m_runs.front(); }

    /// Finds the candidates for a line of `time` with the thread's name `thread`, or none, but for the silent ones. The
    /// memory of `candidates` is used again.
    void findAwake(std::string_view thread, Time time, Candidates &candidates);
    /// Adds the silent ones for the same line.
    void findSilent(std::string_view thread, Time time, Candidates &candidates);

    /// The quietest first.
    void each(const std::function<void(OpenRun &)> &visit);
    void each(const std::function<void(const OpenRun &)> &visit) const;

    /// Position of a run, for saving what points to it; -1 for none.
    [[nodiscard]] std::int64_t positionOf(const OpenRun *run) const;
    [[nodiscard]] OpenRun *at(std::int64_t position);

    template <typename Archive>
    friend void io(Archive &archive, OpenRuns &runs);

private:
    /// A run that knows where it stands.
    struct Held : OpenRun {
        std::list<Held>::iterator place;
        bool inByThread = false;
    };
    /// Looks texts up by views of them.
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };

    void forgetRunner(const OpenRun &run);
    /// Goes through those among which the candidates are, the last to speak first, until `take` says that it has
    /// enough.
    template <typename Take>
    void walk(Candidates::Among among, std::string_view thread, Take take);

    std::list<Held> m_runs; ///< by when they spoke last; a list, because each line moves one
    std::size_t m_ended = 0;
    std::unordered_map<std::uint64_t, OpenRun *> m_byRunner;
    /// Those without an end, by when they spoke last; threads of several processes may have one name.
    std::unordered_map<std::string, std::vector<OpenRun *>, TextHash, std::equal_to<>> m_byThread;
};

} // namespace ra::ingest
