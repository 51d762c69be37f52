// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/ingest/batch.h"
#include "core/ingest/decompressor.h"
#include "core/ingest/descriptor.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

struct stat;

namespace ra::ingest {

/// A file as one stream of bytes, decompressed if it is gzip or zstd. Offsets count decompressed bytes. Reads only
/// regular files. Holds one descriptor, and for compressed files up to 8 MB; whatever the file's size, holes included.
/// Movable; one thread at a time.
class ByteSource {
public:
    static constexpr std::size_t headSize = 1024; ///< of the part that identifies a file

    [[nodiscard]] static Result<ByteSource> open(const std::string &path);

    [[nodiscard]] const std::string &path() const { return m_path; }
    [[nodiscard]] Compression compression() const { return m_compression; }

    /// Fills `buffer` from `offset` on and returns how many bytes there were; fewer than asked for, or 0, at the end as
    /// it is now. Compressed: reading on where the last read ended is cheap, ahead costs decoding, back starts over.
    /// Where a compressed file is damaged or cut, all bytes before that place are returned first, and the error by the
    /// read that begins there.
    [[nodiscard]] Result<std::size_t> read(std::uint64_t offset, std::span<char> buffer);

    /// Goes towards `offset` for a read there, decoding at most `most` bytes. Returns whether it is there, or as near
    /// as the file allows; not compressed, it always is.
    [[nodiscard]] Result<bool> approach(std::uint64_t offset, std::uint64_t most);

    /// What it is now; the head grows with the file up to headSize. Damage in the head only makes it shorter.
    [[nodiscard]] Result<SourceIdentity> identity();

    /// What the file is now, as stored (compressed).
    [[nodiscard]] Result<FileStamp> stamp() const;

private:
    ByteSource(std::string path, Descriptor descriptor)
        : m_path(std::move(path))
        , m_descriptor(std::move(descriptor)) {}

    [[nodiscard]] tl::unexpected<Error> failure(ErrorKind kind, std::string why) const;
    [[nodiscard]] Result<std::size_t> readFile(std::uint64_t offset, std::span<char> buffer) const;
    [[nodiscard]] Result<std::size_t> readHead(std::span<char> buffer);
    [[nodiscard]] Result<std::size_t> decompress(std::span<char> buffer);
    void startOver();

    std::string m_path;
    Descriptor m_descriptor;
    Compression m_compression = Compression::None;

    std::unique_ptr<Decompressor> m_decompressor;
    std::uint64_t m_position = 0;    ///< of the decompressor, in decompressed bytes
    std::uint64_t m_inputOffset = 0; ///< of the end of m_input in the file
    std::vector<char> m_input;
    std::size_t m_inputTaken = 0;
    std::string m_damage;                    ///< why nothing comes after m_position
    std::optional<std::vector<char>> m_head; ///< of compressed files, which do not grow
};

/// What stat(2) told of a file.
[[nodiscard]] FileStamp stampOf(const struct stat &status);

/// XXH3 of a file's first bytes, as SourceIdentity::headHash has it.
[[nodiscard]] std::uint64_t headHash(std::span<const char> head);

} // namespace ra::ingest
