// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ra::ingest {

enum class Compression { None, Gzip, Zstd };

/// By the magic bytes that a file begins with; names lie.
[[nodiscard]] Compression compressionOf(std::string_view head);

/// A compressed stream being undone piece by piece; several members or frames one after another are one stream.
class Decompressor {
public:
    /// What one step did.
    struct Step {
        std::size_t taken = 0; ///< of the input
        std::size_t made = 0;  ///< of the output
        std::string damage;    ///< why it cannot go on; `made` bytes before it are good
    };

    virtual ~Decompressor() = default;

    /// Goes on as far as input or output allow. With all input taken and room left in the output it wants more input.
    [[nodiscard]] virtual Step step(std::span<const char> input, std::span<char> output) = 0;

    /// Whether the stream may end here: between two members, not inside one.
    [[nodiscard]] virtual bool mayEnd() const = 0;

    /// Null for Compression::None. Memory is bounded by 8 MB; streams that need more are damaged in this sense.
    [[nodiscard]] static std::unique_ptr<Decompressor> create(Compression compression);
};

} // namespace ra::ingest
