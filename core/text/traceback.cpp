// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/traceback.h"

#include "core/text/characters.h"

#include <algorithm>
#include <charconv>

namespace ra::text {

namespace {

constexpr std::string_view header = "Traceback (most recent call last):";
constexpr std::string_view groupHeader = "+ Exception Group Traceback (most recent call last):";
constexpr std::string_view causeText = "The above exception was the direct cause of the following exception:";
constexpr std::string_view contextText = "During handling of the above exception, another exception occurred:";
constexpr std::size_t deepest = 64;

std::size_t indentation(std::string_view line) {
    return std::min(line.find_first_not_of(' '), line.size());
}

std::string_view trimmed(std::string_view line) {
    line.remove_prefix(indentation(line));
    while (!line.empty() && isOf(line.back(), Blank))
        line.remove_suffix(1);
    return line;
}

/// `File "x.py", line 3, in f`
std::optional<TraceFrame> frameOf(std::string_view line) {
    constexpr std::string_view begin = "File \"", middle = "\", line ", in = ", in ";
    line = trimmed(line);
    const std::size_t at = line.find(middle);
    if (!line.starts_with(begin) || at == std::string_view::npos)
        return std::nullopt;
    TraceFrame frame;
    frame.file = line.substr(begin.size(), at - begin.size());
    const std::string_view rest = line.substr(at + middle.size());
    std::from_chars(rest.data(), rest.data() + rest.size(), frame.line);
    if (const std::size_t function = rest.find(in); function != std::string_view::npos)
        frame.function = rest.substr(function + in.size());
    return frame;
}

/// "[Previous line repeated 996 more times]": the number.
std::optional<std::uint32_t> repeatsOf(std::string_view line) {
    constexpr std::string_view begin = "[Previous line repeated ";
    line = trimmed(line);
    std::uint32_t repeats = 0;
    if (!line.starts_with(begin))
        return std::nullopt;
    std::from_chars(line.data() + begin.size(), line.data() + line.size(), repeats);
    return repeats;
}

/// Whether a line points into the one above it.
bool isPointer(std::string_view line) {
    return line.find_first_not_of(" ~^") == std::string_view::npos && line.find('^') != std::string_view::npos;
}

/// Builds the exceptions from lines. Levels are those of the boxes of groups; each holds the chain that it is in.
class Parser {
public:
    /// False for the lines before a traceback begins.
    void take(std::string_view line) {
        if (!m_begun) {
            begin(line);
            return;
        }
        line.remove_prefix(std::min(indentation(line), m_indent));
        if (line.starts_with("  " + std::string(groupHeader)) && m_depth == 0) {
            openGroup();
            return;
        }
        if (m_isBoxed && takeBoxed(line))
            return;
        if (line == causeText || line == contextText || line == header)
            descend(0); // the boxes need not have been closed: of nested ones only the innermost is
        content(line);
    }

    std::optional<Traceback> finish() {
        if (!m_begun)
            return std::nullopt;
        for (std::size_t depth = m_chains.size(); depth-- > 1;)
            close(depth);
        Traceback traceback{std::move(m_chains[0])};
        for (TraceException &exception : traceback.chain)
            tidy(exception);
        return traceback;
    }

private:
    enum class State { Frames, Message, Between };

    void begin(std::string_view line) {
        const std::string_view text = trimmed(line);
        const bool isGroup = text.ends_with(groupHeader);
        if (!isGroup && !text.ends_with(header))
            return;
        m_begun = true;
        m_chains.emplace_back();
        // Behind a prefix on the same line, the others are not indented.
        if (text == (isGroup ? groupHeader : header))
            m_indent = indentation(line) - std::min<std::size_t>(isGroup ? 2 : 0, indentation(line));
        if (isGroup)
            openGroup();
        else
            start();
    }

    /// A group that is printed alone has its box one level in; it belongs to the chain of level 0 all the same.
    void openGroup() {
        m_isBoxed = true;
        m_depth = 0;
        start();
    }

    /// Lines of a box: `| text`, `+-+--- 1 ---`, `+--- 2 ---`, `+------`. False for a line that is outside of one.
    bool takeBoxed(std::string_view line) {
        const std::size_t indent = indentation(line);
        if (indent < 2 || indent % 2 != 0 || indent >= line.size())
            return false;
        const std::size_t depth = indent / 2 - 1;
        const std::string_view rest = line.substr(indent);
        if (depth > m_depth + 1)
            return false;
        if (rest == "|" || rest.starts_with("| ")) {
            descend(std::min(depth, m_depth));
            content(rest.size() > 2 ? rest.substr(2) : std::string_view());
            return true;
        }
        if (rest == groupHeader) {
            descend(std::min(depth, m_depth));
            start();
            return true;
        }
        if (rest.starts_with("+-+---")) {
            descend(std::min(depth, m_depth));
            next(m_depth + 1);
            return true;
        }
        if (rest.starts_with("+---")) {
            const bool isNext = rest.find_first_not_of("+- ") != std::string_view::npos;
            if (isNext && depth > 0) {
                descend(std::min(depth, m_depth));
                next(std::max<std::size_t>(m_depth, 1));
            } else {
                descend(depth > 0 ? std::min(depth - 1, m_depth) : 0);
            }
            return true;
        }
        return false;
    }

    /// Back to an outer level; what was open within is complete.
    void descend(std::size_t depth) {
        while (m_depth > depth) {
            close(m_depth);
            --m_depth;
        }
    }

    /// Moves the chain of a level into the group that it belongs to.
    void close(std::size_t depth) {
        if (m_chains.size() <= depth)
            return;
        std::vector<TraceException> chain = std::move(m_chains.back());
        m_chains.pop_back();
        if (chain.empty())
            return;
        for (TraceException &exception : chain)
            tidy(exception);
        if (m_chains.back().empty())
            m_chains.back().emplace_back();
        m_chains.back().back().group.push_back(std::move(chain));
        m_state = State::Message;
    }

    /// The next sub-exception of a group begins.
    void next(std::size_t depth) {
        if (depth == m_depth)
            close(depth);
        m_depth = std::min(depth, deepest);
        if (m_chains.size() <= m_depth)
            m_chains.emplace_back();
        m_state = State::Between;
    }

    void start() {
        TraceException exception;
        exception.link = m_link;
        m_link = TraceLink::First;
        m_chains.back().push_back(std::move(exception));
        m_state = State::Frames;
    }

    void content(std::string_view line) {
        if (line == header || line == groupHeader.substr(2)) {
            start();
            return;
        }
        if (line == causeText || line == contextText) {
            m_link = line == causeText ? TraceLink::Cause : TraceLink::Context;
            m_state = State::Between;
            return;
        }
        switch (m_state) {
        case State::Between:
            if (trimmed(line).empty())
                return;
            start(); // an exception without frames
            [[fallthrough]];
        case State::Frames:
            frames(line);
            return;
        case State::Message: {
            std::string &message = m_chains.back().back().message;
            message += '\n';
            message += line;
            return;
        }
        }
    }

    void frames(std::string_view line) {
        TraceException &exception = m_chains.back().back();
        if (!line.empty() && line.front() != ' ') {
            const std::size_t colon = line.find(": ");
            exception.type = line.substr(0, line.ends_with(':') && colon > line.size() ? line.size() - 1 : colon);
            if (colon != std::string_view::npos)
                exception.message = line.substr(colon + 2);
            m_state = State::Message;
            return;
        }
        if (auto frame = frameOf(line)) {
            exception.frames.push_back(std::move(*frame));
        } else if (!exception.frames.empty()) {
            if (const auto repeats = repeatsOf(line))
                exception.frames.back().repeats = *repeats;
            else if (exception.frames.back().code.empty() && !isPointer(line))
                exception.frames.back().code = trimmed(line);
        }
    }

    static void tidy(TraceException &exception) {
        while (!exception.message.empty() && isOf(exception.message.back(), Blank))
            exception.message.pop_back();
    }

    bool m_begun = false;
    bool m_isBoxed = false;
    std::size_t m_indent = 0;
    std::size_t m_depth = 0;
    State m_state = State::Between;
    TraceLink m_link = TraceLink::First;
    std::vector<std::vector<TraceException>> m_chains; ///< of the open levels
};

} // namespace

std::optional<Traceback> parseTraceback(std::string_view text) {
    Parser parser;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        parser.take(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parser.finish();
}

ExceptionLine splitException(std::string_view line) {
    std::size_t end = 0, capitals = 0;
    while (end < line.size() && (isOf(line[end], HostPart) || line[end] == '$') && line[end] != '-') {
        capitals += line[end] >= 'A' && line[end] <= 'Z';
        ++end;
    }
    const std::string_view name = line.substr(0, end);
    const bool isNamed = name.ends_with("Error") || name.ends_with("Exception") || name.ends_with("Interrupt") ||
                         name.ends_with("Warning") || name.ends_with("Exit") || name.ends_with("Failure") ||
                         name.ends_with("Timeout") || name.ends_with("Refused");
    const bool isDotted = name.find('.') != std::string_view::npos && capitals > 0 && name.back() != '.';
    if (name.size() < 6 || (!isNamed && !isDotted) || !isOf(name[0], Letter) || capitals == 0)
        return {{}, line};
    if (end == line.size())
        return {name, {}};
    if (line[end] != ':' || (end + 1 < line.size() && line[end + 1] != ' '))
        return {{}, line};
    return {name, line.substr(std::min(end + 2, line.size()))};
}

} // namespace ra::text
