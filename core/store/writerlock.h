// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <string>

namespace ra::store {

/// The right to write to a store: an flock on FILE.lock. The system frees it when its owner dies, however it dies. The
/// file itself stays; removing it would let two processes hold locks on two files of one name.
class WriterLock {
public:
    /// Busy if somebody holds it. `storePath` must be the canonical path, so that two names of a store are one lock.
    [[nodiscard]] static Result<WriterLock> acquire(const std::string &storePath);

    WriterLock(WriterLock &&other) noexcept;
    WriterLock &operator=(WriterLock &&other) noexcept;
    ~WriterLock();

private:
    explicit WriterLock(int descriptor)
        : m_descriptor(descriptor) {}
    int m_descriptor = -1;
};

} // namespace ra::store
