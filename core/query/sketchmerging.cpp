// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/sketchmerging.h"

#include <algorithm>
#include <utility>

namespace ra::query {

namespace {

constexpr std::size_t bytesOfBatch = std::size_t{64} * 1024;
constexpr std::size_t mostWaiting = 8; ///< batches of a thread
constexpr std::size_t bytesOfSketch = 2'500;

} // namespace

SketchMerging::SketchMerging(unsigned threads, std::size_t maxBytes)
    : m_maxBytes(maxBytes) {
    for (unsigned i = 0; i < std::max(1U, threads); ++i)
        m_lanes.push_back(std::make_unique<Lane>());
    for (const auto &lane : m_lanes)
        lane->thread = std::thread([this, &lane = *lane] { loop(lane); });
}

SketchMerging::~SketchMerging() {
    end();
}

void SketchMerging::end() {
    {
        const std::lock_guard lock(m_mutex);
        m_ended = true;
    }
    m_changed.notify_all();
    for (const auto &lane : m_lanes) {
        if (lane->thread.joinable())
            lane->thread.join();
    }
}

bool SketchMerging::add(std::size_t group, std::string_view sketch) {
    Lane &lane = *m_lanes[group % m_lanes.size()];
    lane.filling.entries.emplace_back(group / m_lanes.size(), sketch.size());
    lane.filling.bytes += sketch;
    return lane.filling.bytes.size() < bytesOfBatch || hand(lane);
}

bool SketchMerging::hand(Lane &lane) {
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return lane.waiting.size() < mostWaiting || m_error; });
        if (m_error) {
            lane.filling = {};
            return false;
        }
        lane.waiting.push_back(std::exchange(lane.filling, {}));
    }
    m_changed.notify_all();
    return true;
}

void SketchMerging::loop(Lane &lane) {
    for (;;) {
        Batch batch;
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, [&] { return m_ended || m_error || !lane.waiting.empty(); });
            if (m_error || lane.waiting.empty())
                return;
            batch = std::move(lane.waiting.front());
            lane.waiting.pop_front();
        }
        m_changed.notify_all();
        std::size_t bytes = 0;
        Result<void> merged = merge(lane, batch, bytes);
        const std::lock_guard lock(m_mutex);
        m_bytes += bytes;
        if (merged && m_bytes > m_maxBytes) {
            merged = fail({.kind = ErrorKind::Failed,
                           .what = "answer the question",
                           .where = {},
                           .why = "its groups take more than " + std::to_string(m_maxBytes / (1024 * 1024)) + " MiB",
                           .hint = "Group by less, by longer stretches of time, or ask for fewer quantiles"});
        }
        if (!merged && !m_error) {
            m_error = merged.error();
            m_changed.notify_all();
        }
    }
}

Result<void> SketchMerging::merge(Lane &lane, const Batch &batch, std::size_t &bytes) {
    std::string_view rest = batch.bytes;
    for (const auto &[place, length] : batch.entries) {
        const std::string_view sketch = rest.substr(0, length);
        rest.remove_prefix(length);
        if (place >= lane.slots.size())
            lane.slots.resize(place + 1);
        Slot &slot = lane.slots[place];
        if (!slot.merged && slot.only.empty()) {
            slot.only = sketch;
            bytes += length;
            continue;
        }
        if (!slot.merged) {
            slot.merged = std::make_unique<stats::Sketch>();
            bytes += bytesOfSketch;
            if (auto merged = slot.merged->mergeSerialised(std::exchange(slot.only, {})); !merged)
                return merged;
        }
        if (auto merged = slot.merged->mergeSerialised(sketch); !merged)
            return merged;
    }
    return {};
}

Result<void> SketchMerging::finish(
    const std::function<Result<void>(std::size_t, std::string &&, std::unique_ptr<stats::Sketch>)> &take) {
    for (const auto &lane : m_lanes) {
        if (!hand(*lane))
            break;
    }
    end();
    if (m_error)
        return fail(*m_error);
    for (std::size_t i = 0; i < m_lanes.size(); ++i) {
        for (std::size_t place = 0; place < m_lanes[i]->slots.size(); ++place) {
            Slot &slot = m_lanes[i]->slots[place];
            if (slot.only.empty() && !slot.merged)
                continue;
            if (auto taken = take(place * m_lanes.size() + i, std::move(slot.only), std::move(slot.merged)); !taken)
                return taken;
        }
    }
    return {};
}

} // namespace ra::query
