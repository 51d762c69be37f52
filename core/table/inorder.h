// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace ra::table {

/// Calls produce(i) for i in [0, count) on `threads` threads, and consume(result) on the calling thread in the order of
/// i, as soon as each is there. No more than a few results a thread wait at a time, so that memory stays bounded.
/// `consume` may return false: then nothing more is begun. An exception of either ends all, and is thrown on.
template <typename Produce, typename Consume>
void inOrder(std::size_t count, unsigned threads, Produce produce, Consume consume) {
    using Value = std::invoke_result_t<Produce &, std::size_t>;
    struct Slot {
        std::optional<Value> value;
        std::exception_ptr error;
        [[nodiscard]] bool filled() const { return value.has_value() || error != nullptr; }
    };
    if (count <= 1 || threads <= 1) {
        for (std::size_t i = 0; i < count; ++i) {
            if (!consume(produce(i)))
                return;
        }
        return;
    }
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Slot> window; // results `first`, `first` + 1, ...
    std::size_t first = 0;
    std::size_t next = 0;
    bool stop = false;
    const std::size_t room = std::size_t{threads} * 8;

    const auto work = [&] {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [&] { return stop || next == count || next < first + room; });
            if (stop || next == count)
                return;
            const std::size_t mine = next++;
            window.resize(next - first);
            lock.unlock();
            Slot slot;
            try {
                slot.value.emplace(produce(mine));
            } catch (...) {
                slot.error = std::current_exception();
            }
            lock.lock();
            window[mine - first] = std::move(slot);
            changed.notify_all();
        }
    };
    std::vector<std::jthread> pool;
    for (unsigned i = 0; i < std::min<std::size_t>(threads, count); ++i)
        pool.emplace_back(work);
    const auto end = [&] {
        {
            const std::lock_guard lock(mutex);
            stop = true;
        }
        changed.notify_all();
    };
    try {
        for (std::size_t i = 0; i < count; ++i) {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return !window.empty() && window.front().filled(); });
            Slot slot = std::move(window.front());
            window.pop_front();
            ++first;
            lock.unlock();
            changed.notify_all();
            if (slot.error)
                std::rethrow_exception(slot.error);
            if (!consume(std::move(*slot.value)))
                break;
        }
    } catch (...) {
        end();
        throw;
    }
    end();
}

} // namespace ra::table
