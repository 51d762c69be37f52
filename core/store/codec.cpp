// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/codec.h"

#include <QFile>

#include <memory>
#include <stdexcept>
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

} // namespace

Packed pack(std::string_view bytes, bool quick) {
    thread_local const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
    const std::size_t room = ZSTD_compressBound(bytes.size());
    const auto buffer = std::make_unique_for_overwrite<char[]>(room);
    const bool small = bytes.size() < dictionaryLimit;
    const std::size_t size =
        small ? ZSTD_compress_usingCDict(context.get(), buffer.get(), room, bytes.data(), bytes.size(), compressing())
              : ZSTD_compressCCtx(context.get(), buffer.get(), room, bytes.data(), bytes.size(), quick ? 1 : 3);
    if (ZSTD_isError(size))
        throw std::runtime_error(std::string("zstd: ") + ZSTD_getErrorName(size));
    if (size >= bytes.size())
        return {Codec::Raw, std::string(bytes)};
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
    if (codec != Codec::Zstd && codec != Codec::ZstdDictionary1)
        throw std::runtime_error("a block of the store is packed in a way that this program does not know");
    thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
    std::string text(length, '\0');
    const std::size_t size =
        codec == Codec::Zstd ? ZSTD_decompressDCtx(context.get(), text.data(), text.size(), bytes.data(), bytes.size())
                             : ZSTD_decompress_usingDDict(context.get(), text.data(), text.size(), bytes.data(),
                                                          bytes.size(), decompressing());
    if (ZSTD_isError(size) || size != length)
        throw std::runtime_error("a block of the store cannot be unpacked");
    return text;
}

} // namespace ra::store
