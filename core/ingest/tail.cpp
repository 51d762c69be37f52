// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/tail.h"

#include "core/ingest/bytesource.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

namespace ra::ingest {

namespace {

constexpr std::size_t headSize = ByteSource::headSize;
constexpr std::size_t lastSize = 128;

ssize_t readAt(int descriptor, std::uint64_t offset, std::span<char> buffer) {
    for (;;) {
        const ssize_t n = pread(descriptor, buffer.data(), buffer.size(), static_cast<off_t>(offset));
        if (n >= 0 || errno != EINTR)
            return n;
    }
}

} // namespace

Tail::Opening Tail::open(const std::string &path) {
    Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    m_error = descriptor.isOpen() ? 0 : errno;
    if (!descriptor.isOpen())
        return m_error == ENOENT || m_error == ENOTDIR ? Opening::Missing : Opening::Failed;
    struct stat status {};
    if (fstat(descriptor.get(), &status) != 0 || status.st_dev != m_device || status.st_ino != m_inode)
        return Opening::OtherFile;
    m_descriptor = std::move(descriptor);
    return Opening::Done;
}

bool Tail::readExactly(std::uint64_t offset, std::span<char> buffer) const {
    return readAt(m_descriptor.get(), offset, buffer) == static_cast<ssize_t>(buffer.size());
}

void Tail::restart() {
    m_offset = 0;
    m_head.clear();
    m_headComplete = false;
    m_last.clear();
}

bool Tail::startAt(std::uint64_t offset) {
    restart();
    struct stat status {};
    if (fstat(m_descriptor.get(), &status) != 0 || static_cast<std::uint64_t>(status.st_size) < offset)
        return false;
    std::array<char, headSize> buffer{};
    const std::span<char> head = std::span(buffer).first(std::min<std::uint64_t>(headSize, offset));
    if (!readExactly(0, head))
        return false;
    remember(head);
    const std::span<char> last = std::span(buffer).first(std::min<std::uint64_t>(lastSize, offset));
    if (!readExactly(offset - last.size(), last))
        return false;
    m_last.assign(last.begin(), last.end());
    m_offset = offset;
    return true;
}

void Tail::remember(std::span<const char> bytes) {
    if (!m_headComplete) {
        m_head.append(bytes.data(), std::min(bytes.size(), headSize - m_head.size()));
        if (m_head.size() == headSize) {
            m_headHash = headHash(m_head);
            m_headComplete = true;
            m_head = {};
        }
    }
    if (bytes.size() >= lastSize) {
        m_last.assign(bytes.end() - lastSize, bytes.end());
    } else {
        m_last.append(bytes.begin(), bytes.end());
        m_last.erase(0, m_last.size() - std::min(m_last.size(), lastSize));
    }
    m_offset += bytes.size();
}

bool Tail::holds(std::uint64_t offset, std::span<const char> bytes) const {
    std::array<char, headSize> buffer{};
    const std::span<char> there = std::span(buffer).first(bytes.size());
    return readExactly(offset, there) && std::equal(there.begin(), there.end(), bytes.begin());
}

bool Tail::isUnchanged() const {
    if (!holds(m_offset - m_last.size(), m_last))
        return false;
    if (!m_headComplete)
        return holds(0, m_head);
    std::array<char, headSize> head{};
    return readExactly(0, head) && headHash(head) == m_headHash;
}

Tail::Slice Tail::read(std::span<char> buffer) {
    if (!isUnchanged())
        return {Outcome::Replaced, m_offset, {}, 0};
    const ssize_t n = readAt(m_descriptor.get(), m_offset, buffer);
    if (n < 0)
        return {Outcome::Failed, m_offset, {}, errno};
    if (n == 0)
        return {Outcome::End, m_offset, {}, 0};
    const std::span<char> bytes = buffer.first(static_cast<std::size_t>(n));
    // Truncated and written anew in between: these bytes would be the new content's, under an old offset. While the
    // head is not complete, what was read first is the head.
    if (!isUnchanged() || (!m_headComplete && !holds(m_offset, bytes.first(std::min(bytes.size(), headSize)))))
        return {Outcome::Replaced, m_offset, {}, 0};
    const Slice slice{Outcome::Bytes, m_offset, bytes, 0};
    remember(slice.bytes);
    return slice;
}

SourceIdentity Tail::identity() {
    SourceIdentity identity{.device = m_device, .inode = m_inode, .headHash = m_headHash, .headLength = headSize};
    if (m_headComplete)
        return identity;
    std::array<char, headSize> buffer{};
    std::span<const char> head = m_head;
    if (m_offset == 0) {
        const ssize_t n = isOpen() ? readAt(m_descriptor.get(), 0, buffer) : 0;
        head = std::span(buffer).first(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    }
    identity.headHash = headHash(head);
    identity.headLength = static_cast<std::uint32_t>(head.size());
    return identity;
}

} // namespace ra::ingest
