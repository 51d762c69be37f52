// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/samplesealer.h"

#include "core/base/crashpoint.h"

#include <SQLiteCpp/Exception.h>

#include <algorithm>
#include <span>
#include <stdexcept>

namespace ra::store {

namespace {

SampleColumns slice(const SampleColumns &samples, std::size_t begin, std::size_t end) {
    const auto b = static_cast<std::ptrdiff_t>(begin);
    const auto e = static_cast<std::ptrdiff_t>(end);
    return {{samples.times.begin() + b, samples.times.begin() + e},
            {samples.values.begin() + b, samples.values.begin() + e}};
}

SampleColumns merged(const SampleColumns &a, const SampleColumns &b) {
    SampleColumns out;
    out.times.reserve(a.size() + b.size());
    out.values.reserve(a.size() + b.size());
    std::size_t i = 0;
    std::size_t k = 0;
    while (i < a.size() || k < b.size()) {
        const bool takeA = k == b.size() || (i < a.size() && a.times[i] < b.times[k]);
        if (takeA) {
            out.add(a.times[i], a.values[i]);
            ++i;
        } else {
            out.add(b.times[k], b.values[k]);
            ++k;
        }
    }
    return out;
}

} // namespace

std::size_t SampleSealer::seal(std::int64_t series, std::int64_t origin, const SampleColumns &samples,
                               std::size_t most) {
    std::size_t begin = 0;
    for (std::size_t rewritten = 0; begin < samples.size() && rewritten < most;) {
        const std::int64_t time = samples.times[begin];
        const auto target = m_segments.before(series, origin, time);
        const auto next = m_segments.after(series, origin, time);
        // Up to where the next segment begins; where one covers the first, up to that one's end.
        const bool covered = target && target->tMax > time;
        const auto limit = std::lower_bound(samples.times.begin() + static_cast<std::ptrdiff_t>(begin),
                                            samples.times.end(), next ? next->tMin : INT64_MAX) -
                           samples.times.begin();
        std::size_t end = next ? static_cast<std::size_t>(limit) : samples.size();
        if (covered) {
            end = static_cast<std::size_t>(std::lower_bound(samples.times.begin() + static_cast<std::ptrdiff_t>(begin),
                                                            samples.times.begin() + static_cast<std::ptrdiff_t>(end),
                                                            target->tMax) -
                                           samples.times.begin());
            SampleColumns old;
            m_segments.readAll(*target, old);
            m_segments.remove(*target);
            crashPoint("merge.removed");
            write(series, origin, merged(old, slice(samples, begin, end)), Split::Evenly);
            crashPoint("merge.written");
        } else {
            join(write(series, origin, slice(samples, begin, end), Split::FullFirst));
        }
        ++rewritten;
        begin = end;
    }
    return begin;
}

SegmentRow SampleSealer::write(std::int64_t series, std::int64_t origin, const SampleColumns &samples, Split split) {
    const std::size_t parts = (samples.size() + largest - 1) / largest;
    const std::size_t size = split == Split::FullFirst ? largest : (samples.size() + parts - 1) / parts;
    SegmentRow last;
    for (std::size_t begin = 0; begin < samples.size(); begin += size) {
        const std::size_t count = std::min(size, samples.size() - begin);
        last = m_segments.insert(series, origin, std::span(samples.times).subspan(begin, count),
                                 std::span(samples.values).subspan(begin, count));
        crashPoint("seal.written");
    }
    return last;
}

void SampleSealer::join(SegmentRow row) {
    SampleColumns samples;
    const auto joinable = [&](const std::optional<SegmentRow> &other) {
        return other && other->count <= 2 * row.count && other->count + row.count <= largest;
    };
    std::vector<SegmentRow> joined{row};
    for (;;) {
        const auto before = m_segments.before(row.series, row.origin, row.tMin);
        const auto after = m_segments.after(row.series, row.origin, row.tMax);
        const auto &other = joinable(before) ? before : after;
        if (!joinable(other))
            break;
        joined.push_back(*other);
        row.tMin = std::min(row.tMin, other->tMin);
        row.tMax = std::max(row.tMax, other->tMax);
        row.count += other->count;
    }
    if (joined.size() == 1)
        return;
    std::sort(joined.begin(), joined.end(), [](const SegmentRow &a, const SegmentRow &b) { return a.tMin < b.tMin; });
    try {
        for (const SegmentRow &one : joined)
            m_segments.readAll(one, samples);
    } catch (const SQLite::Exception &) {
        throw;
    } catch (const std::runtime_error &error) {
        noteDamaged(row.series, error.what());
        return;
    }
    for (const SegmentRow &one : joined) {
        m_segments.remove(one);
        crashPoint("join.removed");
    }
    write(row.series, row.origin, samples, Split::FullFirst);
}

void SampleSealer::noteDamaged(std::int64_t series, std::string why) {
    if (m_told.insert(series).second)
        m_damaged.push_back({series, std::move(why)});
}

void SampleSealer::noteDamaged(std::vector<DamagedSeries> all) {
    for (DamagedSeries &one : all)
        noteDamaged(one.series, std::move(one.why));
}

void SampleSealer::edit(const SegmentRow &row, std::vector<Edit> edits) {
    std::sort(edits.begin(), edits.end(), [](const Edit &a, const Edit &b) { return a.time < b.time; });
    SampleColumns old;
    m_segments.readAll(row, old);
    SampleColumns kept;
    auto next = edits.begin();
    for (std::size_t i = 0; i < old.size(); ++i) {
        while (next != edits.end() && next->time < old.times[i])
            ++next;
        if (next == edits.end() || next->time != old.times[i])
            kept.add(old.times[i], old.values[i]);
        else if (next->value)
            kept.add(old.times[i], *next->value);
    }
    m_segments.remove(row);
    crashPoint("edit.removed");
    if (!kept.isEmpty())
        write(row.series, row.origin, kept, Split::Evenly);
}

} // namespace ra::store
