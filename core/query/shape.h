// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/zone.h"
#include "core/query/accumulator.h"
#include "core/query/clock.h"
#include "core/query/fields.h"
#include "core/query/question.h"
#include "core/query/rowfilter.h"

#include <optional>
#include <vector>

namespace ra::query {

/// A question made ready for rows: what is read of them, and where it goes.
struct Shape {
    /// Of the answer: a field, or a stretch of time.
    struct KeyPart {
        std::optional<std::size_t> slot;
        std::size_t stretch = 0; ///< place among the clock's stretches, without slot
    };
    /// A field whose values are gathered, once for all aggregates of it.
    struct Measure {
        std::size_t slot = 0;
        Keeping keeping = {};
        bool isMetric = false; ///< measured while the row's step ran; no field of it
        std::string metric = {};
    };
    /// Where an aggregate finds what it needs.
    struct Answering {
        std::optional<std::size_t> measure;
        std::size_t histogram = 0; ///< place in Keeping::histograms
        std::size_t top = 0;       ///< place in tops
    };

    Question question; ///< with the aggregates that it means, in stored units
    FieldSet fields{Source::Steps};
    RowFilter filter;
    Clock clock;
    std::vector<KeyPart> keys;
    std::vector<Measure> measures;
    std::vector<Answering> answering; ///< for each aggregate
    std::vector<std::size_t> listed;  ///< slots of Question::select: rows are wanted as they are
    std::vector<std::size_t> tops;    ///< slots of the fields of Top
    bool needsTime = false;           ///< rows without a time do not count: the range is bounded
    bool needsOutcome = false;        ///< whether they failed

    /// Pointers into the question stand in `measures`: it moves, but is not copied.
    Shape(Question q, Clock c)
        : question(std::move(q))
        , clock(std::move(c)) {}
    Shape(const Shape &) = delete;
    Shape &operator=(const Shape &) = delete;
    Shape(Shape &&) = default;
    Shape &operator=(Shape &&) = default;
};

/// Invalid: a field that there is not, an aggregate that a field does not have, too many keys or aggregates.
/// Question::by must be without `points`. Of steps, what is no field is taken for a metric if `metricsAllowed`.
[[nodiscard]] Result<Shape> shapeOf(Question question, const Zone &zone, bool metricsAllowed);

} // namespace ra::query
