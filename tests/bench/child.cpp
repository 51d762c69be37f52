// SPDX-License-Identifier: GPL-3.0-or-later
#include "child.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

Usage runChild(const std::vector<std::string> &words) {
    std::array<int, 2> ends{};
    Usage usage;
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return usage;
    std::vector<char *> arguments;
    for (const std::string &word : words)
        arguments.push_back(const_cast<char *>(word.c_str())); // posix_spawn does not write to them
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    const auto begun = std::chrono::steady_clock::now();
    pid_t pid = 0;
    const int spawned = ::posix_spawnp(&pid, arguments.front(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::array<char, 65536> block{};
    for (ssize_t got = 0; (got = ::read(ends[0], block.data(), block.size())) > 0;)
        usage.output.append(block.data(), static_cast<std::size_t>(got));
    ::close(ends[0]);
    int status = 0;
    rusage used = {};
    if (spawned != 0 || ::wait4(pid, &status, 0, &used) < 0)
        return usage;
    usage.wallS = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    const auto seconds = [](const timeval &time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    usage.cpuS = seconds(used.ru_utime) + seconds(used.ru_stime);
    usage.peakRssBytes = static_cast<std::uint64_t>(used.ru_maxrss) * 1024;
    usage.exitStatus = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return usage;
}

double median(std::vector<double> values) {
    return quantile(std::move(values), 0.5);
}

double quantile(std::vector<double> values, double q) {
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    const double rank = std::ceil(q * static_cast<double>(values.size()));
    return values.at(static_cast<std::size_t>(std::clamp(rank, 1.0, static_cast<double>(values.size()))) - 1);
}

} // namespace bench
