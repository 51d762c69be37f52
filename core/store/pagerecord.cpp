// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/pagerecord.h"

#include <bit>

namespace ra::store {

namespace {

constexpr std::size_t mostColumns = 200;
/// No row of a store comes near: a damaged length must not ask for the whole memory.
constexpr std::uint64_t longestPayload = std::uint64_t{256} * 1024 * 1024;

/// Reads a varint of one to nine bytes; false behind the end.
bool takeVarint(std::string_view bytes, std::size_t &at, std::uint64_t &value) {
    value = 0;
    for (int i = 0; i < 9; ++i) {
        if (at >= bytes.size())
            return false;
        const auto byte = static_cast<unsigned char>(bytes[at++]);
        if (i == 8) {
            value = value << 8 | byte;
            return true;
        }
        value = value << 7 | (byte & 0x7f);
        if (byte < 0x80)
            return true;
    }
    return true;
}

std::int64_t integerAt(std::string_view bytes, std::size_t size) {
    std::uint64_t value = (static_cast<unsigned char>(bytes[0]) & 0x80) != 0 ? UINT64_MAX : 0;
    for (std::size_t i = 0; i < size; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return static_cast<std::int64_t>(value);
}

} // namespace

BtreePage::BtreePage(const PageFile &file, std::uint32_t number)
    : m_file(file) {
    file.read(number, m_bytes);
    constexpr std::size_t fileHeader = 100;
    m_begin = number == 1 ? fileHeader : 0;
    if (m_bytes.size() < m_begin + 12)
        return;
    const auto kind = static_cast<PageKind>(m_bytes[m_begin]);
    if (kind != PageKind::IndexInterior && kind != PageKind::TableInterior && kind != PageKind::IndexLeaf &&
        kind != PageKind::TableLeaf)
        return;
    m_kind = kind;
    m_cells = numberAt(m_bytes, m_begin + 3, 2);
    const std::size_t pointers = m_begin + (isInterior() ? 12 : 8);
    if (pointers + 2 * m_cells > m_file.usable())
        m_kind = PageKind::None;
    if (isInterior())
        m_rightmost = numberAt(m_bytes, m_begin + 8, 4);
}

std::optional<PageCell> BtreePage::cell(std::size_t index) const {
    const std::size_t pointers = m_begin + (isInterior() ? 12 : 8);
    const std::size_t usable = m_file.usable();
    std::size_t at = numberAt(m_bytes, pointers + 2 * index, 2);
    if (at < pointers + 2 * m_cells || at >= usable)
        return std::nullopt;
    const std::string_view bytes = std::string_view(m_bytes).substr(0, usable);
    PageCell cell;
    if (isInterior()) {
        cell.child = numberAt(bytes, at, 4);
        at += 4;
    }
    std::uint64_t number = 0;
    std::uint64_t size = 0;
    const bool ofTable = m_kind == PageKind::TableLeaf || m_kind == PageKind::TableInterior;
    if (m_kind != PageKind::TableInterior && !takeVarint(bytes, at, size))
        return std::nullopt;
    if (ofTable) {
        if (!takeVarint(bytes, at, number))
            return std::nullopt;
        cell.key = static_cast<std::int64_t>(number);
    }
    if (m_kind == PageKind::TableInterior)
        return cell;
    if (size > longestPayload || size > std::uint64_t{m_file.pageCount()} * usable)
        return std::nullopt;
    const std::size_t most = ofTable ? usable - 35 : (usable - 12) * 64 / 255 - 23;
    const std::size_t least = (usable - 12) * 32 / 255 - 23;
    std::size_t local = size;
    if (size > most) {
        const std::size_t fits = least + (size - least) % (usable - 4);
        local = fits <= most ? fits : least;
    }
    if (at + local + (local < size ? 4 : 0) > usable)
        return std::nullopt;
    cell.payload = bytes.substr(at, local);
    std::uint32_t next = local < size ? numberAt(bytes, at + local, 4) : 0;
    std::string more;
    while (cell.payload.size() < size) {
        m_file.read(next, more);
        if (next < 2 || more.empty())
            return std::nullopt;
        next = numberAt(more, 0, 4);
        cell.payload.append(more, 4, std::min<std::size_t>(usable - 4, size - cell.payload.size()));
    }
    if (local < size && next != 0)
        return std::nullopt; // the chain goes on behind the end: it is another one's
    return cell;
}

std::optional<std::vector<RecordValue>> decodeRecord(std::string_view payload) {
    std::size_t at = 0;
    std::uint64_t header = 0;
    if (!takeVarint(payload, at, header) || header > payload.size() || header < at)
        return std::nullopt;
    const std::string_view types = payload.substr(0, header);
    std::size_t data = header;
    std::vector<RecordValue> values;
    while (at < header) {
        std::uint64_t type = 0;
        if (!takeVarint(types, at, type) || values.size() >= mostColumns)
            return std::nullopt;
        constexpr std::size_t sizes[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
        if (type == 10 || type == 11)
            return std::nullopt;
        const std::uint64_t size = type < 10 ? sizes[type] : (type - 12) / 2;
        if (size > payload.size() - data)
            return std::nullopt;
        const std::string_view bytes = payload.substr(data, size);
        data += size;
        if (type == 0)
            values.emplace_back(std::monostate());
        else if (type == 7)
            values.emplace_back(std::bit_cast<double>(integerAt(bytes, size)));
        else if (type < 7)
            values.emplace_back(integerAt(bytes, size));
        else if (type < 10)
            values.emplace_back(static_cast<std::int64_t>(type - 8));
        else if (type % 2 == 0)
            values.emplace_back(RecordBlob{bytes});
        else
            values.emplace_back(bytes);
    }
    if (data != payload.size())
        return std::nullopt;
    return values;
}

} // namespace ra::store
