// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/reader.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ra::ui {

/// The lines of a log in immutable chunks: copies share them, so that a search on another thread works on a snapshot
/// while lines go on arriving.
class LogDocument {
public:
    using Lines = std::vector<query::LogLine>;

    [[nodiscard]] std::size_t size() const { return m_ends.empty() ? 0 : m_ends.back(); }
    /// O(log chunks). `index` must be below size().
    [[nodiscard]] const query::LogLine &at(std::size_t index) const;

    void clear();
    void append(std::shared_ptr<const Lines> lines);
    /// Drops whole chunks from the front as long as at least `keep` lines stay; returns how many lines went.
    std::size_t dropFront(std::size_t keep);

private:
    std::vector<std::shared_ptr<const Lines>> m_chunks;
    std::vector<std::size_t> m_ends; ///< by chunk: the number of lines up to its end
};

/// How much a line asks for attention. "WARNING" and "WARN" alike; unknown words are Plain.
enum class LineLevel : std::uint8_t { Plain, Debug, Warning, Error };
[[nodiscard]] LineLevel levelOf(const query::LogLine &line);

/// The line's text without the time, level and logger that runner logs put before the message and the view shows in
/// columns of their own; the whole text for every other form.
[[nodiscard]] std::string_view messageOf(const query::LogLine &line);

/// "runner" for "runner.140709851237840", "framework" for "scriptlets.framework": what tells loggers apart at a glance.
[[nodiscard]] std::string_view shortLogger(std::string_view logger);

/// A raw line of which only its time is known, with level and logger read from its text where it has the runner's form.
[[nodiscard]] query::LogLine lineFromText(Time time, std::string text);

} // namespace ra::ui
