// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <csignal>
#include <sys/resource.h>

namespace ra::test {

/// No file can grow beyond `bytes` while it lives: what a full disk looks like to a program.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes) {
        ::signal(SIGXFSZ, SIG_IGN); // the write fails instead
        if (::getrlimit(RLIMIT_FSIZE, &m_before) != 0)
            qFatal("getrlimit");
        const rlimit tight = {bytes, m_before.rlim_max};
        if (::setrlimit(RLIMIT_FSIZE, &tight) != 0)
            qFatal("setrlimit");
    }
    ~FullDisk() { free(); }
    FullDisk(const FullDisk &) = delete;
    FullDisk &operator=(const FullDisk &) = delete;
    void tighten(rlim_t bytes) const {
        const rlimit tight = {bytes, m_before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &tight);
    }
    void free() const { ::setrlimit(RLIMIT_FSIZE, &m_before); }

private:
    rlimit m_before = {};
};

} // namespace ra::test
