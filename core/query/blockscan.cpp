// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/blockscan.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <limits>
#include <thread>

namespace ra::query {

namespace {
/// As much is unpacked at a time: small enough to stop soon, large enough to share out.
constexpr std::size_t bytesAtATime = std::size_t{8} * 1024 * 1024;
constexpr unsigned mostThreads = 8;
} // namespace

BlockScan::BlockScan(const SQLite::Database &db, Needle needle, std::optional<std::int64_t> source)
    : m_needle(std::move(needle))
    , m_blocks(db, "SELECT source_id, offset, length, codec, data FROM blocks WHERE source_id BETWEEN ? AND ? "
                   "ORDER BY source_id, offset") {
    m_blocks.bind(source.value_or(std::numeric_limits<std::int64_t>::min()),
                  source.value_or(std::numeric_limits<std::int64_t>::max()));
}

void BlockScan::scan(Job &job, std::string &scratch) const {
    ScannedBlock &block = job.block;
    block.bytes = store::unpack(job.codec, job.packed, job.length);
    block.firstEnd = block.bytes.find('\n');
    if (block.firstEnd == std::string::npos)
        return;
    block.lastEnd = block.bytes.rfind('\n') + 1;
    const std::size_t begin = block.firstEnd + 1;
    m_needle.appendLines(std::string_view(block.bytes).substr(begin, block.lastEnd - begin), scratch, block.lines);
    for (Needle::Line &line : block.lines) {
        line.begin += begin;
        line.end += begin;
    }
}

std::vector<ScannedBlock> BlockScan::next() {
    std::vector<Job> jobs;
    for (std::size_t bytes = 0; bytes < bytesAtATime && !m_atEnd;) {
        if (!m_blocks.step()) {
            m_atEnd = true; // another step would begin anew
            break;
        }
        Job &job = jobs.emplace_back();
        job.block.source = m_blocks.integer(0);
        job.block.offset = static_cast<std::uint64_t>(m_blocks.integer(1));
        job.length = static_cast<std::size_t>(m_blocks.integer(2));
        job.codec = static_cast<store::Codec>(m_blocks.integer(3));
        job.packed = m_blocks.text(4);
        bytes += job.length;
    }
    std::atomic<std::size_t> following{0};
    const auto work = [&] {
        std::string scratch;
        for (std::size_t i = following++; i < jobs.size(); i = following++)
            scan(jobs[i], scratch);
    };
    const auto threads = std::min<std::size_t>({std::thread::hardware_concurrency(), mostThreads, jobs.size()});
    std::vector<std::future<void>> others;
    for (std::size_t i = 1; i < threads; ++i)
        others.push_back(std::async(std::launch::async, work));
    work(); // what it throws leaves the futures to wait for the others
    for (std::future<void> &other : others)
        other.get();
    std::vector<ScannedBlock> blocks;
    blocks.reserve(jobs.size());
    for (Job &job : jobs)
        blocks.push_back(std::move(job.block));
    return blocks;
}

} // namespace ra::query
