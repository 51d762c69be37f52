// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/follower.h"

#include "core/ingest/descriptor.h"
#include "core/ingest/filetable.h"
#include "core/ingest/folderwatch.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <mutex>
#include <set>
#include <vector>

#include <poll.h>
#include <sys/eventfd.h>

namespace ra::ingest {

namespace {

/// Absolute and without ".", ".." and a slash at the end, so that every file has one name.
std::string normalised(const std::string &path) {
    std::string text = std::filesystem::absolute(path).lexically_normal().string();
    while (text.size() > 1 && text.ends_with('/'))
        text.pop_back();
    return text;
}

} // namespace

class Follower::Loop {
public:
    Loop(Callbacks callbacks, const Options &options)
        : m_callbacks(std::move(callbacks))
        , m_options(options)
        , m_wake(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))
        , m_watch({.look = [this](const std::string &path, const Cause &cause) { m_files.look(path, cause); },
                   .lost = [this](const std::string &folder) { m_files.lose(folder); },
                   .listed = [this](const std::string &folder,
                                    const std::set<std::string> &names) { m_files.keepOnly(folder, names); },
                   .watched = [this](int watch) { m_files.lookAtWatched(watch); },
                   .notice =
                       [this](std::string text) {
                           // The first may come from the constructor, on another thread than run()'s.
                           if (m_running && m_callbacks.notice)
                               m_callbacks.notice(std::move(text));
                           else
                               m_early.push_back(std::move(text));
                       }},
                  options.polling, options.maxWatches)
        , m_files(m_callbacks, m_options,
                  {.add = [this](const std::string &path) { return m_watch.watchFile(path); },
                   .drop = [this](int watch) { m_watch.unwatchFile(watch); }}) {}

    enum class Order { AddFolder, AddFile, Remove };

    void give(Order order, const std::string &path) {
        {
            const std::lock_guard lock(m_mutex);
            m_orders.emplace_back(order, normalised(path));
        }
        wake();
    }

    void post(std::function<void()> job) {
        {
            const std::lock_guard lock(m_mutex);
            m_jobs.push_back(std::move(job));
        }
        wake();
    }

    void run(const std::stop_token &stop) {
        m_running = true;
        for (std::string &text : m_early) {
            if (m_callbacks.notice)
                m_callbacks.notice(std::move(text));
        }
        const std::stop_callback onStop(stop, [this] { wake(); });
        auto nextPoll = Clock::now() + m_options.pollInterval;
        while (!stop.stop_requested()) {
            takeOrders();
            m_watch.readEvents();
            auto now = Clock::now();
            m_files.tick(now); // before reading, because it may find something to read
            const bool more = m_files.readSome();
            doJobs();
            const bool polling = m_watch.needsPolling() || m_files.needsPolling();
            if (polling && now >= nextPoll) {
                m_watch.poll();
                m_files.poll();
                nextPoll = (now = Clock::now()) + m_options.pollInterval;
                continue; // to read what that found
            }
            std::optional<Clock::time_point> until = m_files.nextDue();
            if (polling && (!until || nextPoll < *until))
                until = nextPoll;
            wait(more ? std::optional(now) : until, now);
        }
    }

private:
    using Clock = FileTable::Clock;

    void wake() {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = write(m_wake.get(), &one, sizeof one);
    }

    /// Until there are events or orders, or the time has come; for ever without one.
    void wait(std::optional<Clock::time_point> until, Clock::time_point now) {
        std::array<pollfd, 2> descriptors = {pollfd{m_wake.get(), POLLIN, 0}, pollfd{m_watch.descriptor(), POLLIN, 0}};
        timespec timeout{};
        if (until) {
            const auto left = std::max(*until - now, Clock::duration::zero());
            const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
            timeout = {seconds.count(), std::chrono::duration_cast<std::chrono::nanoseconds>(left - seconds).count()};
        }
        ppoll(descriptors.data(), descriptors.size(), until ? &timeout : nullptr, nullptr);
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t size = read(m_wake.get(), &count, sizeof count);
    }

    void takeOrders() {
        std::vector<std::pair<Order, std::string>> orders;
        {
            const std::lock_guard lock(m_mutex);
            orders.swap(m_orders);
        }
        for (const auto &[order, path] : orders) {
            if (order == Order::Remove) {
                remove(path);
                continue;
            }
            m_wanted.insert(path);
            if (order == Order::AddFolder) {
                m_watch.addFolder(path);
            } else {
                m_files.addNamed(path);
                m_watch.addFile(path);
            }
        }
    }

    void doJobs() {
        std::vector<std::function<void()>> jobs;
        {
            const std::lock_guard lock(m_mutex);
            jobs.swap(m_jobs);
        }
        for (const std::function<void()> &job : jobs)
            job();
    }

    void remove(const std::string &removed) {
        m_wanted.erase(removed);
        m_files.removeNamed(removed);
        m_watch.remove(removed);
        m_files.forgetUnless([&](const std::string &path) {
            return std::any_of(m_wanted.begin(), m_wanted.end(), [&](const std::string &wanted) {
                return path.starts_with(wanted) &&
                       (path.size() == wanted.size() || wanted == "/" || path[wanted.size()] == '/');
            });
        });
    }

    const Callbacks m_callbacks;
    const Options m_options;
    Descriptor m_wake;
    bool m_running = false;
    std::vector<std::string> m_early;
    FolderWatch m_watch;
    FileTable m_files;
    std::set<std::string> m_wanted;
    std::mutex m_mutex;
    std::vector<std::pair<Order, std::string>> m_orders; ///< guarded by m_mutex
    std::vector<std::function<void()>> m_jobs;           ///< guarded by m_mutex
};

Follower::Follower(Callbacks callbacks)
    : Follower(std::move(callbacks), Options()) {}

Follower::Follower(Callbacks callbacks, const Options &options)
    : m_loop(std::make_unique<Loop>(std::move(callbacks), options)) {}

Follower::~Follower() = default;

void Follower::run(const std::stop_token &stop) {
    m_loop->run(stop);
}

void Follower::addFolder(const std::string &path) {
    m_loop->give(Loop::Order::AddFolder, path);
}

void Follower::addFile(const std::string &path) {
    m_loop->give(Loop::Order::AddFile, path);
}

void Follower::post(std::function<void()> job) {
    m_loop->post(std::move(job));
}

void Follower::remove(const std::string &path) {
    m_loop->give(Loop::Order::Remove, path);
}

} // namespace ra::ingest
