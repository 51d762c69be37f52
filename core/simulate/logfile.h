// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <memory>
#include <string>

namespace ra::simulate {

/// A file opened for appending, as a process holds it: it goes on writing to the same file after others renamed it.
class LogFile {
public:
    /// Opens or creates the file and the folders above it.
    [[nodiscard]] static Result<std::unique_ptr<LogFile>> open(const std::string &path);
    ~LogFile();
    LogFile(const LogFile &) = delete;
    LogFile &operator=(const LogFile &) = delete;

    /// What was added here reaches the file with the next flush.
    [[nodiscard]] std::string &buffer() { return m_buffer; }
    /// Writes the buffer in one write() (more only if the system takes less).
    [[nodiscard]] Result<void> flush();

    /// Bytes in the file and the buffer.
    [[nodiscard]] std::uint64_t size() const { return m_written + m_buffer.size(); }
    /// Bytes added through this object.
    [[nodiscard]] std::uint64_t added() const { return m_written - m_atOpen + m_buffer.size(); }
    [[nodiscard]] const std::string &path() const { return m_path; }

private:
    LogFile(std::string path, int descriptor, std::uint64_t size);

    std::string m_path; ///< when it was opened
    std::string m_buffer;
    int m_descriptor = -1;
    std::uint64_t m_atOpen = 0;
    std::uint64_t m_written = 0;
};

/// Makes room for a new file as rotation does: path.1 to path.2.gz (compressed), path.N.gz to path.N+1.gz, path to
/// path.1. `mayCompress` false keeps path.1 as path.2, because somebody still writes to it.
[[nodiscard]] Result<void> rotate(const std::string &path, bool mayCompress);

} // namespace ra::simulate
