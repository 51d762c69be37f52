// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/bytesource.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

namespace ra::ingest {

namespace {

constexpr std::size_t inputSize = 64U << 10;

ErrorKind kindOf(int code) {
    return code == ENOENT || code == ENOTDIR ? ErrorKind::NotFound : ErrorKind::Failed;
}

} // namespace

std::uint64_t headHash(std::span<const char> head) {
    return XXH3_64bits(head.data(), head.size());
}

tl::unexpected<Error> ByteSource::failure(ErrorKind kind, std::string why) const {
    return fail({.kind = kind, .what = "read the file", .where = m_path, .why = std::move(why), .hint = {}});
}

Result<ByteSource> ByteSource::open(const std::string &path) {
    // Non-blocking, because opening a pipe that nobody writes to would wait for ever.
    Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    const int code = errno;
    ByteSource source(path, std::move(descriptor));
    if (!source.m_descriptor.isOpen()) {
        tl::unexpected<Error> error = source.failure(kindOf(code), std::strerror(code));
        if (code == EACCES)
            error.value().hint = "Give the user who runs this program the right to read it";
        return error;
    }
    struct stat status {};
    if (fstat(source.m_descriptor.get(), &status) != 0)
        return source.failure(ErrorKind::Failed, std::strerror(errno));
    if (!S_ISREG(status.st_mode))
        return source.failure(ErrorKind::Invalid, "it is not a regular file");
    std::array<char, 4> magic{};
    const Result<std::size_t> length = source.readFile(0, magic);
    if (!length)
        return tl::unexpected(length.error());
    source.m_compression = compressionOf({magic.data(), *length});
    source.startOver();
    return source;
}

Result<std::size_t> ByteSource::readFile(std::uint64_t offset, std::span<char> buffer) const {
    std::size_t done = 0;
    while (done < buffer.size()) {
        const ssize_t n =
            pread(m_descriptor.get(), buffer.data() + done, buffer.size() - done, static_cast<off_t>(offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return failure(ErrorKind::Failed, std::strerror(errno));
        if (n == 0)
            break;
        done += static_cast<std::size_t>(n);
    }
    return done;
}

void ByteSource::startOver() {
    m_decompressor = Decompressor::create(m_compression);
    m_position = 0;
    m_inputOffset = 0;
    m_input.clear();
    m_inputTaken = 0;
    m_damage.clear();
}

Result<std::size_t> ByteSource::decompress(std::span<char> buffer) {
    std::size_t done = 0;
    while (done < buffer.size() && m_damage.empty()) {
        if (m_inputTaken == m_input.size()) {
            m_input.resize(inputSize);
            m_inputTaken = 0;
            Result<std::size_t> length = readFile(m_inputOffset, m_input);
            m_input.resize(length.value_or(0));
            if (!length)
                return length;
            m_inputOffset += *length;
        }
        const std::span<const char> input = std::span(m_input).subspan(m_inputTaken);
        const Decompressor::Step step = m_decompressor->step(input, buffer.subspan(done));
        m_inputTaken += step.taken;
        done += step.made;
        m_damage = step.damage;
        if (m_damage.empty() && input.empty() && step.made == 0) {
            if (m_decompressor->mayEnd())
                break;
            m_damage = "the compressed data ends early";
        } else if (m_damage.empty() && step.taken == 0 && step.made == 0) {
            m_damage = "the compressed data makes no sense";
        }
    }
    m_position += done;
    if (done == 0 && !buffer.empty() && !m_damage.empty())
        return failure(ErrorKind::Damaged, m_damage);
    return done;
}

Result<std::size_t> ByteSource::read(std::uint64_t offset, std::span<char> buffer) {
    if (m_compression == Compression::None)
        return readFile(offset, buffer);
    if (const Result<bool> there = approach(offset, UINT64_MAX); !there)
        return tl::unexpected(there.error());
    return m_position < offset ? 0 : decompress(buffer);
}

Result<bool> ByteSource::approach(std::uint64_t offset, std::uint64_t most) {
    if (m_compression == Compression::None)
        return true;
    if (offset < m_position)
        startOver();
    std::vector<char> skipped;
    while (m_position < offset && most > 0) {
        skipped.resize(inputSize);
        const std::uint64_t wanted = std::min({std::uint64_t{skipped.size()}, offset - m_position, most});
        const Result<std::size_t> length = decompress(std::span(skipped).first(wanted));
        if (!length)
            return tl::unexpected(length.error());
        if (*length == 0)
            return true;
        most -= *length;
    }
    return m_position >= offset;
}

Result<std::size_t> ByteSource::readHead(std::span<char> buffer) {
    if (m_compression == Compression::None)
        return readFile(0, buffer);
    if (!m_head) {
        // From a decompressor of its own, so that the reading of the rest goes on where it was.
        ByteSource again(m_path, Descriptor(dup(m_descriptor.get())));
        again.m_compression = m_compression;
        again.startOver();
        m_head.emplace(headSize);
        m_head->resize(again.read(0, *m_head).value_or(0));
    }
    const std::size_t length = std::min(buffer.size(), m_head->size());
    std::copy_n(m_head->begin(), length, buffer.begin());
    return length;
}

Result<SourceIdentity> ByteSource::identity() {
    struct stat status {};
    if (fstat(m_descriptor.get(), &status) != 0)
        return failure(ErrorKind::Failed, std::strerror(errno));
    std::array<char, headSize> head{};
    const Result<std::size_t> length = readHead(head);
    if (!length)
        return tl::unexpected(length.error());
    return SourceIdentity{.device = status.st_dev,
                          .inode = status.st_ino,
                          .headHash = headHash(std::span(head).first(*length)),
                          .headLength = static_cast<std::uint32_t>(*length)};
}

Result<FileStamp> ByteSource::stamp() const {
    struct stat status {};
    if (fstat(m_descriptor.get(), &status) != 0)
        return failure(ErrorKind::Failed, std::strerror(errno));
    return stampOf(status);
}

FileStamp stampOf(const struct stat &status) {
    return {.size = status.st_size, .modifiedNs = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec};
}

} // namespace ra::ingest
