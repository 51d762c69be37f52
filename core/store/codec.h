// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ra::store {

/// How the bytes of a block are kept. The numbers are in the file and keep their meaning for ever.
enum class Codec : std::uint8_t {
    Raw = 0,
    Zstd = 1,
    ZstdDictionary1 = 2, ///< with resources/schema/dictionary_001.txt, which must never change, as raw content
    Checked = 3,         ///< the bytes, and behind them the lower half of their XXH3-64
};

struct Packed {
    Codec codec = Codec::Raw;
    std::string bytes;
};

/// Compresses, with a checksum of what is packed. Small texts go through the dictionary, which knows the runner's
/// phrases; what does not shrink stays as it is. `quick` prefers speed to size: for bulk reading, where the processor
/// is what everything waits for. Any thread.
[[nodiscard]] Packed pack(std::string_view bytes, bool quick);

/// The same without trying to compress.
[[nodiscard]] Packed packPlain(std::string_view bytes);

/// The `length` bytes that were packed. Throws std::runtime_error if the data is damaged. Any thread.
[[nodiscard]] std::string unpack(Codec codec, std::string_view bytes, std::size_t length);

} // namespace ra::store
