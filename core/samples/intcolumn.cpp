// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/samples/intcolumn.h"

#include "core/samples/intcolumnform.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>

namespace ra::samples {

namespace {

using stats::putSigned;
using stats::putVarint;
using stats::varintSize;
using stats::zigzag;

unsigned widthOf(std::uint64_t v) {
    return static_cast<unsigned>(std::bit_width(v));
}

/// Divides multiples of a number without dividing: by its odd part through the inverse modulo 2^64 (H. S. Warren,
/// "Hacker's Delight", 2nd ed., section 10-16).
class ExactDivider {
public:
    explicit ExactDivider(std::uint64_t divisor)
        : m_shift(std::countr_zero(divisor))
        , m_inverse(divisor >> m_shift)
        , m_limit(std::numeric_limits<std::int64_t>::max() / asSigned(divisor)) {
        const std::uint64_t odd = m_inverse;
        for (int step = 0; step < 5; ++step) // each doubles the bits that are right, of which the start has five
            m_inverse *= 2 - odd * m_inverse;
    }
    [[nodiscard]] std::uint64_t quotient(std::uint64_t v) const {
        return asUnsigned(asSigned(v) >> m_shift) * m_inverse;
    }
    /// Whether quotient() is exact.
    [[nodiscard]] bool divides(std::uint64_t v) const {
        const std::int64_t q = asSigned(quotient(v));
        return (v & ((std::uint64_t{1} << m_shift) - 1)) == 0 && q <= m_limit && q >= -m_limit;
    }

private:
    int m_shift;
    std::uint64_t m_inverse;
    std::int64_t m_limit;
};

/// The greatest number that divides all these, as signed ones; 1 if there is none, or none below 2^62.
std::uint64_t commonUnit(std::span<const std::uint64_t> numbers) {
    std::uint64_t unit = 0;
    for (std::size_t i = 0; i < numbers.size();) {
        const bool negative = asSigned(numbers[i]) < 0;
        unit = std::gcd(unit, negative ? 0 - numbers[i] : numbers[i]);
        ++i;
        if (unit == 1 || unit > (std::uint64_t{1} << 62))
            return 1;
        if (unit == 0)
            continue;
        const ExactDivider divider(unit);
        while (i < numbers.size() && divider.divides(numbers[i]))
            ++i;
    }
    return std::max<std::uint64_t>(unit, 1);
}

/// How often each width occurs, and from it what a width for all would cost.
struct Widths {
    std::array<std::uint16_t, 65> count{};

    /// Bits for `n` numbers at `width`, what is wider being patched.
    [[nodiscard]] unsigned best(std::size_t n, unsigned &bits) const {
        unsigned highest = 64;
        while (highest > 0 && count[highest] == 0)
            --highest;
        unsigned least = std::numeric_limits<unsigned>::max();
        unsigned choice = highest;
        // Below a width by which half are patched, nothing is gained any more.
        std::size_t wider = 0;
        for (unsigned width = highest + 1; width-- > 0 && wider * 2 <= n;) {
            unsigned cost = static_cast<unsigned>(n) * width + static_cast<unsigned>(wider > 0) * 8;
            for (unsigned w = width + 1; w <= highest; ++w)
                cost += count[w] * (8 + 8 * ((w - width + 7) / 7));
            if (cost < least) {
                least = cost;
                choice = width;
            }
            wider += count[width];
        }
        bits = least;
        return choice;
    }
};

/// Each so manieth number of a block tells enough to compare ways of coding it.
constexpr unsigned sampleStep = 3;

/// About what a block of residuals would cost in bits, measured from their middle.
unsigned estimate(const Block &residuals, std::size_t n, std::uint64_t middle) {
    Widths widths;
    std::size_t seen = 0;
    for (std::size_t i = 0; i < n; i += sampleStep, ++seen) {
        const std::int64_t v = asSigned(residuals[i] - middle);
        ++widths.count[widthOf(zigzag(v))];
    }
    unsigned bits = 0;
    static_cast<void>(widths.best(seen, bits));
    return bits * sampleStep;
}

/// The few lowest and highest of a block, which are what may be worth patching.
struct Extremes {
    static constexpr std::size_t depth = 4;
    std::array<std::int64_t, depth> low;  ///< ascending
    std::array<std::int64_t, depth> high; ///< descending

    Extremes(const Block &numbers, std::size_t n) {
        low.fill(std::numeric_limits<std::int64_t>::max());
        high.fill(std::numeric_limits<std::int64_t>::min());
        if (n == blockLength)
            narrow(numbers);
        for (std::size_t i = 0; i < n; ++i) {
            const std::int64_t v = asSigned(numbers[i]);
            if (v < low[depth - 1])
                insert(low, v, [](std::int64_t a, std::int64_t b) { return a < b; });
            if (v > high[depth - 1])
                insert(high, v, [](std::int64_t a, std::int64_t b) { return a > b; });
        }
    }

private:
    /// Starts with bounds on what is sought: the extremes of groups, of which as many as are kept lie no further in.
    /// They spare the search nearly all of its unforeseeable branches.
    void narrow(const Block &numbers) {
        constexpr std::size_t groups = 8;
        std::array<std::int64_t, groups> least;
        std::array<std::int64_t, groups> most;
        least.fill(std::numeric_limits<std::int64_t>::max());
        most.fill(std::numeric_limits<std::int64_t>::min());
        for (std::size_t i = 0; i < blockLength; i += groups) {
            for (std::size_t k = 0; k < groups; ++k) {
                const std::int64_t v = asSigned(numbers[i + k]);
                least[k] = std::min(least[k], v);
                most[k] = std::max(most[k], v);
            }
        }
        std::nth_element(least.begin(), least.begin() + (depth - 1), least.end());
        std::nth_element(most.begin(), most.begin() + (depth - 1), most.end(), std::greater<>());
        low.fill(least[depth - 1]);
        high.fill(most[depth - 1]);
    }
    template <typename Before>
    static void insert(std::array<std::int64_t, depth> &sorted, std::int64_t v, Before before) {
        std::size_t i = depth - 1;
        for (; i > 0 && before(v, sorted[i - 1]); --i)
            sorted[i] = sorted[i - 1];
        sorted[i] = v;
    }
};

/// Which of the lowest residuals to measure from: a lower one costs width, each one below costs a patch.
std::uint64_t chooseReference(const Block &residuals, std::size_t n) {
    const Extremes extremes(residuals, n);
    if (n < 2 * Extremes::depth)
        return asUnsigned(extremes.low[0]);
    unsigned least = std::numeric_limits<unsigned>::max();
    std::size_t choice = 0;
    for (std::size_t k = 0; k < Extremes::depth; ++k) {
        for (std::size_t h = 0; h < Extremes::depth; ++h) {
            const std::uint64_t span = asUnsigned(extremes.high[h]) - asUnsigned(extremes.low[k]);
            const unsigned width = widthOf(span);
            unsigned cost = static_cast<unsigned>(n) * width;
            for (std::size_t i = 0; i < k; ++i)
                cost +=
                    16 + widthOf((asUnsigned(extremes.low[k]) - asUnsigned(extremes.low[i])) >> std::min(width, 63U));
            for (std::size_t i = 0; i < h; ++i)
                cost +=
                    16 + widthOf((asUnsigned(extremes.high[i]) - asUnsigned(extremes.low[k])) >> std::min(width, 63U));
            if (cost < least) {
                least = cost;
                choice = k;
            }
        }
    }
    return asUnsigned(extremes.low[choice]);
}

/// Writes residuals of one order as a block.
void putBlock(Block &residuals, std::size_t n, unsigned order, std::uint64_t slope, std::string &out) {
    const std::uint64_t reference = chooseReference(residuals, n);
    Widths widths;
    for (std::size_t i = 0; i < n; ++i) {
        residuals[i] -= reference;
        const std::int64_t v = asSigned(residuals[i]);
        ++widths.count[v < 0 ? std::min(widthOf(zigzag(v)), 64U) : widthOf(residuals[i])];
    }
    unsigned bits = 0;
    const unsigned width = widths.best(n, bits);
    std::array<std::uint8_t, blockLength> patched;
    std::size_t patches = 0;
    if (width < 64) {
        for (std::size_t i = 0; i < n; ++i) {
            patched[patches] = static_cast<std::uint8_t>(i);
            patches += static_cast<std::size_t>((residuals[i] >> width) != 0);
        }
    }
    out.push_back(static_cast<char>(order | (reference != 0 ? referenceFlag : 0U) | (slope != 0 ? slopeFlag : 0U) |
                                    (patches != 0 ? patchFlag : 0U)));
    out.push_back(static_cast<char>(width));
    if (reference != 0)
        putSigned(out, asSigned(reference));
    if (slope != 0)
        putSigned(out, asSigned(slope));
    const std::size_t at = out.size();
    out.resize(at + packedSize(n, width));
    pack(residuals.data(), n, width, out.data() + at);
    if (patches == 0)
        return;
    out.push_back(static_cast<char>(patches));
    for (std::size_t i = 0; i < patches; ++i) {
        out.push_back(static_cast<char>(patched[i]));
        putSigned(out, asSigned(residuals[patched[i]]) >> width);
    }
}

/// Distances from a line through numbers[-1].
struct Line {
    std::uint64_t slope = 0;
    Block residuals;
    unsigned cost = 0;

    Line(const std::uint64_t *numbers, std::size_t n, std::uint64_t slopeOfLine)
        : slope(slopeOfLine) {
        for (std::size_t i = 0; i < n; ++i)
            residuals[i] = numbers[i] - numbers[-1] - slope * (i + 1);
        double total = 0;
        std::size_t seen = 0;
        for (std::size_t i = 0; i < n; i += sampleStep, ++seen)
            total += static_cast<double>(asSigned(residuals[i]));
        const double mean = total / static_cast<double>(seen);
        cost = estimate(residuals, n, std::abs(mean) < 0x1p62 ? asUnsigned(static_cast<std::int64_t>(mean)) : 0);
    }
};

/// Codes `n` numbers of a column, of which numbers[-1] and [-2] exist. `trend` is the slope of the whole column.
void encodeBlock(const std::uint64_t *numbers, std::size_t n, std::uint64_t trend, std::string &out) {
    Block first;
    Block second;
    for (std::size_t i = 0; i < n; ++i) {
        const auto at = static_cast<std::ptrdiff_t>(i);
        first[i] = numbers[at] - numbers[at - 1];
        second[i] = first[i] - (numbers[at - 1] - numbers[at - 2]);
    }
    const std::uint64_t rise = numbers[n - 1] - numbers[-1];
    const std::uint64_t slope = asUnsigned(asSigned(rise) / static_cast<std::int64_t>(n));
    const unsigned differences = estimate(first, n, slope);
    const unsigned bends = estimate(second, n, 0);
    // The trend of the whole is surer than that of a block, whose ends may be far from its middle; unless it bends.
    std::optional<Line> line(std::in_place, numbers, n, trend);
    if (line->cost > std::min(differences, bends)) {
        const unsigned along = line->cost;
        std::optional<Line> own(std::in_place, numbers, n, slope);
        if (own->cost < along)
            line.swap(own);
    }
    // Near ties go to what decodes fastest: lines, then differences.
    const auto tie = static_cast<unsigned>(n / 4);
    unsigned order = differences + tie < line->cost ? 1 : 0;
    if (bends + tie < std::min(differences, line->cost))
        order = 2;
    if (order == 0)
        putBlock(line->residuals, n, 0, line->slope, out);
    else
        putBlock(order == 1 ? first : second, n, order, 0, out);
}

/// The slope of the line nearest to numbers that are relative to the first, by least squares over a part of them; zero
/// where it is nothing beside their scatter.
std::uint64_t trendOf(std::span<const std::uint64_t> numbers) {
    constexpr std::size_t step = 4;
    const std::size_t n = (numbers.size() + step - 1) / step;
    if (n < 3)
        return 0;
    const double middle = static_cast<double>(n - 1) / 2;
    double sum = 0;
    double squares = 0;
    double product = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const auto y = static_cast<double>(asSigned(numbers[i * step]));
        sum += y;
        squares += y * y;
        product += (static_cast<double>(i) - middle) * y;
    }
    const auto count = static_cast<double>(n);
    const double spread = count * (count * count - 1) / 12; // of the places: the sum of their squares about the middle
    const double slope = product / spread;
    const double scatter = std::sqrt(std::max(0.0, (squares - sum * sum / count - slope * slope * spread) / count));
    const double perNumber = slope / step;
    if (std::abs(perNumber) * blockLength * 8 < scatter || !(std::abs(perNumber) < 0x1p62))
        return 0;
    return asUnsigned(static_cast<std::int64_t>(std::round(perNumber)));
}

} // namespace

void encodeIntegers(std::span<const std::int64_t> numbers, std::string &out) {
    const std::size_t n = numbers.size();
    const std::uint64_t first = asUnsigned(numbers[0]);
    // Two more before the first, as if the stride had always been: then all blocks are coded alike.
    std::array<std::uint64_t, columnLength + 2> buffer;
    const std::span<std::uint64_t> relative(buffer.data() + 2, n);
    for (std::size_t i = 0; i < n; ++i)
        relative[i] = asUnsigned(numbers[i]) - first;
    std::uint64_t stride = n > 1 ? relative[1] : 0;
    std::uint64_t bent = 0;
    for (std::size_t i = 0; i < n; ++i)
        bent |= relative[i] ^ (stride * i);
    out.push_back(static_cast<char>(bent == 0 ? linearColumn : blockColumn));
    putSigned(out, numbers[0]);
    if (bent == 0) {
        putSigned(out, asSigned(stride));
        return;
    }
    const std::uint64_t unit = commonUnit(relative);
    if (unit != 1) {
        const ExactDivider divider(unit);
        for (std::uint64_t &v : relative)
            v = divider.quotient(v);
        stride = relative[1];
    }
    putSigned(out, asSigned(stride));
    putVarint(out, unit);
    buffer[1] = 0 - stride;
    buffer[0] = 0 - 2 * stride;
    const std::uint64_t trend = trendOf(relative);
    for (std::size_t at = 0; at < n; at += blockLength)
        encodeBlock(relative.data() + at, std::min(blockLength, n - at), trend, out);
}

} // namespace ra::samples
