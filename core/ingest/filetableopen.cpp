// SPDX-License-Identifier: GPL-3.0-or-later
// The part of FileTable that finds out what a file is and begins with it.
#include "core/ingest/filetable.h"

#include "core/ingest/classify.h"

namespace ra::ingest {

/// A program that packs a file may pause for longer than one that writes a document.
FileTable::Clock::duration FileTable::packedQuiet() const {
    return m_options.quiet * 5;
}

void FileTable::classifyFile(File &file, const struct stat &status, const Cause &cause) {
    file.state = State::Unknown;
    auto source = ByteSource::open(file.shown.path);
    if (!source) {
        file.seen = {}; // look again when its rights change
        if (source.error().kind != ErrorKind::NotFound)
            noticeOnce(source.error().sentence());
        return;
    }
    m_buffer.resize(std::max(m_buffer.size(), classifyHeadSize));
    const auto length = source->read(0, std::span(m_buffer).first(classifyHeadSize));
    const auto identity = source->identity();
    if (!identity || Key(identity->device, identity->inode) != file.key) {
        file.seen = {}; // another file has taken the name: the news of that bring this one's new name, if it has one
        return;
    }
    const Classification what = classify(file.shown.path, {m_buffer.data(), length.value_or(0)});
    const auto now = Clock::now();
    const auto unwritten =
        std::chrono::system_clock::now().time_since_epoch() - std::chrono::nanoseconds(stampOf(status).modifiedNs);
    const bool complete = cause.closed || cause.arrived || unwritten > m_options.quiet;
    file.shown.identity = *identity;
    file.shown.compressed = source->compression() != Compression::None;
    switch (what.kind) {
    case Classification::Lines:
        file.shown.format = what.format;
        if (!file.shown.compressed)
            return beginLines(file, what.format);
        file.state = State::Packed;
        return schedule(file, complete ? now : now + packedQuiet());
    case Classification::Document:
        file.state = State::Document;
        file.document = what.document;
        return schedule(file, complete ? now : now + m_options.quiet);
    case Classification::Database:
        file.state = State::Ignored;
        return;
    case Classification::Unknown:
        break;
    }
    if (m_named.contains(file.shown.path) && length.value_or(0) > 0) {
        if (!file.due)
            schedule(file, now + m_options.quiet); // it may yet become something better than text
    } else if (length.value_or(0) >= classifyHeadSize) {
        file.state = State::Ignored;
    }
}

void FileTable::beginLines(File &file, std::string_view format) {
    unschedule(file);
    file.shown.format = format;
    if (!openTail(file))
        return;
    file.shown.identity = file.tail.identity();
    std::uint64_t offset = m_callbacks.opened ? m_callbacks.opened(file.shown) : 0;
    file.opened = true;
    if (offset == Follower::skip) {
        file.state = State::Skipped;
        closeTail(file);
        return;
    }
    file.state = State::Lines;
    if (!file.tail.startAt(offset))
        replace(file);
    queue(file);
}

void FileTable::reportDocument(File &file) {
    struct stat status {};
    if (stat(file.shown.path.c_str(), &status) != 0) {
        file.seen = {}; // perhaps renamed: look again under the new name
        return;
    }
    if (stampOf(status) != file.seen) // written to meanwhile
        return look(std::string(file.shown.path), {});
    if (file.document && m_callbacks.document)
        m_callbacks.document(file.shown.path, *file.document);
}

void FileTable::beginPacked(File &file) {
    auto source = ByteSource::open(file.shown.path);
    if (!source) {
        file.seen = {}; // look again under its new name, or when its rights change
        if (source.error().kind != ErrorKind::NotFound)
            noticeOnce(source.error().sentence());
        return;
    }
    if (const auto identity = source->identity())
        file.shown.identity = *identity;
    file.shown.stamp = source->stamp().value_or(FileStamp{});
    file.packed = std::make_unique<ByteSource>(std::move(*source));
    if (file.opened) {
        ++file.shown.generation;
        file.packedOffset = 0;
        if (m_callbacks.replaced)
            m_callbacks.replaced(file.shown);
    } else {
        file.opened = true;
        file.packedOffset = m_callbacks.opened ? m_callbacks.opened(file.shown) : 0;
        if (file.packedOffset == Follower::skip) {
            file.state = State::Skipped;
            file.packed.reset();
            return;
        }
        if (file.packedOffset == Follower::unchanged) {
            file.packed.reset();
            tellAtEnd(file);
            return;
        }
    }
    queue(file);
}

} // namespace ra::ingest
