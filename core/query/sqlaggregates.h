// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct sqlite3;

namespace ra::query {

/// Makes statistics known to a connection. NULL (and with it NaN) is no value and is left out everywhere; of no values
/// the answer is NULL.
///
/// - quantile(x, q), aggregate: q in [0, 1], by linear interpolation between the ranks (type 7 of R. J. Hyndman, Y.
/// Fan,
///   "Sample quantiles in statistical packages", The American Statistician 50 (1996) 361-365). Exact up to 1,000,000
///   values, above that within 1 % by a sketch.
/// - stddev(x), aggregate: of the sample (n - 1); NULL of one value. B. P. Welford, Technometrics 4 (1962) 419-420.
/// - mad(x), aggregate: the median of the distances from the median, not scaled; at most 1,000,000 values.
/// - linreg_slope(y, x), aggregate: least squares; NULL where x does not vary. As regr_slope of SQL.
/// - rate(value, t_ns), aggregate: what a counter rose a second from its first to its last sample in the group; a fall
///   is a counter that began again at 0. NULL for less than two moments. At most 1,000,000 samples.
/// - histogram(x, low, high, bins), aggregate: JSON {"edges":[...],"counts":[...],"below":n,"above":n}: equal bins
///   [edge, next edge), the last one closed.
/// - sketch(x), aggregate: a quantile sketch of 1 % as a BLOB (stats::Sketch); sketch_merge(sketch), aggregate: of all
///   that the sketches have seen; sketch_quantile(sketch, q), sketch_count(sketch).
/// - local_bucket(t_ns, unit, zone): the beginning, as t_ns, of the minute, hour, day, week (from Monday), month or
/// year
///   in which a moment lies on the clocks of an IANA zone. An hour that the clocks repeat is two.
void addStatisticalFunctions(sqlite3 *db);

} // namespace ra::query
