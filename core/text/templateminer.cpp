// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/templateminer.h"

#include "core/stats/varint.h"
#include "core/text/mask.h"

#include <algorithm>
#include <numeric>
#include <xxhash.h>

namespace ra::text {

namespace {

constexpr std::string_view magic = "RA-templates-1\n";

/// By the first word and the number of blanks: what shapes of one template nearly always share.
std::size_t classOf(std::string_view masked) {
    const std::string_view first = masked.substr(0, masked.find(' '));
    const auto blanks = static_cast<std::uint64_t>(std::count(masked.begin(), masked.end(), ' '));
    return XXH3_64bits_withSeed(first.data(), first.size(), blanks) & 0xff;
}

bool isBelow(std::uint64_t hash, unsigned level) {
    return level == 0 || (level < 64 && hash >> (64 - level) == 0);
}

} // namespace

TemplateMiner::TemplateMiner(const MinerOptions &options)
    : m_options(options) {
    m_options.shapesPerClass = std::max(m_options.shapesPerClass, 16U);
    index(1024);
}

std::uint64_t TemplateMiner::add(std::string_view line, std::uint64_t times) {
    maskLine(line, m_scratch);
    const std::uint64_t hash = shapeHash(m_scratch);
    count(m_scratch, hash, times);
    return hash;
}

void TemplateMiner::count(std::string_view masked, std::uint64_t hash, std::uint64_t times) {
    m_lines += times;
    const std::size_t mask = m_table.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
        if (m_table[at] == 0)
            break;
        Kept &kept = m_shapes[m_table[at] - 1];
        if (kept.hash == hash) {
            kept.lines += times;
            return;
        }
    }
    keep(masked, hash, times);
}

void TemplateMiner::keep(std::string_view masked, std::uint64_t hash, std::uint64_t times) {
    const std::size_t ofClass = classOf(masked);
    if (!isBelow(hash, m_levelOf[ofClass]))
        return;
    m_shapes.push_back({hash, times, std::string(masked)});
    if (m_shapes.size() * 2 > m_table.size()) {
        index(m_table.size() * 2);
    } else {
        const std::size_t mask = m_table.size() - 1;
        std::size_t at = hash & mask;
        while (m_table[at] != 0)
            at = (at + 1) & mask;
        m_table[at] = static_cast<std::uint32_t>(m_shapes.size());
    }
    if (++m_keptOf[ofClass] > m_options.shapesPerClass)
        thinOut(ofClass);
}

void TemplateMiner::thinOut(std::size_t ofClass) {
    while (m_keptOf[ofClass] > m_options.shapesPerClass) {
        ++m_levelOf[ofClass];
        std::erase_if(m_shapes, [&](const Kept &kept) {
            return !isBelow(kept.hash, m_levelOf[ofClass]) && classOf(kept.masked) == ofClass;
        });
        m_keptOf[ofClass] = static_cast<std::uint32_t>(std::count_if(
            m_shapes.begin(), m_shapes.end(), [&](const Kept &kept) { return classOf(kept.masked) == ofClass; }));
    }
    index(m_table.size());
}

void TemplateMiner::index(std::size_t slots) {
    m_table.assign(slots, 0);
    for (std::size_t i = 0; i < m_shapes.size(); ++i) {
        std::size_t at = m_shapes[i].hash & (slots - 1);
        while (m_table[at] != 0)
            at = (at + 1) & (slots - 1);
        m_table[at] = static_cast<std::uint32_t>(i + 1);
    }
}

Result<void> TemplateMiner::merge(const TemplateMiner &other) {
    if (!(m_options == other.m_options))
        return fail({.kind = ErrorKind::Invalid,
                     .what = "merge the templates",
                     .where = {},
                     .why = "they were mined with different options"});
    if (&other == this) {
        m_lines *= 2;
        for (Kept &kept : m_shapes)
            kept.lines *= 2;
        return {};
    }
    const std::uint64_t lines = m_lines + other.m_lines;
    for (std::size_t i = 0; i < classes; ++i) {
        if (other.m_levelOf[i] <= m_levelOf[i])
            continue;
        m_levelOf[i] = other.m_levelOf[i];
        std::erase_if(m_shapes,
                      [&](const Kept &kept) { return !isBelow(kept.hash, m_levelOf[i]) && classOf(kept.masked) == i; });
        m_keptOf[i] = static_cast<std::uint32_t>(std::count_if(
            m_shapes.begin(), m_shapes.end(), [&](const Kept &kept) { return classOf(kept.masked) == i; }));
        index(m_table.size());
    }
    for (const Kept &kept : other.m_shapes)
        count(kept.masked, kept.hash, kept.lines);
    m_lines = lines;
    return {};
}

std::uint64_t TemplateMiner::linesBeyond() const {
    return m_lines - std::accumulate(m_shapes.begin(), m_shapes.end(), std::uint64_t{0},
                                     [](std::uint64_t sum, const Kept &kept) { return sum + kept.lines; });
}

TemplateSet TemplateMiner::templates() const {
    std::vector<Shape> shapes;
    shapes.reserve(m_shapes.size());
    for (const Kept &kept : m_shapes)
        shapes.push_back({kept.masked, kept.lines, kept.hash});
    return TemplateSet(shapes, m_options.evidence);
}

void TemplateMiner::serialise(std::string &out) const {
    const std::size_t begin = out.size();
    out += magic;
    stats::putVarint(out, m_options.shapesPerClass);
    stats::putVarint(out, m_options.evidence.identifiers);
    stats::putVarint(out, m_options.evidence.words);
    stats::putVarint(out, m_lines);
    for (const std::uint8_t level : m_levelOf)
        stats::putVarint(out, level);
    std::vector<const Kept *> sorted;
    for (const Kept &kept : m_shapes)
        sorted.push_back(&kept);
    std::sort(sorted.begin(), sorted.end(), [](auto *a, auto *b) { return a->hash < b->hash; });
    stats::putVarint(out, sorted.size());
    for (const Kept *kept : sorted) {
        stats::putVarint(out, kept->lines);
        stats::putVarint(out, kept->masked.size());
        out += kept->masked;
    }
    const std::uint64_t checksum = XXH3_64bits(out.data() + begin, out.size() - begin);
    for (unsigned shift = 0; shift < 64; shift += 8)
        out.push_back(static_cast<char>(checksum >> shift));
}

Result<TemplateMiner> TemplateMiner::deserialise(std::string_view bytes) {
    const auto damaged = [](const char *why) {
        return fail({.kind = ErrorKind::Damaged, .what = "read the templates' state", .where = {}, .why = why});
    };
    if (bytes.size() < magic.size() + 8 || !bytes.starts_with(magic))
        return damaged("it does not begin like one");
    const std::string_view body = bytes.substr(0, bytes.size() - 8);
    std::uint64_t checksum = 0;
    for (unsigned i = 0; i < 8; ++i)
        checksum |= std::uint64_t{static_cast<unsigned char>(bytes[body.size() + i])} << (8 * i);
    if (checksum != XXH3_64bits(body.data(), body.size()))
        return damaged("its checksum is wrong");
    stats::ByteReader in(body.substr(magic.size()));
    MinerOptions options;
    options.shapesPerClass = static_cast<std::uint32_t>(in.varint());
    options.evidence.identifiers = static_cast<std::uint32_t>(in.varint());
    options.evidence.words = static_cast<std::uint32_t>(in.varint());
    TemplateMiner miner(options);
    const std::uint64_t lines = in.varint();
    for (std::uint8_t &level : miner.m_levelOf)
        level = static_cast<std::uint8_t>(std::min<std::uint64_t>(in.varint(), 64));
    for (std::uint64_t left = in.varint(); left > 0 && in.ok(); --left) {
        const std::uint64_t times = in.varint();
        const std::string_view masked = in.take(in.varint());
        if (in.ok())
            miner.count(masked, shapeHash(masked), times);
    }
    if (!in.ok() || in.left() > 0)
        return damaged("it is cut short or too long");
    if (miner.m_lines > lines)
        return damaged("it has more lines than it says");
    miner.m_lines = lines;
    return miner;
}

} // namespace ra::text
