// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/verifysteps.h"

#include "core/store/gonesteps.h"
#include "core/store/segmenttotals.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

namespace ra::store {

namespace {

using samples::bucketOf;
using samples::lengthOf;
using samples::Rollup;
using samples::RollupLevel;

constexpr std::int64_t minutesOfHour = 60;
constexpr std::int64_t hoursOfDay = 24;
constexpr std::int64_t hourNs = lengthOf(RollupLevel::Hour);

std::int64_t dayOf(std::int64_t hour) {
    return hour / hoursOfDay - (hour % hoursOfDay < 0 ? 1 : 0);
}

/// Equal but for the last bits, which the order of a sum decides.
bool isNear(double a, double b) {
    return isSame(a, b) || std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

bool agree(const StepSum &a, const StepSum &b) {
    const stats::Sketch &x = a.durations.sketch();
    const stats::Sketch &y = b.durations.sketch();
    return a.failed == b.failed && x.count() == y.count() && isNear(x.sum(), y.sum()) && isSame(x.min(), y.min()) &&
           isSame(x.max(), y.max());
}

std::string name(std::int64_t recipe, int level, std::int64_t bucket) {
    constexpr const char *levels[] = {"minute", "hour", "day"};
    return "kept_step_rollups, recipe " + std::to_string(recipe) + " " + levels[level] + " " + std::to_string(bucket);
}

class StepVerifier {
public:
    StepVerifier(SQLite::Database &db, VerifyReport &report, const std::function<void()> &look)
        : m_report(report)
        , m_look(look)
        , m_gone(db)
        , m_recipes(db, "SELECT id FROM recipes UNION SELECT recipe_id FROM kept_step_rollups UNION SELECT recipe_id "
                        "FROM gone_step_rollups")
        , m_hours(db, "SELECT (start_ns - (start_ns % 3600000000000 + 3600000000000) % 3600000000000) / 3600000000000 "
                      "FROM runs WHERE recipe_id = ?1 AND shown = 1 AND start_ns IS NOT NULL UNION SELECT (bucket - "
                      "(bucket % 60 + 60) % 60) / 60 FROM kept_step_rollups WHERE recipe_id = ?1 AND level = 0 UNION "
                      "SELECT bucket FROM kept_step_rollups WHERE recipe_id = ?1 AND level = 1 UNION SELECT (bucket - "
                      "(bucket % 60 + 60) % 60) / 60 FROM gone_step_rollups WHERE recipe_id = ?1 UNION SELECT hour "
                      "FROM gone_hours WHERE recipe_id = ?1")
        , m_stale(db, "SELECT hour FROM stale_hours WHERE recipe_id = ?")
        , m_folded(db, "SELECT 1 FROM gone_hours WHERE recipe_id = ? AND hour = ?")
        , m_runs(db, "SELECT id FROM runs WHERE recipe_id = ? AND start_ns BETWEEN ? AND ? AND shown = 1")
        , m_kept(db,
                 "SELECT step, bucket, count, failed, sum, sum_squares, sketch, min, max FROM kept_step_rollups WHERE "
                 "recipe_id = ? AND level = ? AND bucket BETWEEN ? AND ?") {
        Statement horizon(db, "SELECT t_ns FROM horizons WHERE kind = 'rollups'");
        if (const ResetAtEnd reset(horizon); horizon.step())
            m_from = bucketOf(RollupLevel::Hour, horizon.integer(0));
    }

    void run() {
        while (m_recipes.step())
            recipe(m_recipes.integer(0));
    }

private:
    void recipe(std::int64_t recipe) {
        std::set<std::int64_t> staleHours;
        std::set<std::int64_t> staleDays;
        m_stale.bind(recipe);
        while (m_stale.step()) {
            staleHours.insert(m_stale.integer(0));
            staleDays.insert(dayOf(m_stale.integer(0)));
        }
        std::set<std::int64_t> days;
        m_hours.bind(recipe);
        while (m_hours.step()) {
            m_look();
            const std::int64_t number = m_hours.integer(0);
            if (number < m_from)
                continue;
            days.insert(dayOf(number));
            if (staleHours.contains(number)) {
                if (isFolded({recipe, number}))
                    m_report.note(name(recipe, 1, number), "it is stale, and said to be of removed runs only");
            } else {
                hour({recipe, number});
            }
        }
        for (const std::int64_t day : days) {
            if (!staleDays.contains(day))
                whole(recipe, 2, day, kept(recipe, 1, day * hoursOfDay, hoursOfDay));
        }
    }

    void hour(const RecipeHour &hour) {
        const auto &[recipe, number] = hour;
        const StepSums minutes = kept(recipe, 0, number * minutesOfHour, minutesOfHour);
        StepSums made;
        try {
            m_gone.addTo(made, hour);
        } catch (const std::runtime_error &error) {
            m_report.note("gone_step_rollups, recipe " + std::to_string(recipe) + " hour " + std::to_string(number),
                          error.what());
            return;
        }
        const bool hasGone = !made.empty();
        m_runs.bind(recipe, number * hourNs, number * hourNs + (hourNs - 1));
        bool isLeft = false;
        while (m_runs.step()) {
            isLeft = true;
            m_gone.stepsOf(m_runs.integer(0), made);
        }
        if (isFolded(hour)) {
            if (isLeft || hasGone)
                m_report.note(name(recipe, 1, number), "it is said to be of removed runs only, and is not");
        } else {
            compare(recipe, 0, minutes, made, "it sums up other steps than there are");
        }
        whole(recipe, 1, number, minutes);
    }

    /// An hour or a day against its parts.
    void whole(std::int64_t recipe, int level, std::int64_t bucket, const StepSums &parts) {
        StepSums sums;
        for (const auto &[place, part] : parts) {
            StepSum &sum = sums[{place.first, bucket}];
            sum.durations.merge(part.durations);
            sum.failed += part.failed;
        }
        compare(recipe, level, kept(recipe, level, bucket, 1), sums, "it sums up something else than its parts do");
    }

    void compare(std::int64_t recipe, int level, const StepSums &told, const StepSums &made, const char *what) {
        std::set<std::int64_t> wrong;
        for (const auto &[place, sum] : told) {
            const auto its = made.find(place);
            if (!agree(sum, its == made.end() ? StepSum() : its->second))
                wrong.insert(place.second);
        }
        for (const auto &[place, sum] : made) {
            if (!told.contains(place) && !agree(sum, {}))
                wrong.insert(place.second);
        }
        for (const std::int64_t bucket : wrong)
            m_report.note(name(recipe, level, bucket), what);
    }

    StepSums kept(std::int64_t recipe, int level, std::int64_t first, std::int64_t count) {
        StepSums sums;
        m_kept.bind(recipe, level, first, first + count - 1);
        while (m_kept.step()) {
            ++m_report.rollups;
            const auto number = static_cast<std::uint64_t>(m_kept.integer(2));
            auto rollup = Rollup::fromRow(number, m_kept.real(4), m_kept.real(5), m_kept.text(6));
            const auto isWrong = [&](const stats::Sketch &sketch) {
                return sketch.count() != number || !isSame(sketch.sum(), m_kept.real(4)) ||
                       (number > 1 && (!isSame(sketch.min(), m_kept.real(7)) || !isSame(sketch.max(), m_kept.real(8))));
            };
            if (!rollup || isWrong(rollup->sketch())) {
                m_report.note(name(recipe, level, m_kept.integer(1)),
                              rollup ? "its sketch is of other durations" : rollup.error().why);
                continue;
            }
            sums[{m_kept.integer(0), m_kept.integer(1)}] = {std::move(*rollup), m_kept.integer(3)};
        }
        return sums;
    }

    bool isFolded(const RecipeHour &hour) {
        m_folded.bind(hour.first, hour.second);
        const ResetAtEnd reset(m_folded);
        return m_folded.step();
    }

    VerifyReport &m_report;
    const std::function<void()> &m_look;
    GoneSteps m_gone;
    Statement m_recipes;
    Statement m_hours;
    Statement m_stale;
    Statement m_folded;
    Statement m_runs;
    Statement m_kept;
    std::int64_t m_from = INT64_MIN; ///< hours before it need not be summed up
};

} // namespace

void verifyStepRollups(SQLite::Database &db, VerifyReport &report, const std::function<void()> &look) {
    StepVerifier(db, report, look).run();
}

} // namespace ra::store
