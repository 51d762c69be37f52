// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of questions about samples share.
#pragma once

#include "tests/core/query/questionfixture.h"

#include <functional>

namespace ra::test {

/// Three days of memory of three processes and of the machine every ten seconds, some of it NaN or late; a counter that
/// begins again; a document beside it.
inline void fillWithSamples(store::Store &store) {
    std::mt19937_64 random(5);
    const auto process = [](std::int64_t pid) {
        return Series{.name = "rss",
                      .unit = "bytes",
                      .kind = "gauge",
                      .tags = R"({"host":"alpha","recipe":"recipe )" + std::to_string(pid % 2) + "\"}",
                      .subjectKind = SubjectKind::Process,
                      .subject = pid};
    };
    std::uint64_t offset = 0;
    const auto add = [&](const std::function<void(ingest::Batch &)> &fill) {
        ingest::Batch batch = batchOf(2, ++offset * 100);
        fill(batch);
        need(store.apply({{std::move(batch)}}));
    };
    for (int part = 0; part < 12; ++part) {
        add([&](ingest::Batch &batch) {
            batch.samples.series = {process(1'000),
                                    process(1'001),
                                    process(1'002),
                                    {.name = "rss", .unit = "bytes", .subjectKind = SubjectKind::Machine},
                                    {.name = "requests", .unit = "count", .kind = "counter"}};
            for (int i = 0; i < 2'160; ++i) {
                const int n = part * 2'160 + i;
                const std::int64_t at =
                    toNs(springDay + n * 10s + Duration(static_cast<std::int64_t>(random() % 5'000) * 1'000'000));
                for (std::uint32_t s = 0; s < 4; ++s) {
                    const double value =
                        1e8 * (s + 1) + 1e6 * std::sin(n / 300.0 + s) + static_cast<double>(random() % 10'000);
                    batch.samples.samples.push_back({s, at + s, random() % 200 == 0 ? std::nan("") : value});
                }
                batch.samples.samples.push_back({4, at, static_cast<double>(n % 5'000) * 3});
            }
        });
        while (need(store.tidy())) {
        }
    }
    ingest::Batch document = batchOf(90, 1);
    document.format = "metrics";
    document.whole = true;
    document.samples.series = {process(1'000)};
    for (int i = 0; i < 1'500; ++i)
        document.samples.samples.push_back({0, toNs(springDay + i * 61s + 7ms), 5e7 + i});
    document.records = 1'500;
    need(store.apply({{std::move(document)}}));
    while (need(store.tidy())) {
    }
    // What lies in the tail.
    add([&](ingest::Batch &batch) {
        batch.samples.series = {process(1'001)};
        for (int i = 0; i < 100; ++i)
            batch.samples.samples.push_back({0, toNs(springDay + i * 600s + 3ms), 7e7 + i});
    });
}

struct PlainSample {
    std::int64_t series = 0;
    std::optional<std::int64_t> pid;
    std::string recipe;
    std::int64_t timeNs = 0;
    double value = 0;
};

inline std::vector<PlainSample> plainSamples(query::Reader &reader, const char *metric) {
    const query::Table table =
        need(reader.sql("SELECT v.series, v.pid, v.recipe, s.t_ns, s.value FROM series_v v, samples(v.series) s "
                        "WHERE v.name = '" +
                            std::string(metric) + "' AND s.value IS NOT NULL",
                        {.maxRows = 10'000'000}));
    std::vector<PlainSample> samples;
    for (const auto &row : table.rows) {
        PlainSample &sample = samples.emplace_back();
        sample.series = std::get<std::int64_t>(row[0]);
        if (const auto *pid = std::get_if<std::int64_t>(&row[1]))
            sample.pid = *pid;
        if (const auto *recipe = std::get_if<std::string>(&row[2]))
            sample.recipe = *recipe;
        sample.timeNs = std::get<std::int64_t>(row[3]);
        sample.value = std::get<double>(row[4]);
    }
    return samples;
}

} // namespace ra::test
