// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/writerlock.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace ra::store {

Result<WriterLock> WriterLock::acquire(const std::string &storePath) {
    const std::string path = storePath + ".lock";
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) {
        return fail({.what = "open the store's lock",
                     .where = path,
                     .why = std::strerror(errno),
                     .hint = "Check that you may write to its folder"});
    }
    WriterLock lock(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        const int reason = errno;
        char owner[32] = {};
        const auto size = ::pread(descriptor, owner, sizeof owner - 1, 0);
        const std::string who = size > 0 ? "process " + std::string(owner) : "another process";
        if (reason == EWOULDBLOCK) {
            return fail({.kind = ErrorKind::Busy,
                         .what = "write to the store",
                         .where = storePath,
                         .why = who + " writes to it",
                         .hint = "It can be read meanwhile"});
        }
        return fail({.what = "lock the store",
                     .where = path,
                     .why = std::strerror(reason),
                     .hint = "Keep the store on a local disk"});
    }
    // The owner's number is only for the message above; the lock holds without it.
    const std::string self = std::to_string(::getpid());
    if (::ftruncate(descriptor, 0) == 0)
        static_cast<void>(::pwrite(descriptor, self.data(), self.size(), 0) == 0);
    return lock;
}

WriterLock::WriterLock(WriterLock &&other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1)) {}

WriterLock &WriterLock::operator=(WriterLock &&other) noexcept {
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

WriterLock::~WriterLock() {
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

} // namespace ra::store
