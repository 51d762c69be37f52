// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/sqlaggregates.h"

#include "core/query/localbucket.h"
#include "core/stats/sketch.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ra::query {

namespace {

constexpr std::size_t mostExact = 1'000'000;

bool isNull(sqlite3_value *value) {
    return sqlite3_value_type(value) == SQLITE_NULL;
}

std::optional<double> numberOf(sqlite3_value *value) {
    const int type = sqlite3_value_numeric_type(value);
    return type == SQLITE_INTEGER || type == SQLITE_FLOAT ? std::optional(sqlite3_value_double(value)) : std::nullopt;
}

std::string_view bytesOf(sqlite3_value *value) {
    const auto *bytes = static_cast<const char *>(sqlite3_value_blob(value));
    return {bytes ? bytes : "", static_cast<std::size_t>(bytes ? sqlite3_value_bytes(value) : 0)};
}

void fail(sqlite3_context *context, const char *why) {
    sqlite3_result_error(context, why, -1);
}

/// A share between 0 and 1; the error is set where it is none.
std::optional<double> shareOf(sqlite3_context *context, sqlite3_value *value) {
    const std::optional<double> q = numberOf(value);
    if (q && *q >= 0 && *q <= 1)
        return q;
    fail(context, "a quantile lies between 0 and 1");
    return std::nullopt;
}

/// `values` is put into another order. Not of none.
double quantileOf(std::vector<double> &values, double q) {
    const double rank = q * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(rank);
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(below);
    std::nth_element(values.begin(), place, values.end());
    const double low = *place;
    const double part = rank - static_cast<double>(below);
    if (part == 0)
        return low;
    const double high = *std::min_element(place + 1, values.end());
    return low == high ? low : low + part * (high - low);
}

class Quantile {
public:
    void step(sqlite3_context *context, sqlite3_value **arguments) {
        const std::optional<double> q = shareOf(context, arguments[1]);
        const std::optional<double> x = numberOf(arguments[0]);
        if (!q)
            return;
        m_q = *q;
        if (!x)
            return;
        if (m_values.size() < mostExact) {
            m_values.push_back(*x);
            return;
        }
        if (!m_sketch) {
            m_sketch.emplace();
            m_sketch->add(m_values);
        }
        m_sketch->add(*x);
    }
    void finish(sqlite3_context *context) {
        if (m_sketch)
            sqlite3_result_double(context, *m_sketch->quantile(m_q));
        else if (!m_values.empty())
            sqlite3_result_double(context, quantileOf(m_values, m_q));
    }

private:
    double m_q = 0;
    std::vector<double> m_values;
    std::optional<stats::Sketch> m_sketch;
};

class Deviation {
public:
    void step(sqlite3_context *, sqlite3_value **arguments) {
        const std::optional<double> x = numberOf(arguments[0]);
        if (!x)
            return;
        ++m_count;
        const double delta = *x - m_mean;
        m_mean += delta / m_count;
        m_squares += delta * (*x - m_mean);
    }
    void finish(sqlite3_context *context) const {
        if (m_count > 1)
            sqlite3_result_double(context, std::sqrt(m_squares / (m_count - 1)));
    }

private:
    double m_count = 0;
    double m_mean = 0;
    double m_squares = 0;
};

class MedianDistance {
public:
    void step(sqlite3_context *context, sqlite3_value **arguments) {
        const std::optional<double> x = numberOf(arguments[0]);
        if (!x)
            return;
        if (m_values.size() == mostExact)
            return fail(context, "mad takes at most 1,000,000 values");
        m_values.push_back(*x);
    }
    void finish(sqlite3_context *context) {
        if (m_values.empty())
            return;
        const double median = quantileOf(m_values, 0.5);
        for (double &value : m_values)
            value = std::abs(value - median);
        sqlite3_result_double(context, quantileOf(m_values, 0.5));
    }

private:
    std::vector<double> m_values;
};

class Slope {
public:
    void step(sqlite3_context *, sqlite3_value **arguments) {
        const std::optional<double> y = numberOf(arguments[0]);
        const std::optional<double> x = numberOf(arguments[1]);
        if (!x || !y)
            return;
        // Like Welford: times in nanoseconds are far larger than their differences.
        ++m_count;
        const double dx = *x - m_meanX;
        m_meanX += dx / m_count;
        m_meanY += (*y - m_meanY) / m_count;
        m_xx += dx * (*x - m_meanX);
        m_xy += dx * (*y - m_meanY);
    }
    void finish(sqlite3_context *context) const {
        if (m_xx > 0)
            sqlite3_result_double(context, m_xy / m_xx);
    }

private:
    double m_count = 0;
    double m_meanX = 0;
    double m_meanY = 0;
    double m_xx = 0;
    double m_xy = 0;
};

class Rate {
public:
    void step(sqlite3_context *context, sqlite3_value **arguments) {
        const std::optional<double> value = numberOf(arguments[0]);
        if (!value || sqlite3_value_numeric_type(arguments[1]) != SQLITE_INTEGER)
            return;
        if (m_samples.size() == mostExact)
            return fail(context, "rate takes at most 1,000,000 samples");
        m_samples.emplace_back(sqlite3_value_int64(arguments[1]), *value);
    }
    void finish(sqlite3_context *context) {
        std::sort(m_samples.begin(), m_samples.end());
        if (m_samples.empty() || m_samples.front().first == m_samples.back().first)
            return;
        double rise = 0;
        for (std::size_t i = 1; i < m_samples.size(); ++i) {
            const double before = m_samples[i - 1].second;
            const double now = m_samples[i].second;
            rise += now >= before ? now - before : now;
        }
        const double seconds =
            (static_cast<double>(m_samples.back().first) - static_cast<double>(m_samples.front().first)) / 1e9;
        sqlite3_result_double(context, rise / seconds);
    }

private:
    std::vector<std::pair<std::int64_t, double>> m_samples;
};

class Histogram {
public:
    void step(sqlite3_context *context, sqlite3_value **arguments) {
        const std::optional<double> low = numberOf(arguments[1]);
        const std::optional<double> high = numberOf(arguments[2]);
        const sqlite3_int64 bins = sqlite3_value_int64(arguments[3]);
        if (!low || !high || !(*low < *high) || !std::isfinite(*low) || !std::isfinite(*high) || bins < 1 ||
            bins > 10'000)
            return fail(context, "histogram(x, low, high, bins) needs low < high and 1 to 10,000 bins");
        if (m_counts.empty()) {
            m_low = *low;
            m_high = *high;
            m_counts.resize(static_cast<std::size_t>(bins));
        }
        const std::optional<double> x = numberOf(arguments[0]);
        if (!x)
            return;
        if (*x < m_low) {
            ++m_below;
        } else if (*x > m_high) {
            ++m_above;
        } else {
            // Decided by the edges as they are told, whatever the division rounds to.
            auto bin = static_cast<std::size_t>((*x - m_low) / (m_high - m_low) * static_cast<double>(m_counts.size()));
            bin = std::min(bin, m_counts.size() - 1);
            while (bin > 0 && *x < edge(bin))
                --bin;
            while (bin + 1 < m_counts.size() && *x >= edge(bin + 1))
                ++bin;
            ++m_counts[bin];
        }
    }
    void finish(sqlite3_context *context) const {
        if (m_counts.empty())
            return;
        std::string edges;
        std::string counts;
        for (std::size_t i = 0; i <= m_counts.size(); ++i) {
            char number[32];
            sqlite3_snprintf(sizeof number, number, "%!.17g", edge(i));
            edges += (i ? "," : "") + std::string(number);
            if (i < m_counts.size())
                counts += (i ? "," : "") + std::to_string(m_counts[i]);
        }
        const std::string json = "{\"edges\":[" + edges + "],\"counts\":[" + counts +
                                 "],\"below\":" + std::to_string(m_below) + ",\"above\":" + std::to_string(m_above) +
                                 "}";
        sqlite3_result_text64(context, json.data(), json.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    }

private:
    [[nodiscard]] double edge(std::size_t i) const {
        return i == m_counts.size()
                   ? m_high
                   : m_low + (m_high - m_low) * static_cast<double>(i) / static_cast<double>(m_counts.size());
    }

    double m_low = 0;
    double m_high = 0;
    std::uint64_t m_below = 0;
    std::uint64_t m_above = 0;
    std::vector<std::uint64_t> m_counts;
};

void give(sqlite3_context *context, const stats::Sketch &sketch) {
    std::string bytes;
    sketch.serialise(bytes);
    sqlite3_result_blob64(context, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
}

class SketchOf {
public:
    void step(sqlite3_context *, sqlite3_value **arguments) {
        if (const std::optional<double> x = numberOf(arguments[0]))
            m_sketch.add(*x);
    }
    void finish(sqlite3_context *context) const {
        if (m_sketch.count() > 0)
            give(context, m_sketch);
    }

private:
    stats::Sketch m_sketch;
};

class SketchMerge {
public:
    void step(sqlite3_context *context, sqlite3_value **arguments) {
        if (isNull(arguments[0]))
            return;
        const auto sketch = stats::Sketch::deserialise(bytesOf(arguments[0]));
        if (!sketch)
            return fail(context, "sketch_merge takes sketches");
        if (!m_sketch)
            m_sketch = *sketch;
        else if (const auto merged = m_sketch->merge(*sketch); !merged)
            fail(context, "sketches of different precision cannot be merged");
    }
    void finish(sqlite3_context *context) const {
        if (m_sketch)
            give(context, *m_sketch);
    }

private:
    std::optional<stats::Sketch> m_sketch;
};

/// SQLite keeps a pointer for each group; what it points to is made by the first step and freed by the end, which comes
/// also where a statement is given up.
template <typename State>
State *stateOf(sqlite3_context *context, bool make) {
    auto **place = static_cast<State **>(sqlite3_aggregate_context(context, make ? sizeof(State *) : 0));
    if (place && !*place && make)
        *place = new State();
    return place ? *place : nullptr;
}

template <typename State>
void step(sqlite3_context *context, int, sqlite3_value **arguments) {
    try {
        stateOf<State>(context, true)->step(context, arguments);
    } catch (const std::bad_alloc &) {
        sqlite3_result_error_nomem(context);
    }
}

template <typename State>
void finish(sqlite3_context *context) {
    const std::unique_ptr<State> state(stateOf<State>(context, false));
    try {
        if (state)
            state->finish(context);
    } catch (const std::bad_alloc &) {
        sqlite3_result_error_nomem(context);
    }
}

void sketchQuantile(sqlite3_context *context, int, sqlite3_value **arguments) {
    if (isNull(arguments[0]))
        return;
    const auto sketch = stats::Sketch::deserialise(bytesOf(arguments[0]));
    if (!sketch)
        return fail(context, "sketch_quantile takes a sketch");
    const std::optional<double> q = shareOf(context, arguments[1]);
    if (!q)
        return;
    if (const std::optional<double> value = sketch->quantile(*q))
        sqlite3_result_double(context, *value);
}

void sketchCount(sqlite3_context *context, int, sqlite3_value **arguments) {
    if (isNull(arguments[0]))
        return;
    const auto sketch = stats::Sketch::deserialise(bytesOf(arguments[0]));
    if (!sketch)
        return fail(context, "sketch_count takes a sketch");
    sqlite3_result_int64(context, static_cast<sqlite3_int64>(sketch->count()));
}

/// The zone of a name; each thread keeps those that it was asked for.
const Zone *zoneOf(std::string_view name) {
    constexpr std::size_t mostKept = 32;
    thread_local std::map<std::string, std::optional<Zone>, std::less<>> zones;
    auto found = zones.find(name);
    if (found == zones.end()) {
        if (zones.size() >= mostKept)
            zones.clear();
        const auto zone = Zone::fromName(name);
        found = zones.emplace(std::string(name), zone ? std::optional(*zone) : std::nullopt).first;
    }
    return found->second ? &*found->second : nullptr;
}

void localBucketOf(sqlite3_context *context, int, sqlite3_value **arguments) {
    if (isNull(arguments[0]) || isNull(arguments[1]) || isNull(arguments[2]))
        return;
    const auto text = [](sqlite3_value *value) {
        const auto *begin = reinterpret_cast<const char *>(sqlite3_value_text(value));
        return std::string_view(begin ? begin : "");
    };
    const std::optional<BucketUnit> unit = bucketUnitFromString(text(arguments[1]));
    if (!unit)
        return fail(context, "local_bucket knows minute, hour, day, week, month and year");
    const std::string_view name = text(arguments[2]);
    const Zone *zone = name.empty() ? nullptr : zoneOf(name);
    if (!zone)
        return fail(context, "local_bucket needs the IANA name of a time zone, such as 'Europe/Berlin'");
    sqlite3_result_int64(context, toNs(localBucket(fromNs(sqlite3_value_int64(arguments[0])), *unit, *zone)));
}

} // namespace

void addStatisticalFunctions(sqlite3 *db) {
    constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    const auto aggregate = [db]<typename State>(const char *name, int arguments, std::type_identity<State>) {
        // Fails only while a statement runs or without memory; a statement that uses it says that there is none.
        static_cast<void>(sqlite3_create_function_v2(db, name, arguments, flags, nullptr, nullptr, step<State>,
                                                     finish<State>, nullptr));
    };
    const auto scalar = [db](const char *name, int arguments,
                             void (*function)(sqlite3_context *, int, sqlite3_value **)) {
        static_cast<void>(
            sqlite3_create_function_v2(db, name, arguments, flags, nullptr, function, nullptr, nullptr, nullptr));
    };
    aggregate("quantile", 2, std::type_identity<Quantile>());
    aggregate("stddev", 1, std::type_identity<Deviation>());
    aggregate("mad", 1, std::type_identity<MedianDistance>());
    aggregate("linreg_slope", 2, std::type_identity<Slope>());
    aggregate("rate", 2, std::type_identity<Rate>());
    aggregate("histogram", 4, std::type_identity<Histogram>());
    aggregate("sketch", 1, std::type_identity<SketchOf>());
    aggregate("sketch_merge", 1, std::type_identity<SketchMerge>());
    scalar("sketch_quantile", 2, sketchQuantile);
    scalar("sketch_count", 1, sketchCount);
    scalar("local_bucket", 3, localBucketOf);
}

} // namespace ra::query
