// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/batch.h"
#include "core/ingest/descriptor.h"

#include <cstdint>
#include <span>
#include <string>

namespace ra::ingest {

/// A plain file that is read while others write to it. Notices when what was read before is no longer what the file
/// holds: it compares the first 1,024 and the last 128 bytes read, before and after every reading, so that no bytes of
/// a truncated or rewritten file are handed out under offsets of the old one. Keeps reading the same file (inode)
/// whatever name it has; the descriptor can be closed between readings to save descriptors.
class Tail {
public:
    enum class Opening { Done, Missing, OtherFile, Failed };
    enum class Outcome {
        Bytes,    ///< `bytes` from `offset` on
        End,      ///< nothing more for now
        Replaced, ///< shorter than what was read, or other bytes: call restart() and read from 0
        Failed,   ///< `error` has the errno
    };
    struct Slice {
        Outcome outcome = Outcome::End;
        std::uint64_t offset = 0;
        std::span<const char> bytes;
        int error = 0;
    };

    /// The file with that inode, wherever it is.
    Tail(std::uint64_t device, std::uint64_t inode)
        : m_device(device)
        , m_inode(inode) {}

    /// Opens it under the name that it has now. OtherFile: the name belongs to another inode. `error()` has the errno.
    [[nodiscard]] Opening open(const std::string &path);
    void close() { m_descriptor.reset(); }
    [[nodiscard]] bool isOpen() const { return m_descriptor.isOpen(); }
    [[nodiscard]] int error() const { return m_error; }
    [[nodiscard]] int descriptor() const { return m_descriptor.get(); }

    /// Goes on from `offset`, taking what the file holds before it for what was read. False if the file is shorter.
    [[nodiscard]] bool startAt(std::uint64_t offset);
    /// From 0, with nothing read before.
    void restart();

    /// The next bytes, at most as many as `buffer` holds. Fewer means that the end was reached.
    [[nodiscard]] Slice read(std::span<char> buffer);

    [[nodiscard]] std::uint64_t offset() const { return m_offset; }
    /// With the head of what was read, or, if nothing was, of what the file holds.
    [[nodiscard]] SourceIdentity identity();

private:
    [[nodiscard]] bool readExactly(std::uint64_t offset, std::span<char> buffer) const;
    /// At most 1,024 bytes.
    [[nodiscard]] bool holds(std::uint64_t offset, std::span<const char> bytes) const;
    [[nodiscard]] bool isUnchanged() const;
    void remember(std::span<const char> bytes);

    std::uint64_t m_device;
    std::uint64_t m_inode;
    Descriptor m_descriptor;
    int m_error = 0;
    std::uint64_t m_offset = 0;
    std::string m_head;           ///< first bytes read; emptied once there are 1,024
    std::uint64_t m_headHash = 0; ///< of the first 1,024 bytes read, once there are as many
    bool m_headComplete = false;
    std::string m_last; ///< last bytes read
};

} // namespace ra::ingest
