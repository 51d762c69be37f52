// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/blockscan.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <limits>
#include <stdexcept>
#include <thread>
#include <utility>

namespace ra::query {

namespace {
/// As much is unpacked at a time: small enough to stop soon, large enough to share out.
constexpr std::size_t bytesAtATime = std::size_t{8} * 1024 * 1024;
constexpr unsigned mostThreads = 8;
} // namespace

BlockScan::BlockScan(const SQLite::Database &db, Needle needle, std::optional<std::int64_t> source, MayMatch mayMatch)
    : m_needle(std::move(needle))
    , m_mayMatch(std::move(mayMatch))
    , m_blocks(db, std::string("SELECT b.id, b.source_id, b.offset, b.length") +
                       (m_mayMatch ? ", t.state, t.local_first, t.local_last, t.utc_first, t.utc_last FROM blocks b "
                                     "LEFT JOIN block_times t ON t.block = b.id"
                                   : " FROM blocks b") +
                       " WHERE b.source_id BETWEEN ? AND ? ORDER BY b.source_id, b.offset")
    , m_data(db, "SELECT length, codec, data FROM blocks WHERE id = ?") {
    m_blocks.bind(source.value_or(std::numeric_limits<std::int64_t>::min()),
                  source.value_or(std::numeric_limits<std::int64_t>::max()));
}

/// Whether lines of the block that is the row of m_blocks are.
bool BlockScan::isAskedFor(ScannedBlock &block) {
    block.source = m_blocks.integer(1);
    block.offset = static_cast<std::uint64_t>(m_blocks.integer(2));
    if (!m_mayMatch)
        return true;
    const bool isSameSource = block.source == m_before.source;
    const bool wentOn = isSameSource && m_before.goesOn;
    const bool adjoins = isSameSource && block.offset == m_before.end;
    const std::optional<store::BlockTimes> times = store::readBlockTimes(m_blocks, 4);
    const bool matches = !times || m_mayMatch(block.source, *times);
    // Where no record begins, lines belong to those before.
    const bool goesOn = matches || (wentOn && !times->beginsRecord);
    block.isHeadCut = adjoins && !wentOn && !m_before.endsLine;
    block.isTailCut = !goesOn;
    m_before = {block.source, block.offset + static_cast<std::uint64_t>(m_blocks.integer(3)), goesOn,
                times && times->endsLine};
    return matches || wentOn;
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
        ScannedBlock block;
        if (!isAskedFor(block))
            continue;
        Job &job = jobs.emplace_back();
        job.block = std::move(block);
        m_data.bind(m_blocks.integer(0));
        const store::ResetAtEnd reset(m_data);
        if (!m_data.step())
            throw std::runtime_error("a block of raw lines is not there");
        job.length = static_cast<std::size_t>(m_data.integer(0));
        job.codec = static_cast<store::Codec>(m_data.integer(1));
        job.packed = m_data.text(2);
        ++m_unpacked;
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
