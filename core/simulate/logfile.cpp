// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/logfile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>
#include <zlib.h>

namespace ra::simulate {

namespace fs = std::filesystem;

LogFile::LogFile(std::string path, int descriptor, std::uint64_t size)
    : m_path(std::move(path))
    , m_descriptor(descriptor)
    , m_atOpen(size)
    , m_written(size) {}

Result<std::unique_ptr<LogFile>> LogFile::open(const std::string &path) {
    std::error_code problem;
    fs::create_directories(fs::path(path).parent_path(), problem);
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    struct stat facts = {};
    if (descriptor < 0 || ::fstat(descriptor, &facts) != 0) {
        const int error = errno;
        if (descriptor >= 0)
            ::close(descriptor);
        return fail({.what = "write the log", .where = path, .why = std::strerror(error), .hint = ""});
    }
    return std::unique_ptr<LogFile>(new LogFile(path, descriptor, static_cast<std::uint64_t>(facts.st_size)));
}

LogFile::~LogFile() {
    // Whoever cares about errors has flushed before.
    (void)flush();
    ::close(m_descriptor);
}

Result<void> LogFile::flush() {
    std::size_t done = 0;
    while (done < m_buffer.size()) {
        const ssize_t wrote = ::write(m_descriptor, m_buffer.data() + done, m_buffer.size() - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0) {
            const int error = errno;
            m_buffer.erase(0, done);
            return fail({.what = "write the log", .where = m_path, .why = std::strerror(error), .hint = ""});
        }
        done += static_cast<std::size_t>(wrote);
        m_written += static_cast<std::uint64_t>(wrote);
    }
    m_buffer.clear();
    return {};
}

namespace {

Result<void> compress(const std::string &from, const std::string &to) {
    std::ifstream in(from, std::ios::binary);
    gzFile out = gzopen(to.c_str(), "wb3");
    bool good = in.is_open() && out != nullptr;
    std::vector<char> block(1 << 18);
    while (good && in) {
        in.read(block.data(), static_cast<std::streamsize>(block.size()));
        const auto got = static_cast<unsigned>(in.gcount());
        if (got > 0)
            good = gzwrite(out, block.data(), got) == static_cast<int>(got);
    }
    good = (out == nullptr || gzclose(out) == Z_OK) && good && !in.bad();
    if (!good)
        return fail({.what = "compress the log", .where = from, .why = "reading or writing failed", .hint = ""});
    std::error_code problem;
    fs::remove(from, problem);
    return {};
}

} // namespace

Result<void> rotate(const std::string &path, bool mayCompress) {
    std::error_code problem;
    const auto numbered = [&path](int n, const char *end) { return path + '.' + std::to_string(n) + end; };
    int last = 1;
    while (fs::exists(numbered(last + 1, ".gz"), problem) || fs::exists(numbered(last + 1, ""), problem))
        ++last;
    for (int n = last; n >= 2; --n) {
        for (const char *end : {".gz", ""}) {
            if (fs::exists(numbered(n, end), problem))
                fs::rename(numbered(n, end), numbered(n + 1, end), problem);
        }
    }
    if (fs::exists(numbered(1, ""), problem)) {
        if (mayCompress) {
            if (auto done = compress(numbered(1, ""), numbered(2, ".gz")); !done)
                return done;
        } else {
            fs::rename(numbered(1, ""), numbered(2, ""), problem);
        }
    }
    fs::rename(path, numbered(1, ""), problem);
    if (problem)
        return fail({.what = "rotate the log", .where = path, .why = problem.message(), .hint = ""});
    return {};
}

} // namespace ra::simulate
