// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ra::ingest {

/// Writes plain values as bytes; the same `io(archive, value)` functions serve SavingArchive and LoadingArchive, so
/// that what is saved and what is loaded cannot differ.
class SavingArchive {
public:
    static constexpr bool loading = false;

    void bytes(const void *data, std::size_t size) { m_out.append(static_cast<const char *>(data), size); }
    [[nodiscard]] bool ok() const { return true; }
    [[nodiscard]] std::string take() { return std::move(m_out); }

private:
    std::string m_out;
};

/// Reads what SavingArchive wrote. Running out of bytes or an impossible size makes ok() false and every further value
/// empty: damaged input is never trusted.
class LoadingArchive {
public:
    static constexpr bool loading = true;

    explicit LoadingArchive(std::string_view in)
        : m_in(in) {}

    void bytes(void *data, std::size_t size) {
        if (!m_ok || size > m_in.size()) {
            m_ok = false;
            std::memset(data, 0, size);
            return;
        }
        std::memcpy(data, m_in.data(), size);
        m_in.remove_prefix(size);
    }
    [[nodiscard]] bool ok() const { return m_ok; }
    [[nodiscard]] bool atEnd() const { return m_in.empty(); }
    [[nodiscard]] std::size_t left() const { return m_in.size(); }
    void refuse() { m_ok = false; }

private:
    std::string_view m_in;
    bool m_ok = true;
};

template <typename Archive, typename T>
requires((std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) || std::is_enum_v<T>) void io(Archive &archive,
                                                                                             T &value) {
    archive.bytes(&value, sizeof value);
}

/// A damaged byte must not become a bool that is neither.
template <typename Archive>
void io(Archive &archive, bool &value) {
    std::uint8_t byte = value ? 1 : 0;
    archive.bytes(&byte, 1);
    if constexpr (Archive::loading) {
        if (byte > 1)
            archive.refuse();
        value = byte == 1;
    }
}

template <typename Archive>
void ioSize(Archive &archive, std::uint64_t &size) {
    io(archive, size);
    if constexpr (Archive::loading) {
        if (size > archive.left()) { // every element takes at least a byte
            archive.refuse();
            size = 0;
        }
    }
}

template <typename Archive>
void io(Archive &archive, std::string &text) {
    std::uint64_t size = text.size();
    ioSize(archive, size);
    text.resize(size);
    archive.bytes(text.data(), size);
}

template <typename Archive>
void io(Archive &archive, Duration &value) {
    std::int64_t ns = value.count();
    io(archive, ns);
    value = Duration(ns);
}

template <typename Archive>
void io(Archive &archive, Time &value) {
    std::int64_t ns = toNs(value);
    io(archive, ns);
    value = fromNs(ns);
}

template <typename Archive, typename T>
void io(Archive &archive, std::optional<T> &value) {
    bool present = value.has_value();
    io(archive, present);
    if constexpr (Archive::loading)
        value = present ? std::optional<T>(T{}) : std::nullopt;
    if (value)
        io(archive, *value);
}

template <typename Archive, typename Sequence>
requires requires(Sequence &s) {
    s.emplace_back();
}
void io(Archive &archive, Sequence &values) {
    std::uint64_t size = values.size();
    ioSize(archive, size);
    if constexpr (Archive::loading) {
        values.clear();
        for (std::uint64_t i = 0; i < size && archive.ok(); ++i)
            io(archive, values.emplace_back());
    } else {
        for (auto &value : values)
            io(archive, value);
    }
}

} // namespace ra::ingest
