// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ra::live {

/// A file by what the kernel calls it, whatever it is renamed to.
struct FileKey {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;

    bool operator==(const FileKey &) const = default;
    bool operator<(const FileKey &other) const {
        return device != other.device ? device < other.device : inode < other.inode;
    }
};

/// Memory addresses from `begin` to before `end`.
struct AddressRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// A process that has a file open for writing.
struct Holder {
    std::int64_t pid = 0;
    bool isPython = false;              ///< its program is a Python interpreter
    std::vector<AddressRange> writable; ///< its memory when it was looked at, in order
};

/// A file and the user whom it belongs to.
struct OwnedFile {
    FileKey file;
    std::uint32_t owner = 0;
};

/// The processes that have each of the files open for writing, in the order of the files, from one pass over /proc.
/// Nothing where that cannot be known because processes of
/// its owner cannot be looked into; those of others are taken not to write to it, as only root may look into all of
/// them.
[[nodiscard]] std::vector<std::optional<std::vector<Holder>>> holdersOf(std::span<const OwnedFile> files);
/// Of one file.
[[nodiscard]] std::optional<std::vector<Holder>> holdersOf(const FileKey &file, std::uint32_t fileOwner);

/// The user whom the file belongs to; where `path` does not lead to it any more, the user of this process.
[[nodiscard]] std::uint32_t fileOwnerOf(const std::string &path, const FileKey &file);

/// The writable memory of the process, in order; none if it is not there or may not be looked into.
[[nodiscard]] std::vector<AddressRange> writableMemory(std::int64_t pid);

/// Whether the address lies in one of the ranges, which are in order. `runner.<id>` is the address of the runner
/// object, so it tells which of several processes that write to one log a run belongs to.
[[nodiscard]] bool hasAddress(std::span<const AddressRange> memory, std::uint64_t address);

enum class Liveness { Alive, Gone, Unknown };

struct Owner {
    Liveness liveness = Liveness::Unknown;
    std::int64_t pid = 0; ///< of the run's process if exactly one fits
};

/// What is known of the process of a run with this runner number that writes to the file. Gone: nobody has the file
/// open, or only interpreters that do not have the address; a holder that is no interpreter (tee, a logger) may stand
/// for it.
[[nodiscard]] Owner ownerOf(std::uint64_t runner, const std::optional<std::vector<Holder>> &holders);

} // namespace ra::live
