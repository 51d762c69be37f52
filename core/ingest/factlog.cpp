// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/factlog.h"

#include <cstring>
#include <string_view>
#include <type_traits>

namespace ra::ingest {

namespace {

/// What stands before the three texts of a fact.
struct Head {
    std::uint64_t offset;
    std::uint64_t runner;
    std::int64_t timeNs;
    std::int64_t resolutionNs;
    std::int64_t durationNs;
    std::int64_t a;
    std::int64_t b;
    std::uint32_t length;
    std::uint32_t textSize;
    std::uint32_t restSize;
    std::uint32_t threadSize;
    RecordKind kind;
};
static_assert(std::is_trivially_copyable_v<Head>);

bool takeHead(std::string_view &bytes, Head &head) {
    if (bytes.size() < sizeof head)
        return false;
    std::memcpy(&head, bytes.data(), sizeof head);
    bytes.remove_prefix(sizeof head);
    return true;
}

std::string_view cut(std::string_view &bytes, std::size_t size) {
    const std::string_view text = bytes.substr(0, size);
    bytes.remove_prefix(text.size());
    return text;
}

} // namespace

Fact Fact::of(const Record &record, Time time) {
    Fact fact;
    fact.record = record;
    fact.time = time;
    fact.text = record.text;
    fact.rest = record.rest;
    fact.thread = record.thread;
    fact.record.logger = fact.record.message = fact.record.text = fact.record.rest = fact.record.thread = {};
    return fact;
}

Record Fact::view() const {
    Record result = record;
    result.text = text;
    result.rest = rest;
    result.thread = thread;
    return result;
}

void FactLog::add(const Record &record, Time time) {
    Head head{};
    head.offset = record.offset;
    head.runner = record.runner;
    head.timeNs = toNs(time);
    head.resolutionNs = record.resolutionNs;
    head.durationNs = record.durationNs;
    head.a = record.a;
    head.b = record.b;
    head.length = record.length;
    head.textSize = static_cast<std::uint32_t>(record.text.size());
    head.restSize = static_cast<std::uint32_t>(record.rest.size());
    head.threadSize = static_cast<std::uint32_t>(record.thread.size());
    head.kind = record.kind;
    if (m_bytes.capacity() == 0)
        m_bytes.reserve(2'048); // a run of a few steps
    m_bytes.append(reinterpret_cast<const char *>(&head), sizeof head);
    m_bytes.append(record.text).append(record.rest).append(record.thread);
    ++m_count;
}

void FactLog::clear() {
    m_bytes.clear();
    m_count = 0;
}

bool FactLog::isWhole() const {
    std::string_view bytes = m_bytes;
    std::uint32_t count = 0;
    for (Head head{}; takeHead(bytes, head); ++count) {
        const std::uint64_t texts = std::uint64_t(head.textSize) + head.restSize + head.threadSize;
        if (texts > bytes.size())
            return false;
        bytes.remove_prefix(texts);
    }
    return bytes.empty() && count == m_count;
}

std::vector<Fact> FactLog::all() const {
    std::vector<Fact> facts;
    facts.reserve(m_count);
    std::string_view bytes = m_bytes;
    for (Head head{}; takeHead(bytes, head);) {
        Fact &fact = facts.emplace_back();
        fact.time = fromNs(head.timeNs);
        fact.record.offset = head.offset;
        fact.record.length = head.length;
        fact.record.kind = head.kind;
        fact.record.resolutionNs = head.resolutionNs;
        fact.record.runner = head.runner;
        fact.record.durationNs = head.durationNs;
        fact.record.a = head.a;
        fact.record.b = head.b;
        fact.text = cut(bytes, head.textSize);
        fact.rest = cut(bytes, head.restSize);
        fact.thread = cut(bytes, head.threadSize);
    }
    return facts;
}

} // namespace ra::ingest
