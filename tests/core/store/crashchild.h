// SPDX-License-Identifier: GPL-3.0-or-later
// Work in a child process that dies at a named place.
#pragma once

#include "core/base/crashpoint.h"

#include <cstdlib>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace ra::test {

/// Does something in a child with that environment: the signal that it died of, or its exit status negated.
template <typename Body>
int inChild(const char *variable, const std::string &value, Body body) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::setenv(variable, value.c_str(), 1);
        armCrashPoints();
        ::_exit(body() ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

} // namespace ra::test
