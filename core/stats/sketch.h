// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/stats/bucketcounts.h"
#include "core/stats/exactsum.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ra::stats {

/// What a sketch promises and how much it may hold. Only sketches of the same options merge.
struct SketchOptions {
    /// How far a quantile may be off, relative to the true value; within [0.001, 0.5].
    double relativeError = 0.01;
    /// Buckets in use above which neighbours are joined. The default is more than there are for all doubles at 1 %, so
    /// that by default nothing ever is. At least 16.
    std::uint32_t maxBuckets = std::uint32_t{1} << 17;

    bool operator==(const SketchOptions &) const = default;
};

/// Quantiles of any number of doubles in little memory, with a bound on the relative error, and mergeable: the sketch
/// of a whole is, bit for bit, the merge of the sketches of its parts, in whatever order and grouping.
///
/// Each value is counted in a bucket of logarithmic width, negative ones apart, zeros apart. A quantile is off by at
/// most relativeError() of the true one, whatever the distribution; below 2^-1022, where doubles are
/// evenly spaced, by half that spacing more. Count, sum, minimum and maximum are exact.
///
/// - NaN is no value: it is counted in nans() and nowhere else.
/// - Infinities are values: they count, have ranks, and are minimum and maximum; the sum is then infinite, and NaN
/// where
///   both occur.
/// - Both zeros are the positive one.
/// - Where more than maxBuckets are in use, each two neighbours become one until they fit. The error then grows
///   evenly for all quantiles, from e to about 2e each time; relativeError() tells what holds. When that happens
///   depends on the values alone, not on their order.
///
/// Memory: 8 bytes for each bucket between the smallest and the largest magnitude, 35 buckets for a factor of two at 1
/// %: 3 KB for values within a factor of 1,000. add() takes some nanoseconds.
///
/// Source: C. Masson, J. E. Rim, H. K. Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error
/// guarantees", PVLDB 12 (2019) 2195-2205, with the cubic interpolation of the logarithm of the authors'
/// implementations; joining evenly: I. Epicoco et al., "UDDSketch: accurate tracking of quantiles in data streams",
/// IEEE Access 8 (2020).
class Sketch {
public:
    /// Options outside their range are brought to its nearest end.
    explicit Sketch(SketchOptions options = {});

    void add(double value);
    /// Adds many; several times faster than one by one.
    void add(std::span<const double> values);
    /// Adds what another sketch has seen. Fails, and changes nothing, if the options differ.
    [[nodiscard]] Result<void> merge(const Sketch &other);

    /// Undoes merge(other): count, sum and buckets are as if `other` had never been merged. Of the extremes that
    /// `other` had, what is left is known within relativeError() only, unless at most one finite value is left. False,
    /// and nothing has changed, if `other` is no part of this one, or of other options.
    [[nodiscard]] bool takeAway(const Sketch &other);

    [[nodiscard]] const SketchOptions &options() const { return m_options; }
    /// Values but NaN.
    [[nodiscard]] std::uint64_t count() const;
    [[nodiscard]] std::uint64_t nans() const { return m_nans; }
    /// The double nearest to the exact sum; 0 of nothing.
    [[nodiscard]] double sum() const;
    /// NaN of nothing.
    [[nodiscard]] double min() const;
    [[nodiscard]] double max() const;
    [[nodiscard]] double mean() const { return sum() / static_cast<double>(count()); }

    /// The value of rank floor(q (count - 1)) in ascending order, within relativeError(); exact for the lowest and the
    /// highest rank. Nothing for no values, and for q outside [0, 1]. O(buckets).
    [[nodiscard]] std::optional<double> quantile(double q) const;
    /// The bound that holds now: that of the options unless buckets were joined.
    [[nodiscard]] double relativeError() const;

    /// Appends the sketch: about 20 bytes for equal values, else some 2 for each bucket in use. Equal sketches give
    /// equal bytes.
    void serialise(std::string &out) const;
    /// The other way; kind Damaged for bytes that are none of a sketch. Takes less than 13 MB whatever the bytes say.
    [[nodiscard]] static Result<Sketch> deserialise(std::string_view bytes);

    /// Adds what serialise() has written, as merge() of deserialise() would, but without making the other sketch where
    /// it holds positive values only. Fails as these do, and changes nothing then.
    [[nodiscard]] Result<void> mergeSerialised(std::string_view bytes);

    /// Whether both have seen the same counts, sums, extremes.
    [[nodiscard]] bool operator==(const Sketch &other) const;

private:
    [[nodiscard]] double valueOf(std::uint32_t index) const;
    [[nodiscard]] bool extremesFit() const;
    void addBlock(std::span<const double> values);
    void addUnusual(double value);
    bool findExtremes(bool isLowestGone, bool isHighestGone);
    /// Of finite values, as far as the buckets tell; there are some.
    [[nodiscard]] double lowest() const;
    [[nodiscard]] double highest() const;
    void count(BucketCounts &buckets, std::uint32_t index);
    void fit();
    void raise(unsigned level);

    SketchOptions m_options;
    double m_scale = 0; ///< buckets for a factor of two
    unsigned m_level = 0;
    BucketCounts m_positive;
    BucketCounts m_negative; ///< by magnitude
    std::uint64_t m_zeros = 0;
    std::uint64_t m_nans = 0;
    std::uint64_t m_infinities = 0;
    std::uint64_t m_negativeInfinities = 0;
    double m_min = std::numeric_limits<double>::infinity();  ///< of finite values
    double m_max = -std::numeric_limits<double>::infinity(); ///< of finite values
    ExactSum m_sum;                                          ///< of finite values
};

} // namespace ra::stats
