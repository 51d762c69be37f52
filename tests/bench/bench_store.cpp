// SPDX-License-Identifier: GPL-3.0-or-later
// How small samples become and how fast they are sealed and decoded, beside plain columns through zstd and beside
// Gorilla for the same samples in the same run, in times of the processor, of one thread; then how fast as many samples
// are stored on the disk and asked, beside a plain table of rows, in times of the clock. Prints one JSON document.
#include "core/samples/segment.h"
#include "gorilla.h"
#include "samplestore.h"
#include "stepstore.h"

#include <CLI/CLI.hpp>
#include <QTemporaryDir>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <ctime>
#include <exception>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <zstd.h>

namespace {

using Json = nlohmann::ordered_json;

struct Options {
    std::size_t samples = 20'000'000;
    std::size_t segment = 65'536;
    int repeat = 3;
    std::int64_t unitNs = 1'000;
    std::uint64_t seed = 1;
};

double cpuSeconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Samples of one series for one segment.
struct Series {
    std::vector<std::int64_t> times;
    std::vector<double> values;
};

using Shape = std::function<double(std::mt19937_64 &)>;

/// Ten samples a second, each late by some part of a millisecond, as timers are.
std::vector<Series> make(const Options &options, std::size_t samples, const Shape &shape, std::mt19937_64 &random) {
    std::vector<Series> all;
    std::int64_t tick = 1'795'453'320'000'000'000;
    std::uniform_int_distribution<std::int64_t> late(0, 999'999);
    for (std::size_t done = 0; done < samples;) {
        const std::size_t n = std::min(options.segment, samples - done);
        Series series;
        for (std::size_t i = 0; i < n; ++i, tick += 100'000'000) {
            series.times.push_back((tick + late(random)) / options.unitNs * options.unitNs);
            series.values.push_back(shape(random));
        }
        done += n;
        all.push_back(std::move(series));
    }
    return all;
}

/// One way to keep samples: bytes of a series, and back.
struct Way {
    std::function<std::size_t(std::size_t index, const Series &)> encode; ///< keeps them; returns how many bytes
    std::function<void(std::size_t index, Series &)> decode;
};

struct Total {
    double samples = 0;
    double bytes = 0;
    double encodeS = 0;
    double decodeS = 0;

    void add(const Total &other) {
        samples += other.samples;
        bytes += other.bytes;
        encodeS += other.encodeS;
        decodeS += other.decodeS;
    }
    [[nodiscard]] Json json() const {
        const auto round = [](double value, double parts) { return std::round(value * parts) / parts; };
        return {{"bytes_per_sample", round(bytes / samples, 1000)},
                {"encode_m_per_s", round(samples / encodeS / 1e6, 10)},
                {"decode_m_per_s", round(samples / decodeS / 1e6, 10)}};
    }
};

/// Fastest of several rounds each way; leaves if anything comes back different.
Total measure(const Options &options, const std::vector<Series> &all, const Way &way) {
    Total total;
    Series back;
    for (int round = 0; round < options.repeat; ++round) {
        double bytes = 0;
        double begun = cpuSeconds();
        for (std::size_t i = 0; i < all.size(); ++i)
            bytes += static_cast<double>(way.encode(i, all[i]));
        const double encodeS = cpuSeconds() - begun;
        double decodeS = 0;
        double samples = 0;
        for (std::size_t i = 0; i < all.size(); ++i) {
            begun = cpuSeconds();
            way.decode(i, back);
            decodeS += cpuSeconds() - begun;
            samples += static_cast<double>(all[i].times.size());
            if (back.times != all[i].times ||
                std::memcmp(back.values.data(), all[i].values.data(), back.values.size() * sizeof(double)) != 0) {
                std::cerr << "a sample came back different\n";
                std::exit(1);
            }
        }
        total = {samples, bytes, round == 0 ? encodeS : std::min(total.encodeS, encodeS),
                 round == 0 ? decodeS : std::min(total.decodeS, decodeS)};
    }
    return total;
}

Way segmentWay(std::vector<std::string> &kept, ra::samples::Workspace &workspace, double zstdShare) {
    return {[&kept, &workspace, zstdShare](std::size_t index, const Series &series) {
                const auto done = ra::samples::encodeSegment(series.times, series.values, {.zstdShare = zstdShare},
                                                             workspace, kept[index]);
                return done ? kept[index].size() : 0;
            },
            [&kept, &workspace](std::size_t index, Series &series) {
                if (const auto done = ra::samples::decodeSegment(kept[index], workspace, series.times, series.values);
                    !done)
                    std::cerr << done.error().sentence() << '\n';
            }};
}

Way zstdWay(std::vector<std::string> &kept) {
    const std::shared_ptr<ZSTD_CCtx> compressor(ZSTD_createCCtx(), ZSTD_freeCCtx);
    const std::shared_ptr<ZSTD_DCtx> decompressor(ZSTD_createDCtx(), ZSTD_freeDCtx);
    return {[&kept, compressor](std::size_t index, const Series &series) {
                const std::size_t column = series.times.size() * 8;
                std::string &out = kept[index];
                out.resize(16 + 2 * ZSTD_compressBound(column));
                const std::size_t first = ZSTD_compressCCtx(compressor.get(), out.data() + 16, out.size() - 16,
                                                            series.times.data(), column, 3);
                const std::size_t second = ZSTD_compressCCtx(compressor.get(), out.data() + 16 + first,
                                                             out.size() - 16 - first, series.values.data(), column, 3);
                std::memcpy(out.data(), &column, 8);
                std::memcpy(out.data() + 8, &first, 8);
                out.resize(16 + first + second);
                return out.size();
            },
            [&kept, decompressor](std::size_t index, Series &series) {
                const std::string &in = kept[index];
                std::size_t column = 0;
                std::size_t first = 0;
                std::memcpy(&column, in.data(), 8);
                std::memcpy(&first, in.data() + 8, 8);
                series.times.resize(column / 8);
                series.values.resize(column / 8);
                ZSTD_decompressDCtx(decompressor.get(), series.times.data(), column, in.data() + 16, first);
                ZSTD_decompressDCtx(decompressor.get(), series.values.data(), column, in.data() + 16 + first,
                                    in.size() - 16 - first);
            }};
}

Way gorillaWay(std::vector<std::vector<std::uint64_t>> &kept, const std::vector<Series> &all) {
    return {[&kept](std::size_t index, const Series &series) {
                kept[index] = bench::encodeGorilla(series.times, series.values);
                return kept[index].size() * 8;
            },
            [&kept, &all](std::size_t index, Series &series) {
                series.times.resize(all[index].times.size());
                series.values.resize(all[index].times.size());
                bench::decodeGorilla(kept[index], series.times, series.values);
            }};
}

int run(int argc, char **argv) {
    CLI::App app("Size and speed of sealed samples, beside zstd and Gorilla, as one JSON document");
    Options options;
    app.add_option("--samples", options.samples, "in all, over four shapes")->check(CLI::Range(4, 1'000'000'000));
    app.add_option("--segment", options.segment, "samples a segment")->check(CLI::Range(1, 4'194'304));
    app.add_option("--repeat", options.repeat, "rounds, of which the fastest counts")->check(CLI::Range(1, 100));
    app.add_option("--unit", options.unitNs, "of times, in nanoseconds")->check(CLI::Range(1'000, 1'000'000'000));
    app.add_option("--seed", options.seed, "of the random numbers");
    ra::bench::SampleStoreOptions storeOptions;
    bool codecs = true;
    bool disk = true;
    app.add_option("--series", storeOptions.series, "in the store")->check(CLI::Range(1, 1'000'000));
    app.add_option("--batch", storeOptions.batch, "samples a commit")->check(CLI::Range(1, 10'000'000));
    app.add_option("--codecs", codecs, "measure size and speed of encoding and decoding");
    app.add_option("--disk", disk, "measure the store and the table of rows");
    bool steps = true;
    app.add_option("--steps", steps, "measure questions about steps and their memory, in a store of their own");
    ra::bench::StepStoreOptions stepOptions;
    app.add_option("--samples-a-step", stepOptions.samplesAStep, "in that one")->check(CLI::Range(1, 100'000));
    app.add_option("--folder", stepOptions.folder, "where that one is made and stays, or is already; else it goes");
    app.add_option("--only", stepOptions.only, "the name of a question");
    app.add_option("--rows", stepOptions.askRows, "make and ask the tables of rows beside it too");
    CLI11_PARSE(app, argc, argv);

    std::mt19937_64 random(options.seed);
    std::normal_distribution<double> normal;
    double gauge = 50;
    double count = 0;
    double precise = 500;
    const std::vector<std::pair<std::string, Shape>> shapes{
        {"gauge", // a random walk with two decimals
         [&](auto &r) {
             gauge += 0.1 * normal(r);
             return std::round(gauge * 100) / 100;
         }},
        {"counter",
         [&, steps = std::poisson_distribution<int>(50)](auto &r) mutable {
             count += steps(r);
             return count;
         }},
        {"timing", // log-normal around 20 ms, in whole microseconds
         [&](auto &r) { return std::round(0.02 * std::exp(normal(r)) * 1e6) / 1e6; }},
        {"precise", // a random walk with all bits
         [&](auto &r) {
             precise += normal(r);
             return precise;
         }},
    };
    Json result{{"samples", options.samples}, {"segment", options.segment}, {"time_unit_ns", options.unitNs}};
    if (disk) {
        const QTemporaryDir folder;
        storeOptions.samples = options.samples;
        storeOptions.repeat = options.repeat;
        storeOptions.unitNs = options.unitNs;
        storeOptions.seed = options.seed;
        storeOptions.folder = folder.path().toStdString();
        result["disk"] = ra::bench::measureSampleStore(storeOptions);
    }
    if (steps) {
        const QTemporaryDir folder;
        stepOptions.samples = options.samples;
        stepOptions.repeat = options.repeat;
        stepOptions.seed = options.seed;
        if (stepOptions.folder.empty())
            stepOptions.folder = folder.path().toStdString();
        result["steps"] = ra::bench::measureStepStore(stepOptions);
    }
    if (!codecs) {
        std::cout << result.dump(2) << '\n';
        return 0;
    }
    const std::vector<std::string> ways{"segment", "segment_zstd", "columns_zstd3", "gorilla"};
    std::vector<Total> all(ways.size());
    std::vector<Total> rounded(ways.size());
    const auto report = [&ways](const std::vector<Total> &totals) {
        Json json;
        for (std::size_t w = 0; w < ways.size(); ++w)
            json[ways[w]] = totals[w].json();
        return json;
    };
    for (const auto &[name, shape] : shapes) {
        const std::vector<Series> series = make(options, options.samples / shapes.size(), shape, random);
        ra::samples::Workspace workspace;
        std::vector<std::string> bytes(series.size());
        std::vector<std::vector<std::uint64_t>> words(series.size());
        const std::vector<Total> totals{
            measure(options, series, segmentWay(bytes, workspace, ra::samples::SegmentOptions{}.zstdShare)),
            measure(options, series, segmentWay(bytes, workspace, 0)), // zstd wherever it takes anything off
            measure(options, series, zstdWay(bytes)),
            measure(options, series, gorillaWay(words, series)),
        };
        result["shapes"][name] = report(totals);
        for (std::size_t w = 0; w < ways.size(); ++w) {
            all[w].add(totals[w]);
            if (name != "precise")
                rounded[w].add(totals[w]);
        }
    }
    result["rounded"] = report(rounded);
    result["all"] = report(all);
    std::cout << result.dump(2) << '\n';
    return 0;
}

} // namespace

int main(int argc, char **argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception &error) {
        std::cerr << "bench_store: " << error.what() << '\n';
        return 1;
    }
}
