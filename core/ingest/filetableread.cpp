// SPDX-License-Identifier: GPL-3.0-or-later
// The reading half of FileTable: pieces of files to the owner.
#include "core/ingest/filetable.h"

#include <cerrno>
#include <cstring>

namespace ra::ingest {

void FileTable::queue(File &file) {
    if (file.queued || (file.state != State::Lines && file.state != State::Packed))
        return;
    file.queued = true;
    m_ready.push_back(file.shown.id);
}

bool FileTable::readSome() {
    // One piece each, so that a large old file does not keep the news of the others waiting.
    for (std::size_t left = m_ready.size(); left > 0; --left) {
        const std::uint64_t id = m_ready.front();
        m_ready.pop_front();
        const auto found = m_files.find(id);
        if (found == m_files.end())
            continue;
        found->second->queued = false;
        readPiece(*found->second);
    }
    return !m_ready.empty();
}

void FileTable::readPiece(File &file) {
    if (file.state == State::Lines)
        readLines(file);
    else if (file.state == State::Packed)
        readPacked(file);
}

void FileTable::tellAtEnd(File &file) {
    if (!file.atEnd && m_callbacks.atEnd)
        m_callbacks.atEnd(file.shown);
    file.atEnd = true;
}

void FileTable::replace(File &file) {
    file.tail.restart();
    ++file.shown.generation;
    file.shown.identity = file.tail.identity();
    file.atEnd = false;
    if (m_callbacks.replaced)
        m_callbacks.replaced(file.shown);
}

void FileTable::readLines(File &file) {
    if (!file.tail.isOpen() && (!file.named || !openTail(file)))
        return;
    m_open.splice(m_open.end(), m_open, file.use);
    const Tail::Slice slice = file.tail.read(m_buffer);
    switch (slice.outcome) {
    case Tail::Outcome::Replaced:
        replace(file);
        queue(file);
        return;
    case Tail::Outcome::Failed:
        noticeOnce("Cannot read " + file.shown.path + ": " + std::strerror(slice.error));
        closeTail(file);
        return;
    case Tail::Outcome::End:
        tellAtEnd(file);
        return;
    case Tail::Outcome::Bytes:
        break;
    }
    file.atEnd = false;
    if (file.shown.identity.headLength < ByteSource::headSize)
        file.shown.identity = file.tail.identity();
    if (m_callbacks.bytes)
        m_callbacks.bytes(file.shown, slice.offset, slice.bytes);
    if (file.deleted)
        schedule(file, Clock::now() + m_options.deletedQuiet);
    // What is written after this reading brings news of its own, so that a short piece is the end.
    if (slice.bytes.size() == m_buffer.size())
        queue(file);
    else
        tellAtEnd(file);
}

void FileTable::readPacked(File &file) {
    if (!file.packed)
        return;
    // What an earlier session read of it is only decoded, and that in pieces: other files and the end must not wait.
    constexpr std::uint64_t stride = 4U << 20;
    const auto there = file.packed->approach(file.packedOffset, stride);
    if (there && !*there) {
        queue(file);
        return;
    }
    const auto length = file.packed->read(file.packedOffset, m_buffer);
    if (length && *length > 0) {
        file.atEnd = false;
        const std::uint64_t offset = file.packedOffset;
        file.packedOffset += *length;
        if (m_callbacks.bytes)
            m_callbacks.bytes(file.shown, offset, std::span(m_buffer).first(*length));
        queue(file);
        return;
    }
    if (!length) {
        noticeOnce(length.error().sentence());
        file.shown.stamp = {}; // not read to its end
    }
    file.packed.reset();
    tellAtEnd(file);
}

bool FileTable::openTail(File &file) {
    if (file.tail.isOpen())
        return true;
    switch (file.tail.open(file.shown.path)) {
    case Tail::Opening::Done:
        break;
    case Tail::Opening::Missing:
    case Tail::Opening::OtherFile:
        file.seen = {}; // the news of that are under way; look again then
        return false;
    case Tail::Opening::Failed:
        file.seen = {}; // look again when its rights change
        noticeOnce("Cannot read " + file.shown.path + ": " + std::strerror(file.tail.error()));
        return false;
    }
    file.use = m_open.insert(m_open.end(), file.shown.id);
    // One that waits to be read is opened again then; one without a name could not be.
    for (auto it = m_open.begin(); m_open.size() > m_openLimit && it != std::prev(m_open.end());) {
        File &oldest = *m_files.at(*it++);
        if (oldest.named)
            closeTail(oldest);
    }
    return true;
}

void FileTable::closeTail(File &file) {
    if (!file.tail.isOpen())
        return;
    m_open.erase(file.use);
    file.tail.close();
}

} // namespace ra::ingest
