// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/codec.h"

#include <QFile>

#include <cstring>
#include <memory>
#include <stdexcept>
#include <xxhash.h>
#include <zstd.h>

// Resources of a static library must be asked for by name, outside any namespace.
static void initDictionaryResource() {
    Q_INIT_RESOURCE(store);
}

namespace ra::store {

namespace {

/// Below this the phrases of the dictionary pay; above it the text itself soon holds them all.
constexpr std::size_t dictionaryLimit = std::size_t{256} * 1024;
/// A run's lines must come up quickly, and a damaged length must not ask for the whole memory.
constexpr std::size_t longest = std::size_t{64} * 1024 * 1024;

struct Free {
    void operator()(ZSTD_CCtx *context) const { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx *context) const { ZSTD_freeDCtx(context); }
    void operator()(ZSTD_CDict *dictionary) const { ZSTD_freeCDict(dictionary); }
    void operator()(ZSTD_DDict *dictionary) const { ZSTD_freeDDict(dictionary); }
};

const QByteArray &dictionaryText() {
    static const QByteArray text = [] {
        initDictionaryResource();
        QFile file(QStringLiteral(":/store/dictionary/001.txt"));
        if (!file.open(QIODevice::ReadOnly))
            throw std::runtime_error("the dictionary of the store is not in the program");
        return file.readAll();
    }();
    return text;
}

const ZSTD_CDict *compressing() {
    static const std::unique_ptr<ZSTD_CDict, Free> dictionary(
        ZSTD_createCDict(dictionaryText().data(), static_cast<std::size_t>(dictionaryText().size()), 6));
    return dictionary.get();
}

const ZSTD_DDict *decompressing() {
    static const std::unique_ptr<ZSTD_DDict, Free> dictionary(
        ZSTD_createDDict(dictionaryText().data(), static_cast<std::size_t>(dictionaryText().size())));
    return dictionary.get();
}

std::uint32_t checksumOf(std::string_view bytes) {
    return static_cast<std::uint32_t>(XXH3_64bits(bytes.data(), bytes.size()));
}

} // namespace

Packed packPlain(std::string_view bytes) {
    std::string checked(bytes);
    const std::uint32_t checksum = checksumOf(bytes);
    checked.append(reinterpret_cast<const char *>(&checksum), sizeof checksum); // little-endian, like segments
    return {Codec::Checked, std::move(checked)};
}

Packed pack(std::string_view bytes, bool quick) {
    thread_local const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
    const std::size_t room = ZSTD_compressBound(bytes.size());
    const auto buffer = std::make_unique_for_overwrite<char[]>(room);
    const bool small = bytes.size() < dictionaryLimit;
    ZSTD_CCtx_reset(context.get(), ZSTD_reset_session_and_parameters);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    if (small)
        ZSTD_CCtx_refCDict(context.get(), compressing());
    else
        ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, quick ? 1 : 3);
    const std::size_t size = ZSTD_compress2(context.get(), buffer.get(), room, bytes.data(), bytes.size());
    if (ZSTD_isError(size))
        throw std::runtime_error(std::string("zstd: ") + ZSTD_getErrorName(size));
    if (size >= bytes.size())
        return packPlain(bytes);
    return {small ? Codec::ZstdDictionary1 : Codec::Zstd, std::string(buffer.get(), size)};
}

std::string unpack(Codec codec, std::string_view bytes, std::size_t length) {
    if (length > longest)
        throw std::runtime_error("a block of the store claims to be larger than any that is written");
    if (codec == Codec::Raw) {
        if (bytes.size() != length)
            throw std::runtime_error("a block of the store has lost bytes");
        return std::string(bytes);
    }
    if (codec == Codec::Checked) {
        std::uint32_t checksum = 0;
        if (bytes.size() != length + sizeof checksum)
            throw std::runtime_error("a block of the store has lost bytes");
        std::memcpy(&checksum, bytes.data() + length, sizeof checksum);
        if (checksum != checksumOf(bytes.substr(0, length)))
            throw std::runtime_error("a block of the store is not what was written");
        return std::string(bytes.substr(0, length));
    }
    if (codec != Codec::Zstd && codec != Codec::ZstdDictionary1)
        throw std::runtime_error("a block of the store is packed in a way that this program does not know");
    thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
    std::string text(length, '\0');
    const std::size_t size =
        codec == Codec::Zstd ? ZSTD_decompressDCtx(context.get(), text.data(), text.size(), bytes.data(), bytes.size())
                             : ZSTD_decompress_usingDDict(context.get(), text.data(), text.size(), bytes.data(),
                                                          bytes.size(), decompressing());
    if (ZSTD_isError(size) || size != length)
        throw std::runtime_error("a block of the store cannot be unpacked, or not to what was written");
    return text;
}

} // namespace ra::store
