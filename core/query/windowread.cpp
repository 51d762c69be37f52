// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/windowread.h"

#include <algorithm>
#include <cmath>

namespace ra::query {

using store::ResetAtEnd;

namespace {

/// Windows that are kept before their samples are read: some 100 MB.
constexpr std::size_t mostWindows = 4'000'000;

/// The first place from `from` on whose time is not before a moment; quick if that is near.
std::size_t placeOf(std::span<const std::int64_t> times, std::size_t from, std::int64_t timeNs) {
    std::size_t end = from;
    for (std::size_t stride = 1; end < times.size() && times[end] < timeNs; stride *= 2) {
        from = end + 1;
        end += stride;
    }
    const std::span<const std::int64_t> rest = times.subspan(from, std::min(end, times.size()) - from);
    return from + static_cast<std::size_t>(std::lower_bound(rest.begin(), rest.end(), timeNs) - rest.begin());
}

/// Takes the samples of windows, which come by their starts, from some by time.
class Slicing {
public:
    Slicing(std::span<const std::int64_t> timesNs, std::span<const double> values, const Keeping &keeping, bool hasNan)
        : m_times(timesNs)
        , m_values(values)
        , m_keeping(keeping)
        , m_hasNan(hasNan) {}

    void add(Accumulator &accumulator, const Window &window) {
        m_from = placeOf(m_times, m_from, window.startNs);
        const std::size_t end = placeOf(m_times, m_from, window.endNs);
        for (std::size_t begin = m_from; begin < end;) {
            const std::size_t stop = m_hasNan ? nanFrom(begin, end) : end;
            if (stop > begin)
                accumulator.addSpan(m_values.subspan(begin, stop - begin), m_times.subspan(begin, stop - begin), 0,
                                    m_keeping);
            begin = stop + 1;
        }
    }

private:
    [[nodiscard]] std::size_t nanFrom(std::size_t begin, std::size_t end) const {
        while (begin < end && !std::isnan(m_values[begin]))
            ++begin;
        return begin;
    }

    std::span<const std::int64_t> m_times;
    std::span<const double> m_values;
    const Keeping &m_keeping;
    bool m_hasNan = false;
    std::size_t m_from = 0; ///< where the last window began
};

const std::string *tagOf(const SeriesFacts &series, std::string_view tag) {
    const auto found = series.tags.find(tag);
    return found == series.tags.end() ? nullptr : &found->second;
}

} // namespace

Windows::Windows(std::vector<Window> windows)
    : m_windows(std::move(windows)) {
    const auto isEarlier = [](const Window &a, const Window &b) { return a.startNs < b.startNs; };
    if (!std::is_sorted(m_windows.begin(), m_windows.end(), isEarlier)) // those of one recipe are
        std::sort(m_windows.begin(), m_windows.end(), isEarlier);
    m_latestEnd.reserve(m_windows.size());
    for (const Window &window : m_windows)
        m_latestEnd.push_back(m_latestEnd.empty() ? window.endNs : std::max(m_latestEnd.back(), window.endNs));
}

WindowRead::WindowRead(const SQLite::Database &db, Gathering &gathering,
                       const std::map<std::string, std::vector<SeriesFacts>> &metrics,
                       std::function<Result<Shape>()> make)
    : m_gathering(gathering)
    , m_make(std::move(make))
    , m_tail(db, "SELECT t_ns, value FROM tail_samples WHERE series = ? AND t_ns BETWEEN ? AND ? ORDER BY t_ns")
    , m_segments(db, "SELECT id, t_min, t_max FROM segments WHERE series = ? AND t_min <= ? AND t_max >= ? ORDER BY "
                     "t_min")
    , m_blobs(db.getHandle()) {
    Shape &shape = gathering.shape;
    for (std::size_t i = 0; i < shape.measures.size(); ++i) {
        if (!shape.measures[i].isMetric)
            continue;
        Metric &metric = m_metrics.emplace_back();
        metric.measure = i;
        metric.series = &metrics.at(shape.measures[i].metric);
        metric.windows.resize(metric.series->size());
        for (std::size_t s = 0; s < metric.series->size(); ++s) {
            const SeriesFacts &series = (*metric.series)[s];
            metric.tags.push_back({.recipe = tagOf(series, "recipe"), .step = tagOf(series, "step")});
            if (series.subjectKind == SubjectKind::Process)
                metric.ofProcess[series.subject].push_back(s);
            else
                (series.subjectKind == SubjectKind::Machine ? metric.ofMachine : metric.ofNeither).push_back(s);
        }
    }
    const std::vector<Field> &fields = shape.fields.fields();
    for (std::size_t slot = 0; slot < fields.size(); ++slot) {
        for (const auto &[name, place] :
             {std::pair("start", &m_start), std::pair("end", &m_end), std::pair("pid", &m_pid),
              std::pair("recipe", &m_recipe), std::pair("step", &m_step)}) {
            if (fields[slot].name == name)
                *place = slot;
        }
    }
}

void WindowRead::add(const Row &row, std::size_t group) {
    const auto isThere = [&](std::size_t slot) { return row.values[slot].state == Value::State::Present; };
    if (!isThere(m_start) || !isThere(m_end))
        return;
    const Window window{.startNs = row.values[m_start].integer, .endNs = row.values[m_end].integer, .group = group};
    if (window.startNs >= window.endNs)
        return;
    const auto word = [&](std::size_t slot) {
        return isThere(slot) ? std::string_view(m_gathering.words.text(row.values[slot].integer)) : std::string_view();
    };
    for (Metric &metric : m_metrics) {
        const std::vector<std::size_t> *candidates = metric.ofMachine.empty() ? &metric.ofNeither : &metric.ofMachine;
        if (isThere(m_pid)) {
            const auto own = metric.ofProcess.find(row.values[m_pid].integer);
            if (own != metric.ofProcess.end())
                candidates = &own->second;
        }
        for (const std::size_t s : *candidates) {
            const Tags &tags = metric.tags[s];
            if ((tags.recipe && *tags.recipe != word(m_recipe)) || (tags.step && *tags.step != word(m_step)))
                continue;
            metric.windows[s].push_back(window);
            ++m_waiting;
        }
    }
    if (m_waiting >= mostWindows)
        flush();
}

void WindowRead::flush() {
    SegmentWork work(m_gathering, m_make, usefulThreads());
    for (Metric &metric : m_metrics) {
        for (std::size_t s = 0; s < metric.windows.size(); ++s) {
            if (metric.windows[s].empty())
                continue;
            const auto windows = std::make_shared<const Windows>(std::move(metric.windows[s]));
            metric.windows[s] = {};
            if (m_gathering.goesOn())
                read(metric, (*metric.series)[s], windows, work);
        }
    }
    work.finish();
    m_waiting = 0;
}

void WindowRead::read(const Metric &metric, const SeriesFacts &series, const std::shared_ptr<const Windows> &windows,
                      SegmentWork &work) {
    const Keeping &keeping = m_gathering.shape.measures[metric.measure].keeping;
    const std::size_t measure = metric.measure;
    const Groups &all = m_gathering.groups;
    {
        const ResetAtEnd reset(m_segments);
        m_segments.bind(series.id, windows->endNs() - 1, windows->firstNs());
        while (m_segments.step()) {
            bool isNeeded = false;
            windows->each(m_segments.integer(1), m_segments.integer(2), [&](const Window &) { isNeeded = true; });
            if (!isNeeded)
                continue;
            std::string bytes;
            m_blobs.read(m_segments.integer(0), bytes);
            const bool posted = work.post([bytes = std::move(bytes), windows, measure, &keeping,
                                           &all](SegmentWork::Worker &worker) -> Result<void> {
                const auto header = samples::readHeader(bytes);
                if (!header)
                    return fail(header.error());
                // Those that hold all of the segment take what it came to, the others its samples.
                std::optional<Error> error;
                const auto own = [&](std::size_t group) -> Accumulator * {
                    const auto found = worker.groups.groupLike(all, group);
                    if (!found)
                        error = found.error();
                    return found ? &worker.groups.accumulator(*found, measure) : nullptr;
                };
                std::int64_t from = Piece::latest;
                std::int64_t to = Piece::earliest;
                const auto holdsAll = [&](const Window &window) { // and headers have no histograms
                    return keeping.histograms.empty() && window.startNs <= header->firstNs &&
                           window.endNs > header->lastNs;
                };
                bool isTold = false;
                windows->each(header->firstNs, header->lastNs, [&](const Window &window) {
                    if (!holdsAll(window)) {
                        from = std::min(from, window.startNs);
                        to = std::max(to, window.endNs);
                        return;
                    }
                    isTold = true;
                    const Part part{.count = header->sketch.count(),
                                    .sum = header->sketch.sum(),
                                    .min = header->sketch.min(),
                                    .max = header->sketch.max(),
                                    .sumSquares = header->sumSquares.high + header->sumSquares.low,
                                    .sketch = {},
                                    .ready = &header->sketch};
                    Accumulator *accumulator = own(window.group);
                    if (!accumulator)
                        return;
                    if (auto added = accumulator->addPart(part, keeping); !added)
                        error = added.error();
                });
                worker.told += isTold ? 1 : 0;
                if (error || from >= to)
                    return error ? Result<void>(fail(*error)) : Result<void>();
                return decodeInPieces(
                    worker, bytes, from, to, [&](const auto &times, const auto &values) -> Result<void> {
                        Slicing slicing(times, values, keeping, header->sketch.nans() > 0);
                        windows->each(times.front(), times.back(), [&](const Window &window) {
                            if (Accumulator *accumulator = holdsAll(window) ? nullptr : own(window.group))
                                slicing.add(*accumulator, window);
                        });
                        return error ? Result<void>(fail(*error)) : Result<void>();
                    });
            });
            if (!posted)
                return;
        }
    }
    std::vector<std::int64_t> times;
    std::vector<double> values;
    m_tail.bind(series.id, windows->firstNs(), windows->endNs() - 1);
    while (m_tail.step()) {
        times.push_back(m_tail.integer(0));
        values.push_back(m_tail.real(1));
    }
    m_gathering.explanation.samples += times.size();
    if (times.empty())
        return;
    // Groups of this thread: those of the others are their own.
    Slicing slicing(times, values, keeping, true);
    windows->each(times.front(), times.back(), [&](const Window &window) {
        slicing.add(m_gathering.groups.accumulator(window.group, measure), window);
    });
}

} // namespace ra::query
