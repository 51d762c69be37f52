// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/runnermessage.h"

#include "core/base/time.h"
#include "core/ingest/pythonlist.h"

#include <charconv>

namespace ra::ingest {

namespace {

constexpr std::int64_t second = 1'000'000'000;
/// 50 years: what claims to have taken longer is no duration, and the sum with any time that a line can have (until
/// 2200) stays within 64 bits of nanoseconds.
constexpr std::int64_t longestDuration = std::int64_t{50} * 365 * 86'400 * second;

bool digit(char c) {
    return c >= '0' && c <= '9';
}

/// Cuts a thread suffix " [name]" off the end; brackets inside the name must match. Returns the name, empty without.
std::string_view cutThread(std::string_view &text) {
    if (text.size() < 4 || text.back() != ']')
        return {};
    int depth = 0;
    for (std::size_t i = text.size(); i-- > 0;) {
        if (text[i] == ']')
            ++depth;
        else if (text[i] == '[' && --depth == 0) {
            if (i == 0 || text[i - 1] != ' ')
                return {};
            const std::string_view name = text.substr(i + 1, text.size() - i - 2);
            if (name.empty())
                return {};
            text = text.substr(0, i - 1);
            return name;
        }
        if (text.size() - i > 256)
            return {}; // no thread is called that
    }
    return {};
}

/// What follows where a message has a definite end: nothing, or a thread suffix. False if it is anything else.
bool tail(std::string_view after, Record &record) {
    if (!after.empty() && after.back() == '\r')
        after.remove_suffix(1);
    if (after.empty())
        return true;
    if (after.size() > 3 && after.starts_with(" [") && after.back() == ']') {
        record.thread = after.substr(2, after.size() - 3);
        return true;
    }
    return false;
}

bool takeInt(std::string_view &text, std::int64_t &value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc())
        return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

bool takePrefix(std::string_view &text, std::string_view prefix) {
    if (!text.starts_with(prefix))
        return false;
    text.remove_prefix(prefix.size());
    return true;
}

/// "0.405s)..." -> duration; `text` is left after `end`.
bool takeDuration(std::string_view &text, std::string_view end, Record &record) {
    const std::size_t at = text.find(end);
    if (at == std::string_view::npos)
        return false;
    const std::int64_t ns = decimalSecondsToNs(text.substr(0, at));
    if (ns == Record::kNoDuration || ns > longestDuration || ns < -longestDuration)
        return false;
    record.durationNs = ns;
    text.remove_prefix(at + end.size());
    return true;
}

bool stepCompleted(std::string_view m, Record &r) {
    constexpr std::string_view middle = "' completed successfully (";
    const std::size_t at = m.rfind(middle);
    if (at == std::string_view::npos)
        return false;
    std::string_view after = m.substr(at + middle.size());
    if (!takeDuration(after, "s)", r) || !tail(after, r))
        return false;
    r.text = m.substr(0, at);
    r.kind = RecordKind::StepCompleted;
    return true;
}

bool retryScheduled(std::string_view m, Record &r) {
    constexpr std::string_view middle = "' failed, will retry in ";
    const std::size_t at = m.rfind(middle);
    if (at == std::string_view::npos)
        return false;
    std::string_view after = m.substr(at + middle.size());
    if (!takeDuration(after, "s", r) || !tail(after, r))
        return false;
    r.text = m.substr(0, at);
    r.kind = RecordKind::RetryScheduled;
    return true;
}

/// The name may hold "' failed: [" itself, and so may an error: the right place is the last one from which a whole list
/// and nothing but a thread name follow.
bool stepFailed(std::string_view m, Record &r) {
    constexpr std::string_view middle = "' failed: ";
    for (std::size_t at = m.rfind(middle); at != std::string_view::npos;
         at = at == 0 ? m.npos : m.rfind(middle, at - 1)) {
        const std::string_view list = m.substr(at + middle.size());
        const auto length = pythonListLength(list);
        if (length && tail(list.substr(*length), r)) {
            r.text = m.substr(0, at);
            r.rest = list.substr(0, *length);
            r.kind = RecordKind::StepFailed;
            return true;
        }
    }
    return false;
}

bool stepMessage(std::string_view m, Record &r) {
    return stepCompleted(m, r) || retryScheduled(m, r) || stepFailed(m, r);
}

bool runFinished(std::string_view m, Record &r) {
    const std::size_t comma = m.find(", Steps: ");
    if (comma == std::string_view::npos)
        return false;
    const std::string_view status = m.substr(0, comma);
    std::string_view after = m.substr(comma + 9);
    if (!takeInt(after, r.a) || !takePrefix(after, "/") || !takeInt(after, r.b) || !takePrefix(after, ", Duration: ") ||
        !takeDuration(after, "s, Success Rate: ", r))
        return false;
    const std::size_t percent = after.find('%');
    if (percent == std::string_view::npos || !tail(after.substr(percent + 1), r))
        return false;
    r.text = status;
    r.kind = RecordKind::RunFinished;
    return true;
}

/// A message that ends in free text: what looks like a thread suffix is cut off, `rest` keeps the uncut text.
void freeText(std::string_view m, RecordKind kind, Record &r) {
    r.kind = kind;
    if (!m.empty() && m.back() == '\r')
        m.remove_suffix(1);
    r.rest = m;
    r.thread = cutThread(m);
    r.text = m;
}

bool retryStarted(std::string_view m, Record &r) {
    constexpr std::string_view middle = "' (attempt ";
    const std::size_t at = m.rfind(middle);
    if (at == std::string_view::npos)
        return false;
    std::string_view after = m.substr(at + middle.size());
    if (!takeInt(after, r.a) || !takePrefix(after, "/") || !takeInt(after, r.b) || !takePrefix(after, ")") ||
        !tail(after, r))
        return false;
    r.text = m.substr(0, at);
    r.kind = RecordKind::RetryStarted;
    return true;
}

bool named(std::string_view m, std::string_view end, RecordKind kind, Record &r) {
    const std::size_t at = m.rfind(end);
    if (at == std::string_view::npos)
        return false;
    r.text = m.substr(0, at);
    r.rest = m.substr(at + end.size());
    r.kind = kind;
    return true;
}

void interpretRunner(Record &r) {
    std::string_view m = r.message;
    switch (m.empty() ? '\0' : m[0]) {
    case 'S':
        if (takePrefix(m, "Step '"))
            (void)stepMessage(m, r);
        else if (takePrefix(m, "Starting enhanced recipe execution: "))
            freeText(m, RecordKind::RunStarted, r);
        else if (takePrefix(m, "Stopping execution due to step failure: "))
            freeText(m, RecordKind::StepStopping, r);
        else if (takePrefix(m, "Step execution failed: ") || takePrefix(m, "Scriptlet class/method not found: "))
            freeText(m, RecordKind::AttemptBroken, r);
        else if (takePrefix(m, "Skipping step '"))
            (void)(named(m, "' (not in only list)", RecordKind::StepSkipped, r) ||
                   named(m, "' (in skip list)", RecordKind::StepSkipped, r));
        return;
    case 'R':
        if (takePrefix(m, "Recipe execution completed - Status: "))
            (void)runFinished(m, r);
        else if (takePrefix(m, "Recipe execution failed: "))
            freeText(m, RecordKind::RunFailed, r);
        else if (takePrefix(m, "Retrying step '"))
            (void)retryStarted(m, r);
        else if (takePrefix(m, "Recipe execution cancellation requested"))
            freeText(m, RecordKind::CancelRequested, r);
        else if (takePrefix(m, "Recipe contains no steps: "))
            freeText(m, RecordKind::NoSteps, r);
        return;
    case 'F':
        if (takePrefix(m, "Failed to import scriptlet: "))
            freeText(m, RecordKind::AttemptBroken, r);
        else if (m.starts_with("Failed to parse recipe YAML: ") || m.starts_with("Failed to load recipe file: "))
            freeText(m, RecordKind::LoadFailed, r);
        return;
    case 'C':
        if (takePrefix(m, "Continuing execution after step failure: "))
            freeText(m, RecordKind::StepContinuing, r);
        return;
    case 'E':
        if (takePrefix(m, "Execution cancelled, skipping remaining steps from step ")) {
            if (takeInt(m, r.a) && tail(m, r))
                r.kind = RecordKind::CancelSkipping;
        } else if (takePrefix(m, "Executing step '")) {
            (void)named(m, "' with params: ", RecordKind::StepBegins, r);
        }
        return;
    case 'U':
        if (takePrefix(m, "Unexpected error in step '"))
            (void)named(m, "': ", RecordKind::StepUnexpected, r);
        return;
    case 'V':
        if (takePrefix(m, "Validated ") && takeInt(m, r.a))
            r.kind = RecordKind::StepsValidated;
        return;
    default:
        return;
    }
}

void attemptFinished(std::string_view m, Record &r) {
    constexpr std::string_view middle = " in ";
    const std::size_t at = m.find(middle);
    if (at == std::string_view::npos)
        return;
    std::string_view after = m.substr(at + middle.size());
    if (!takeDuration(after, "s (success: ", r))
        return;
    if (takePrefix(after, "True, exit_code: "))
        r.a = 1;
    else if (takePrefix(after, "False, exit_code: "))
        r.a = 0;
    else
        return;
    if (takeInt(after, r.b) && takePrefix(after, ")") && tail(after, r)) {
        r.text = m.substr(0, at);
        r.kind = RecordKind::AttemptFinished;
    }
}

void interpretFramework(Record &r) {
    std::string_view m = r.message;
    if (takePrefix(m, "Starting execution of ")) {
        freeText(m, RecordKind::AttemptStarted, r);
        // "Starting execution of 3 scriptlets" is another class's message.
        if (r.text.find(' ') != std::string_view::npos)
            r.kind = RecordKind::Text;
    } else if (takePrefix(m, "Completed ")) {
        attemptFinished(m, r);
    } else if (takePrefix(m, "Execution failed for ")) {
        const std::size_t at = m.find(": ");
        if (at != std::string_view::npos) {
            r.kind = RecordKind::AttemptRaised;
            r.text = m.substr(0, at);
            r.rest = m.substr(at + 2); // a traceback follows; the thread's name stands after its last line
        }
    } else if (takePrefix(m, "Resource usage for ")) {
        const std::size_t at = m.find(": duration=");
        if (at == std::string_view::npos)
            return;
        std::string_view after = m.substr(at + 11);
        if (takeDuration(after, "s, memory_delta=", r) && takeInt(after, r.a) && takePrefix(after, "B, peak_memory=") &&
            takeInt(after, r.b) && takePrefix(after, "B") && tail(after, r)) {
            r.text = m.substr(0, at);
            r.kind = RecordKind::ResourceUsage;
        }
    }
}

} // namespace

std::int64_t decimalSecondsToNs(std::string_view text) {
    const bool negative = !text.empty() && text[0] == '-';
    std::int64_t ns = 0;
    std::size_t i = negative ? 1 : 0;
    const std::size_t first = i;
    for (; i < text.size() && digit(text[i]) && i - first < 10; ++i)
        ns = ns * 10 + (text[i] - '0');
    if (i == first)
        return Record::kNoDuration;
    if (ns > 9'000'000'000)
        return Record::kNoDuration; // beyond 64 bits of nanoseconds
    ns *= second;
    if (i == text.size())
        return negative ? -ns : ns;
    if (text[i] == '.') {
        std::int64_t unit = second / 10;
        for (++i; i < text.size() && digit(text[i]); ++i, unit /= 10)
            ns += (text[i] - '0') * unit;
        if (i == text.size())
            return negative ? -ns : ns;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return Record::kNoDuration;
    return durationFromSeconds(value).count();
}

void interpretRunnerMessage(Record &record) {
    constexpr std::string_view runner = "runner.";
    if (record.logger.starts_with(runner)) {
        const std::string_view number = record.logger.substr(runner.size());
        std::uint64_t id = 0;
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), id);
        if (error == std::errc() && end == number.data() + number.size() && id != 0) {
            record.runner = id;
            interpretRunner(record);
            if (record.kind != RecordKind::Text || !record.thread.empty())
                return;
        }
    } else if (record.logger == "scriptlets.framework") {
        interpretFramework(record);
        if (record.kind != RecordKind::Text)
            return;
    } else if (record.logger == "orchestrator.runner" || record.logger == "__main__") {
        std::string_view m = record.message;
        if (takePrefix(m, "Recipe global error: ") || takePrefix(m, "Recipe global warning: ")) {
            freeText(m, RecordKind::GlobalError, record);
            return;
        }
    }
    std::string_view text = record.message;
    if (!text.empty() && text.back() == '\r')
        text.remove_suffix(1);
    record.thread = cutThread(text);
}

} // namespace ra::ingest
