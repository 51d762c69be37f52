// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/pagefile.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace ra::store {

namespace {

/// Every store is written with pages of this size: taken where the header does not say otherwise and agree with itself.
constexpr std::size_t ourPageSize = 8'192;
constexpr std::size_t headerSize = 100;
constexpr std::size_t logHeaderSize = 32;
constexpr std::size_t frameHeaderSize = 24;
constexpr std::string_view magic("SQLite format 3\0", 16);

std::size_t readAt(int descriptor, std::uint64_t at, char *into, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::pread(descriptor, into + done, size - done, static_cast<off_t>(at + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break; // the end, or a bad place on the disk
        done += static_cast<std::size_t>(got);
    }
    return done;
}

std::uint64_t sizeOf(int descriptor) {
    struct stat info = {};
    return ::fstat(descriptor, &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

/// The checksum of the write-ahead log, which runs on from frame to frame.
struct LogSum {
    std::uint32_t first = 0;
    std::uint32_t second = 0;

    void add(std::string_view bytes, bool bigEndian) {
        const auto word = [&](std::size_t at) {
            const std::uint32_t big = numberAt(bytes, at, 4);
            return bigEndian ? big : __builtin_bswap32(big);
        };
        for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
            first += word(at) + second;
            second += word(at + 4) + first;
        }
    }
    [[nodiscard]] bool isAt(std::string_view bytes, std::size_t at) const {
        return first == numberAt(bytes, at, 4) && second == numberAt(bytes, at + 4, 4);
    }
};

} // namespace

std::uint32_t numberAt(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint32_t number = 0;
    for (std::size_t i = at; i < at + size; ++i)
        number = number << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
    return number;
}

PageFile::Close::~Close() {
    if (descriptor >= 0)
        ::close(descriptor);
}

Result<PageFile> PageFile::open(const std::string &path) {
    PageFile file;
    file.m_file = std::make_shared<Close>(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.m_file->descriptor < 0) {
        return fail({.what = "read the damaged store",
                     .where = path,
                     .why = std::strerror(errno),
                     .hint = "Check that you may read it"});
    }
    file.readHeader(sizeOf(file.m_file->descriptor));
    file.m_log = std::make_shared<Close>(::open((path + "-wal").c_str(), O_RDONLY | O_CLOEXEC));
    if (file.m_log->descriptor >= 0)
        file.readLog();
    // The log may hold the first page, and there what the file itself does not say yet.
    const std::string_view first = file.page(1);
    file.m_applicationId = numberAt(first, 68, 4);
    file.m_userVersion = numberAt(first, 60, 4);
    file.m_firstFree = numberAt(first, 32, 4);
    file.m_freePages = numberAt(first, 36, 4);
    file.m_hasMagic = first.starts_with(magic);
    return file;
}

void PageFile::readHeader(std::uint64_t size) {
    std::string header(headerSize, '\0');
    readAt(m_file->descriptor, 0, header.data(), header.size());
    std::size_t stated = numberAt(header, 16, 2);
    stated = stated == 1 ? 65'536 : stated;
    const bool agrees = header.starts_with(magic) && stated >= 512 && std::has_single_bit(stated) &&
                        stated * numberAt(header, 28, 4) == size;
    m_size = agrees ? stated : ourPageSize;
    const std::size_t reserved = agrees ? static_cast<unsigned char>(header[20]) : 0;
    m_usable = m_size - (reserved < m_size / 2 ? reserved : 0);
    m_pages = static_cast<std::uint32_t>(std::min<std::uint64_t>((size + m_size - 1) / m_size, UINT32_MAX - 1));
}

void PageFile::readLog() {
    std::string header(logHeaderSize, '\0');
    if (readAt(m_log->descriptor, 0, header.data(), header.size()) != header.size())
        return;
    const std::uint32_t kind = numberAt(header, 0, 4);
    constexpr std::uint32_t littleEndian = 0x377f0682;
    if ((kind & ~1U) != littleEndian || numberAt(header, 8, 4) != m_size)
        return;
    const bool bigEndian = (kind & 1) != 0;
    LogSum sum;
    sum.add(std::string_view(header).substr(0, 24), bigEndian);
    if (!sum.isAt(header, 24))
        return;
    std::string frame(frameHeaderSize + m_size, '\0');
    std::vector<std::pair<std::uint32_t, std::uint64_t>> open; // of the transaction that is read
    for (std::uint64_t at = logHeaderSize; readAt(m_log->descriptor, at, frame.data(), frame.size()) == frame.size();
         at += frame.size()) {
        const std::string_view bytes = frame;
        if (bytes.substr(8, 8) != std::string_view(header).substr(16, 8))
            return;
        sum.add(bytes.substr(0, 8), bigEndian);
        sum.add(bytes.substr(frameHeaderSize), bigEndian);
        if (!sum.isAt(bytes, 16))
            return;
        open.emplace_back(numberAt(bytes, 0, 4), at + frameHeaderSize);
        if (const std::uint32_t pages = numberAt(bytes, 4, 4); pages != 0) {
            for (const auto &[number, place] : open)
                m_inLog[number] = place;
            open.clear();
            m_pages = std::max(m_pages, pages);
        }
    }
}

std::string_view PageFile::page(std::uint32_t number) {
    read(number, m_page);
    return m_page;
}

void PageFile::read(std::uint32_t number, std::string &into) const {
    into.resize(m_size);
    std::size_t got = 0;
    if (const auto found = m_inLog.find(number); found != m_inLog.end())
        got = readAt(m_log->descriptor, found->second, into.data(), m_size);
    else if (number >= 1 && number <= m_pages)
        got = readAt(m_file->descriptor, (std::uint64_t{number} - 1) * m_size, into.data(), m_size);
    // Half a page: what is missing is zeros, and the cells before it may be whole.
    std::fill(into.begin() + static_cast<std::ptrdiff_t>(got), into.end(), '\0');
    if (got == 0)
        into.clear();
}

} // namespace ra::store
