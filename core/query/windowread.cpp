// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/windowread.h"

#include <algorithm>
#include <cmath>

namespace ra::query {

using store::ResetAtEnd;

namespace {

/// Windows that are kept before their samples are read: some 100 MB.
constexpr std::size_t mostWindows = 4'000'000;

/// The samples of a window among some by time, without NaN.
void addSlice(Accumulator &accumulator, const Keeping &keeping, const Window &window,
              std::span<const std::int64_t> times, std::span<const double> values) {
    const auto from = std::lower_bound(times.begin(), times.end(), window.startNs) - times.begin();
    const auto to = std::lower_bound(times.begin() + from, times.end(), window.endNs) - times.begin();
    auto begin = static_cast<std::size_t>(from);
    const auto end = static_cast<std::size_t>(to);
    while (begin < end) {
        // Up to the next NaN.
        const auto *nan =
            std::find_if(values.data() + begin, values.data() + end, [](double v) { return std::isnan(v); });
        const auto stop = static_cast<std::size_t>(nan - values.data());
        if (stop > begin)
            accumulator.addSpan(values.subspan(begin, stop - begin), times.subspan(begin, stop - begin), 0, keeping);
        begin = stop + 1;
    }
}

bool matches(const SeriesFacts &series, std::string_view tag, std::string_view name) {
    const auto found = series.tags.find(tag);
    return found == series.tags.end() || found->second == name;
}

} // namespace

Windows::Windows(std::vector<Window> windows)
    : m_windows(std::move(windows)) {
    std::sort(m_windows.begin(), m_windows.end(),
              [](const Window &a, const Window &b) { return a.startNs < b.startNs; });
    m_latestEnd.reserve(m_windows.size());
    for (const Window &window : m_windows)
        m_latestEnd.push_back(m_latestEnd.empty() ? window.endNs : std::max(m_latestEnd.back(), window.endNs));
}

void Windows::each(std::int64_t firstNs, std::int64_t lastNs, const std::function<void(const Window &)> &take) const {
    const auto begin = std::upper_bound(m_latestEnd.begin(), m_latestEnd.end(), firstNs) - m_latestEnd.begin();
    for (auto i = static_cast<std::size_t>(begin); i < m_windows.size() && m_windows[i].startNs <= lastNs; ++i) {
        if (m_windows[i].endNs > firstNs)
            take(m_windows[i]);
    }
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
            const SeriesFacts &series = (*metric.series)[s];
            if (!matches(series, "recipe", word(m_recipe)) || !matches(series, "step", word(m_step)))
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
                const auto holdsAll = [&](const Window &window) {
                    return window.startNs <= header->firstNs && window.endNs > header->lastNs;
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
                        windows->each(times.front(), times.back(), [&](const Window &window) {
                            if (Accumulator *accumulator = holdsAll(window) ? nullptr : own(window.group))
                                addSlice(*accumulator, keeping, window, times, values);
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
    windows->each(times.front(), times.back(), [&](const Window &window) {
        addSlice(m_gathering.groups.accumulator(window.group, measure), keeping, window, times, values);
    });
}

} // namespace ra::query
