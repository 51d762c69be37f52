// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ra::store {

/// The pages of a database file as they are, with what its write-ahead log has committed over them, read without
/// SQLite: for files that SQLite refuses. Source: "Database File Format", sqlite.org, sections 1.2, 1.3 and 4.
class PageFile {
public:
    /// Opens for reading. Failed: as the system says. Whatever the file holds, it can be opened.
    [[nodiscard]] static Result<PageFile> open(const std::string &path);

    [[nodiscard]] std::uint32_t pageCount() const { return m_pages; }
    /// Bytes of a page that hold data.
    [[nodiscard]] std::size_t usable() const { return m_usable; }
    /// Page `number`, from 1; empty where the file has none, or it cannot be read. Valid until the next call.
    [[nodiscard]] std::string_view page(std::uint32_t number);
    /// The same into a buffer of the caller's.
    void read(std::uint32_t number, std::string &into) const;

    /// Whether the file begins as a database does.
    [[nodiscard]] bool hasMagic() const { return m_hasMagic; }
    /// What the first page says; 0 where it says nothing.
    [[nodiscard]] std::uint32_t applicationId() const { return m_applicationId; }
    [[nodiscard]] std::uint32_t userVersion() const { return m_userVersion; }
    [[nodiscard]] std::uint32_t firstFree() const { return m_firstFree; }
    [[nodiscard]] std::uint32_t freePages() const { return m_freePages; }

private:
    struct Close {
        int descriptor = -1;
        explicit Close(int file)
            : descriptor(file) {}
        ~Close();
        Close(const Close &) = delete;
        Close &operator=(const Close &) = delete;
    };
    void readHeader(std::uint64_t size);
    void readLog();

    std::shared_ptr<const Close> m_file;
    std::shared_ptr<const Close> m_log;
    std::unordered_map<std::uint32_t, std::uint64_t> m_inLog; ///< where the newest of a page lies in the log
    std::string m_page;
    std::size_t m_size = 0; ///< of a page
    std::size_t m_usable = 0;
    std::uint32_t m_pages = 0;
    bool m_hasMagic = false;
    std::uint32_t m_applicationId = 0;
    std::uint32_t m_userVersion = 0;
    std::uint32_t m_firstFree = 0;
    std::uint32_t m_freePages = 0;
};

/// A big-endian number at a place; 0 behind the end.
[[nodiscard]] std::uint32_t numberAt(std::string_view bytes, std::size_t at, std::size_t size);

} // namespace ra::store
