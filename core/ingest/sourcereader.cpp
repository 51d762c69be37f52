// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/sourcereader.h"

#include "core/ingest/archive.h"
#include "core/ingest/lineformat.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

namespace ra::ingest {

namespace {

constexpr std::uint32_t stateVersion = 0x5244'0003; ///< beyond what the runs' state alone began with

/// Formats by their names, which outlive their order.
struct FormatTally {
    std::string name;
    std::uint64_t records = 0;
};

template <typename Archive>
void io(Archive &archive, FormatTally &tally) {
    io(archive, tally.name);
    io(archive, tally.records);
}

/// What a checkpoint keeps.
struct State {
    std::uint32_t version = 0;
    bool foreignEncoding = false;
    std::vector<FormatTally> tally;
    std::string runs;
};

template <typename Archive>
void io(Archive &archive, State &state) {
    io(archive, state.version);
    io(archive, state.foreignEncoding);
    io(archive, state.tally);
    io(archive, state.runs);
}

/// Skips terminal escape sequences (ESC [ ... letter) at a line's beginning.
std::string_view withoutEscapes(std::string_view line) {
    while (line.size() > 2 && line[0] == '\x1b' && line[1] == '[') {
        std::size_t i = 2;
        while (i < line.size() && (line[i] < '@' || line[i] > '~'))
            ++i;
        if (i >= line.size())
            break;
        line.remove_prefix(i + 1);
    }
    return line;
}

/// Length of the valid UTF-8 sequence at `p`, 0 if there is none.
std::size_t sequence(const unsigned char *p, std::size_t left) {
    if (p[0] < 0x80)
        return 1;
    const std::size_t length = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC2 ? 2 : 0;
    if (length == 0 || length > left)
        return 0;
    return simdjson::validate_utf8(reinterpret_cast<const char *>(p), length) ? length : 0;
}

std::string printable(std::string_view line) {
    std::string text = toUtf8(line.substr(0, 200));
    for (char &c : text) {
        if (static_cast<unsigned char>(c) < 0x20)
            c = ' ';
    }
    return text;
}

} // namespace

std::string toUtf8(std::string_view line) {
    if (simdjson::validate_utf8(line.data(), line.size()))
        return std::string(line);
    std::string text;
    text.reserve(line.size() + 16);
    const auto *p = reinterpret_cast<const unsigned char *>(line.data());
    for (std::size_t i = 0; i < line.size();) {
        const std::size_t length = sequence(p + i, line.size() - i);
        if (length == 0) {
            text += static_cast<char>(0xC0 | (p[i] >> 6));
            text += static_cast<char>(0x80 | (p[i] & 0x3F));
            ++i;
        } else {
            text.append(line.substr(i, length));
            i += length;
        }
    }
    return text;
}

SourceReader::SourceReader(const Zone &zone, std::shared_ptr<const RecipeBook> book)
    : m_zone(zone)
    , m_book(std::move(book))
    , m_assembler(m_zone, m_book) {}

bool SourceReader::resume(const Checkpoint &checkpoint) {
    LoadingArchive archive(checkpoint.state);
    State state;
    io(archive, state);
    if (!archive.ok() || !archive.atEnd() || state.version != stateVersion || !m_assembler.loadState(state.runs))
        return false;
    m_foreignEncoding = state.foreignEncoding;
    for (const FormatTally &known : state.tally) {
        for (std::size_t i = 0; i < lineFormats().size(); ++i) {
            if (lineFormats()[i].name == known.name)
                m_tally[i] = known.records;
        }
    }
    m_offset = checkpoint.offset;
    m_lines = checkpoint.lines;
    return true;
}

void SourceReader::feed(std::span<const char> bytes) {
    std::string_view text(bytes.data(), bytes.size());
    if (m_partialLength > 0) {
        const std::size_t end = text.find('\n');
        const std::size_t take = end == std::string_view::npos ? text.size() : end + 1;
        if (m_partial.size() < maxLine)
            m_partial.append(text.substr(0, std::min(take, maxLine - m_partial.size())));
        m_partialLength += take;
        if (end == std::string_view::npos)
            return;
        const std::string line = std::move(m_partial);
        const std::uint64_t length = m_partialLength;
        m_partial.clear();
        m_partialLength = 0;
        std::string_view view = line;
        if (view.ends_with('\n'))
            view.remove_suffix(1);
        takeLine(view, length - 1, true);
        text.remove_prefix(take);
    }
    while (!text.empty()) {
        const void *found = std::memchr(text.data(), '\n', text.size());
        if (found == nullptr) {
            m_partial.assign(text.substr(0, maxLine));
            m_partialLength = text.size();
            return;
        }
        const auto end = static_cast<std::size_t>(static_cast<const char *>(found) - text.data());
        takeLine(text.substr(0, end), end, true);
        text.remove_prefix(end + 1);
    }
}

/// `line` is of `size` bytes, or is their beginning where they are more than maxLine; `ended` by a line end beyond
/// them.
void SourceReader::takeLine(std::string_view line, std::uint64_t size, bool ended) {
    const std::uint64_t offset = m_offset;
    const std::uint64_t length = size + (ended ? 1 : 0);
    m_offset += length;
    ++m_lines;
    if (size > maxLine) {
        reject(offset, line, "the line is longer than 1 MiB: only its first MiB was decoded");
        line = line.substr(0, maxLine);
    }
    if (offset == 0) {
        if (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF")) {
            m_foreignEncoding = true;
            reject(offset, line, "the file is UTF-16: convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)");
        }
        if (line.starts_with("\xEF\xBB\xBF"))
            line.remove_prefix(3);
    }
    if (m_foreignEncoding)
        return;
    line = withoutEscapes(line);

    Record record;
    std::string_view reason;
    const auto formats = lineFormats();
    const auto decode = [&](std::string_view text) {
        for (std::size_t i = 0; i < formats.size(); ++i) {
            const std::size_t f = i == 0 ? m_format : i <= m_format ? i - 1 : i; // the last match first
            record = Record{};
            const Decoded decoded = formats[f].decode(text, record, reason);
            if (decoded == Decoded::No)
                continue;
            m_format = f;
            return decoded;
        }
        return Decoded::No;
    };
    Decoded decoded = decode(line);
    const bool stored = decoded == Decoded::No || record.kind != RecordKind::Text;
    if (stored && !simdjson::validate_utf8(line.data(), line.size())) {
        m_scratch = toUtf8(line);
        line = m_scratch;
        decoded = decode(line);
    }
    if (decoded == Decoded::Rejected) {
        reject(offset, line, std::string(reason));
        return;
    }
    if (decoded == Decoded::No) {
        record = Record{};
        record.kind = RecordKind::Continuation;
        record.message = line;
    } else {
        ++m_records;
        ++m_allRecords;
        ++m_tally[std::min(m_format, m_tally.size() - 1)];
        if (const auto samples = formats[m_format].samples) {
            if (const std::string_view why = samples(line, record, m_samples); !why.empty())
                reject(offset, line, std::string(why));
        }
    }
    record.offset = offset;
    record.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(length, 0xFFFF'FFFF));
    m_assembler.take(record);
}

void SourceReader::reject(std::uint64_t offset, std::string_view line, std::string reason) {
    constexpr std::size_t mostPerBatch = 10'000; // a binary file must not fill the store with its own rubbish
    if (m_rejected.size() < mostPerBatch)
        m_rejected.push_back({offset, m_lines, std::move(reason), printable(line)});
}

Checkpoint SourceReader::checkpointNow() const {
    State state{stateVersion, m_foreignEncoding, {}, m_assembler.saveState()};
    for (std::size_t i = 0; i < lineFormats().size(); ++i) {
        if (m_tally[i] > 0)
            state.tally.push_back({std::string(lineFormats()[i].name), m_tally[i]});
    }
    SavingArchive archive;
    io(archive, state);
    return {m_offset, m_lines, archive.take()};
}

void SourceReader::finish() {
    if (m_finished)
        return;
    m_final = checkpointNow();
    m_finished = true;
    if (m_partialLength > 0) {
        const std::string line = std::move(m_partial);
        const std::uint64_t length = m_partialLength;
        m_partial.clear();
        m_partialLength = 0;
        takeLine(line, length, false);
    }
    m_assembler.finish();
}

Batch SourceReader::takeBatch(bool withCheckpoint) {
    Batch batch;
    batch.format = format();
    batch.zone = m_zone.name();
    batch.runs = m_assembler.takeChanges();
    batch.forks = m_assembler.takeForks(withCheckpoint);
    batch.samples = m_samples.take();
    batch.rejected = std::move(m_rejected);
    m_rejected.clear();
    batch.records = m_records;
    m_records = 0;
    if (withCheckpoint)
        batch.checkpoint = m_finished ? m_final : checkpointNow();
    return batch;
}

std::string_view SourceReader::format() const {
    const auto most = std::max_element(m_tally.begin(), m_tally.end());
    const auto index = static_cast<std::size_t>(most - m_tally.begin());
    return *most == 0 || index >= lineFormats().size() ? std::string_view("text") : lineFormats()[index].name;
}

} // namespace ra::ingest
