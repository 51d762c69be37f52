// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/verify.h"

#include "core/samples/rollup.h"
#include "core/samples/segment.h"
#include "core/store/blocktimes.h"
#include "core/store/codec.h"
#include "core/store/declarations.h"
#include "core/store/readonly.h"
#include "core/store/references.h"
#include "core/store/segmenttotals.h"
#include "core/store/spans.h"
#include "core/store/sqlerror.h"
#include "core/store/statement.h"
#include "core/store/verifysteps.h"

#include <cmath>
#include <stdexcept>
#include <unordered_map>

namespace ra::store {

namespace {

using samples::Rollup;

/// Steps of SQLite's machine between two looks at the stop token: some milliseconds.
constexpr int stepsBetweenLooks = 100'000;

class Verifier {
public:
    Verifier(SQLite::Database &db, Declarations declared, const std::stop_token &stop, const ProgressSink &progress)
        : m_db(db)
        , m_declared(std::move(declared))
        , m_stop(stop)
        , m_progress(progress) {}

    VerifyReport run() {
        m_report.bytes = number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
        part("structure", [this] {
            schema();
            structure();
        });
        part("references", [this] { checkReferences(); });
        part("log", [this] { blocks(); });
        part("spans", [this] { spans(); });
        part("samples", [this] { segments(); });
        part("rollups", [this] { rollups(); });
        part("steps", [this] { verifyStepRollups(m_db, m_report, [this] { look(); }); });
        return std::move(m_report);
    }

private:
    /// A part that SQLite cannot read is damage, and the others go on. What is declared otherwise lacks what they name.
    template <typename Body>
    void part(const char *stage, Body body) {
        tell(stage, 0, 1);
        try {
            body();
        } catch (const SQLite::Exception &exception) {
            const int code = exception.getErrorCode() & 0xff;
            if (code != SQLITE_CORRUPT && !(code == SQLITE_ERROR && m_isSchemaDamaged))
                throw;
            m_report.note("the file", std::string(exception.what()) + " (while reading: " + stage + ")");
        }
        tell(stage, 1, 1);
    }

    void tell(const char *stage, std::uint64_t done, std::uint64_t total) const {
        if (m_progress)
            m_progress({.stage = stage, .item = stage, .done = done, .total = total});
    }

    void look() const {
        if (m_stop.stop_requested())
            throw SQLite::Exception("interrupted", SQLITE_INTERRUPT);
    }

    std::uint64_t number(const char *sql) {
        Statement statement(m_db, sql);
        const ResetAtEnd reset(statement);
        return statement.step() ? static_cast<std::uint64_t>(statement.integer(0)) : 0;
    }

    /// Whoever has declared something more of their own may have it.
    void schema() {
        const Declarations there = declarationsOf(m_db);
        for (const auto &[what, declaration] : m_declared) {
            const auto found = there.find(what);
            if (found != there.end() && found->second == declaration)
                continue;
            m_isSchemaDamaged = true;
            m_report.note("the schema, " + what.first + ' ' + what.second,
                          found == there.end() ? "it is not there" : "it is declared otherwise");
        }
    }

    void structure() {
        Statement check(m_db, "PRAGMA integrity_check(" + std::to_string(VerifyReport::mostListed) + ")");
        while (check.step()) {
            if (check.text(0) != "ok")
                m_report.note("the file", std::string(check.text(0)));
        }
        m_report.runs = number("SELECT count(*) FROM runs WHERE shown = 1");
        Statement horizon(m_db, "SELECT max(t_ns) FROM horizons WHERE kind = 'samples'");
        const ResetAtEnd reset(horizon);
        if (horizon.step() && !horizon.isNull(0))
            m_horizon = horizon.integer(0);
    }

    void checkReferences() {
        for (const Reference &reference : references()) {
            look();
            Statement missing(m_db, "SELECT count(*) FROM (" + missingSql(reference) + ")");
            const ResetAtEnd reset(missing);
            if (missing.step() && missing.integer(0) > 0)
                m_report.note(reference.table,
                              std::to_string(missing.integer(0)) + " times the " + reference.what + " is not there");
        }
        const std::uint64_t other =
            number("SELECT count(*) FROM runs r WHERE step_count <> (SELECT count(*) FROM steps s WHERE s.id BETWEEN "
                   "r.id << 24 AND (r.id << 24) + 16777215)");
        if (other > 0)
            m_report.note("runs", std::to_string(other) + " have another number of steps than they say");
    }

    void blocks() {
        const std::uint64_t total = number("SELECT count(*) FROM blocks");
        // Not in the order of places: that of the file is read once through.
        Statement rows(m_db, "SELECT id, source_id, offset, length, codec, data, state, local_first, local_last, "
                             "utc_first, utc_last FROM blocks LEFT JOIN block_times ON block = id ORDER BY id");
        while (rows.step()) {
            look();
            const auto note = [&](const std::string &what) {
                m_report.note("blocks, source " + std::to_string(rows.integer(1)) + " at byte " +
                                  std::to_string(rows.integer(2)),
                              what);
            };
            try {
                const auto length = static_cast<std::size_t>(rows.integer(3));
                const std::string bytes = unpack(static_cast<Codec>(rows.integer(4)), rows.text(5), length);
                m_report.logBytes += bytes.size();
                if (const auto told = readBlockTimes(rows, 6)) {
                    // Lines that end in it: what becomes of the last one lies elsewhere.
                    const BlockTimes times = timesOf(std::string_view(bytes).substr(0, bytes.rfind('\n') + 1), {});
                    if (!told->local.contains(times.local) || !told->utc.contains(times.utc) ||
                        (told->beginsRecord && !times.beginsRecord && bytes.ends_with('\n')))
                        note("its lines have other times than it says");
                }
            } catch (const std::runtime_error &error) {
                note(error.what());
            }
            tell("log", ++m_report.blocks, total + 1);
        }
    }

    void spans() {
        Statement rows(m_db, "SELECT id >> 24, data FROM run_spans ORDER BY id");
        while (rows.step()) {
            look();
            try {
                static_cast<void>(decodeSpans(rows.text(1)));
            } catch (const std::runtime_error &error) {
                m_report.note("run_spans, run " + std::to_string(rows.integer(0)), error.what());
            }
        }
    }

    /// What is wrong with the segment at the row; empty if nothing.
    std::string faultOf(const Statement &row) {
        const std::string_view bytes = row.text(11);
        const auto header = samples::readHeader(bytes);
        if (!header)
            return header.error().why;
        const stats::Sketch &sketch = header->sketch;
        if (header->firstNs >= m_horizon)
            m_nans[row.integer(1)] += sketch.nans();
        const SegmentTotals told{row.integer(2), row.integer(3), row.integer(4), row.real(5), row.real(6),
                                 row.real(7),    row.real(8),    row.real(9),    row.real(10)};
        if (!isSame(totalsOf(*header), told))
            return "its row says something else than its header";
        if (const auto decoded = samples::decodeSegment(bytes, m_workspace, m_times, m_values); !decoded)
            return decoded.error().why;
        Rollup made;
        made.add(m_values);
        if (made.count() != sketch.count() || !isSame(made.sketch().min(), sketch.min()) ||
            !isSame(made.sketch().max(), sketch.max()))
            return "its header says something else than its samples";
        return {};
    }

    void segments() {
        const std::uint64_t total = number("SELECT count(*) FROM segments");
        Statement rows(m_db, "SELECT id, series, t_min, t_max, count, min, max, sum, first, last, sum_squares, data "
                             "FROM segments ORDER BY id");
        while (rows.step()) {
            look();
            if (const std::string fault = faultOf(rows); !fault.empty())
                m_report.note("segments, number " + std::to_string(rows.integer(0)) + " of series " +
                                  std::to_string(rows.integer(1)),
                              fault);
            m_report.samples += static_cast<std::uint64_t>(rows.integer(4));
            tell("samples", ++m_report.segments, total + 1);
        }
    }

    struct Sum {
        std::uint64_t count = 0;
        double min = NAN;
        double max = NAN;
        double sum = 0;
        double squares = 0;

        bool operator==(const Sum &other) const {
            return count == other.count && isSame(min, other.min) && isSame(max, other.max) && isNear(other);
        }

    private:
        /// Equal but for the last bits, which the order of a sum decides. Values that cancel each other leave a sum far
        /// below those bits: these are measured by the values, whose magnitudes add up to at most the root of
        /// count * squares. Of infinities, and of sums beyond all numbers, no sum tells anything.
        [[nodiscard]] bool isNear(const Sum &other) const {
            const double scale = std::sqrt(static_cast<double>(count) * std::max(squares, other.squares));
            return isSame(sum, other.sum) || !std::isfinite(scale) || std::abs(sum - other.sum) <= 1e-9 * scale;
        }
    };

    void rollups() {
        Statement rows(m_db, "SELECT series, level, bucket, count, sum, sum_squares, sketch FROM sealed_rollups");
        while (rows.step()) {
            look();
            ++m_report.rollups;
            const auto count = static_cast<std::uint64_t>(rows.integer(3));
            const auto read = Rollup::fromRow(count, rows.real(4), rows.real(5), rows.text(6));
            if (!read || read->count() != count)
                m_report.note("sealed_rollups, series " + std::to_string(rows.integer(0)) + " level " +
                                  std::to_string(rows.integer(1)) + " number " + std::to_string(rows.integer(2)),
                              read ? "its sketch is of another number of samples" : read.error().why);
        }
        rows.reset();
        // Hours against their minutes, days against their hours, where these have rows: see RollupWriter.
        for (const int level : {1, 2}) {
            Statement wholes(
                m_db, "SELECT w.series, w.bucket FROM sealed_rollups w WHERE w.level = ?1 AND w.count <> (SELECT "
                      "sum(p.count) FROM sealed_rollups p WHERE p.series = w.series AND p.level = ?1 - 1 AND p.bucket "
                      "BETWEEN w.bucket * ?2 AND w.bucket * ?2 + ?2 - 1)");
            wholes.bind(level, level == 1 ? 60 : 24);
            while (wholes.step()) {
                look();
                m_report.note("sealed_rollups, series " + std::to_string(wholes.integer(0)) + " level " +
                                  std::to_string(level) + " number " + std::to_string(wholes.integer(1)),
                              "it counts other samples than its parts do");
            }
        }
        sumsOfSeries();
    }

    /// The days of a series against its segments.
    void sumsOfSeries() {
        // What retention has removed is in no segment any more. It works by days.
        constexpr std::int64_t nsPerDay = 86'400'000'000'000;
        Statement both(m_db, "SELECT series FROM segments UNION SELECT series FROM sealed_rollups");
        Statement straddling(m_db, "SELECT count(*) FROM segments WHERE series = ?1 AND t_min < ?2 AND t_max >= ?2");
        // Squares are NULL where they are no number, and of a single sample.
        Statement sealed(m_db, "SELECT sum(count), min(min), max(max), total(sum), total(coalesce(sum_squares, 9e999)) "
                               "FROM segments WHERE series = ?1 AND t_min >= ?2");
        Statement days(m_db,
                       "SELECT sum(count), min(iif(count = 0, NULL, coalesce(min, sum))), max(iif(count = 0, "
                       "NULL, coalesce(max, sum))), total(sum), total(CASE count WHEN 0 THEN 0 WHEN 1 THEN sum * sum "
                       "ELSE coalesce(sum_squares, 9e999) END) FROM sealed_rollups WHERE series = ?1 AND level = 2 AND "
                       "bucket >= ?2");
        while (both.step()) {
            look();
            const std::int64_t series = both.integer(0);
            if (sumBy(straddling, series, m_horizon).count > 0)
                continue; // pinned samples that have been put together with later ones
            Sum ofSamples = sumBy(sealed, series, m_horizon);
            ofSamples.count -= std::min(ofSamples.count, m_nans[series]);
            if (!(sumBy(days, series, m_horizon < 0 ? m_horizon / nsPerDay - 1 : m_horizon / nsPerDay) == ofSamples))
                m_report.note("sealed_rollups, series " + std::to_string(series),
                              "its days sum up to something else than its samples");
        }
    }

    static Sum sumBy(Statement &statement, std::int64_t series, std::int64_t from) {
        statement.bind(series, from);
        const ResetAtEnd reset(statement);
        if (!statement.step())
            return {};
        return {static_cast<std::uint64_t>(statement.integer(0)), statement.real(1), statement.real(2),
                statement.real(3), statement.real(4)};
    }

    SQLite::Database &m_db;
    Declarations m_declared;
    bool m_isSchemaDamaged = false;
    const std::stop_token &m_stop;
    const ProgressSink &m_progress;
    VerifyReport m_report;
    std::int64_t m_horizon = INT64_MIN;                     ///< earlier samples have been removed
    std::unordered_map<std::int64_t, std::uint64_t> m_nans; ///< by series: rollups do not count them
    samples::Workspace m_workspace;
    std::vector<std::int64_t> m_times;
    std::vector<double> m_values;
};

} // namespace

void VerifyReport::note(std::string where, std::string what) {
    ++damages;
    if (damage.size() < mostListed)
        damage.push_back({std::move(where), std::move(what)});
}

Result<VerifyReport> verify(const std::string &path, const std::stop_token &stop, const ProgressSink &progress) {
    return guarded("verify the store", path, [&]() -> Result<VerifyReport> {
        Result<SQLite::Database> db = openReadOnly(path);
        if (!db)
            return tl::unexpected(db.error());
        Result<Declarations> declared = newestDeclarations();
        if (!declared)
            return tl::unexpected(declared.error());
        sqlite3_progress_handler(
            db->getHandle(), stepsBetweenLooks,
            [](void *token) { return static_cast<const std::stop_token *>(token)->stop_requested() ? 1 : 0; },
            const_cast<std::stop_token *>(&stop));
        db->exec("BEGIN"); // one moment of it
        return Verifier(*db, std::move(*declared), stop, progress).run();
    });
}

} // namespace ra::store
