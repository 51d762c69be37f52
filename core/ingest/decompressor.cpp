// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/decompressor.h"

#include <algorithm>
#include <limits>
#include <new>

#include <zlib.h>
#include <zstd.h>

namespace ra::ingest {

namespace {

constexpr std::string_view gzipMagic = "\x1F\x8B\x08";
constexpr std::string_view zstdMagic = "\x28\xB5\x2F\xFD";
constexpr int zstdWindowLog = 23; // 8 MB, what all levels but the --ultra and --long ones stay below

class Gzip : public Decompressor {
public:
    Gzip() {
        if (inflateInit2(&m_stream, 15 + 16) != Z_OK)
            throw std::bad_alloc();
    }
    ~Gzip() override { inflateEnd(&m_stream); }
    Gzip(const Gzip &) = delete;
    Gzip &operator=(const Gzip &) = delete;

    Step step(std::span<const char> input, std::span<char> output) override {
        Step step;
        while (step.taken < input.size() && step.made < output.size()) {
            if (m_between && input[step.taken] == '\0') {
                ++step.taken; // padding of tapes and block devices
                continue;
            }
            m_between = false;
            const std::size_t inputLeft =
                std::min<std::size_t>(input.size() - step.taken, std::numeric_limits<uInt>::max());
            const std::size_t outputLeft =
                std::min<std::size_t>(output.size() - step.made, std::numeric_limits<uInt>::max());
            // zlib's interface predates const.
            m_stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(input.data() + step.taken));
            m_stream.avail_in = static_cast<uInt>(inputLeft);
            m_stream.next_out = reinterpret_cast<Bytef *>(output.data() + step.made);
            m_stream.avail_out = static_cast<uInt>(outputLeft);
            const int result = inflate(&m_stream, Z_NO_FLUSH);
            step.taken += inputLeft - m_stream.avail_in;
            step.made += outputLeft - m_stream.avail_out;
            if (result == Z_STREAM_END) {
                inflateReset(&m_stream);
                m_between = true;
            } else if (result != Z_OK && result != Z_BUF_ERROR) {
                step.damage = m_stream.msg ? m_stream.msg : "damaged gzip data";
                break;
            }
        }
        return step;
    }

    [[nodiscard]] bool mayEnd() const override { return m_between; }

private:
    z_stream m_stream{};
    bool m_between = true;
};

class Zstd : public Decompressor {
public:
    Zstd()
        : m_stream(ZSTD_createDStream()) {
        if (!m_stream)
            throw std::bad_alloc();
        ZSTD_DCtx_setParameter(m_stream, ZSTD_d_windowLogMax, zstdWindowLog);
    }
    ~Zstd() override { ZSTD_freeDStream(m_stream); }
    Zstd(const Zstd &) = delete;
    Zstd &operator=(const Zstd &) = delete;

    Step step(std::span<const char> input, std::span<char> output) override {
        ZSTD_inBuffer in{input.data(), input.size(), 0};
        ZSTD_outBuffer out{output.data(), output.size(), 0};
        Step step;
        // Once with all input taken, too: the decoder may hold back output that had no room.
        do {
            const std::size_t before = in.pos + out.pos;
            const std::size_t result = ZSTD_decompressStream(m_stream, &out, &in);
            if (ZSTD_isError(result) != 0) {
                step.damage = ZSTD_getErrorName(result);
                break;
            }
            if (in.pos + out.pos == before)
                break;
            m_between = result == 0;
        } while (in.pos < in.size && out.pos < out.size);
        step.taken = in.pos;
        step.made = out.pos;
        return step;
    }

    [[nodiscard]] bool mayEnd() const override { return m_between; }

private:
    ZSTD_DStream *m_stream;
    bool m_between = true;
};

} // namespace

Compression compressionOf(std::string_view head) {
    if (head.starts_with(gzipMagic))
        return Compression::Gzip;
    return head.starts_with(zstdMagic) ? Compression::Zstd : Compression::None;
}

std::unique_ptr<Decompressor> Decompressor::create(Compression compression) {
    switch (compression) {
    case Compression::Gzip:
        return std::make_unique<Gzip>();
    case Compression::Zstd:
        return std::make_unique<Zstd>();
    case Compression::None:
        break;
    }
    return nullptr;
}

} // namespace ra::ingest
