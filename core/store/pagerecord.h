// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/pagefile.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ra::store {

/// Bytes of a record, told from text.
struct RecordBlob {
    std::string_view bytes;
};
using RecordValue = std::variant<std::monostate, std::int64_t, double, std::string_view, RecordBlob>;

/// A cell of a b-tree page: see "Database File Format", sqlite.org, section 1.6.
struct PageCell {
    std::uint32_t child = 0; ///< of interior pages
    std::int64_t key = 0;    ///< rowid, of tables
    std::string payload;     ///< whole, also where it overflows; empty in the interior of tables
};

enum class PageKind : std::uint8_t { None = 0, IndexInterior = 2, TableInterior = 5, IndexLeaf = 10, TableLeaf = 13 };

/// A page of a b-tree.
class BtreePage {
public:
    /// Reads a page. kind() is None where it is no page of a b-tree.
    BtreePage(const PageFile &file, std::uint32_t number);

    [[nodiscard]] PageKind kind() const { return m_kind; }
    [[nodiscard]] bool isInterior() const {
        return m_kind == PageKind::IndexInterior || m_kind == PageKind::TableInterior;
    }
    [[nodiscard]] std::size_t cells() const { return m_cells; }
    [[nodiscard]] std::uint32_t rightmost() const { return m_rightmost; }
    /// Nothing if the cell makes no sense.
    [[nodiscard]] std::optional<PageCell> cell(std::size_t index) const;

private:
    const PageFile &m_file;
    std::string m_bytes;
    std::size_t m_begin = 0; ///< of its header: behind the file's in the first page
    PageKind m_kind = PageKind::None;
    std::size_t m_cells = 0;
    std::uint32_t m_rightmost = 0;
};

/// The values of a record, which point into it; nothing if it is none.
[[nodiscard]] std::optional<std::vector<RecordValue>> decodeRecord(std::string_view payload);

} // namespace ra::store
