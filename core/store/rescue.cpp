// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/rescue.h"

#include "core/samples/rollup.h"
#include "core/store/codec.h"
#include "core/store/segmenttotals.h"
#include "core/store/spans.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <xxhash.h>

namespace ra::store {

namespace {

/// Made anew from others, or the same in every store. Rollups are, too, but for those whose samples and runs have been
/// removed: which these are is known at the end.
constexpr std::array<std::string_view, 3> derived = {"stale_hours", "words", "block_times"};

std::int64_t integerOf(const RecordValue &value) {
    const auto *integer = std::get_if<std::int64_t>(&value);
    return integer ? *integer : 0;
}

/// As SQLite gives a REAL column: NaN for NULL.
double realOf(const RecordValue &value) {
    if (const auto *integer = std::get_if<std::int64_t>(&value))
        return static_cast<double>(*integer);
    const auto *real = std::get_if<double>(&value);
    return real ? *real : std::nan("");
}

std::string_view bytesOf(const RecordValue &value) {
    if (const auto *blob = std::get_if<RecordBlob>(&value))
        return blob->bytes;
    const auto *text = std::get_if<std::string_view>(&value);
    return text ? *text : std::string_view();
}

bool isUnpacked(const RecordValue &codec, const RecordValue &length, const RecordValue &data) {
    try {
        static_cast<void>(
            unpack(static_cast<Codec>(integerOf(codec)), bytesOf(data), static_cast<std::size_t>(integerOf(length))));
        return true;
    } catch (const std::runtime_error &) {
        return false;
    }
}

bool isRollup(const RecordValue &count, const RecordValue &sum, const RecordValue &sumSquares,
              const RecordValue &sketch) {
    const auto number = static_cast<std::uint64_t>(integerOf(count));
    const auto rollup = samples::Rollup::fromRow(number, realOf(sum), realOf(sumSquares), bytesOf(sketch));
    return rollup && rollup->count() == number;
}

} // namespace

Rescuer::Rescuer(SQLite::Database &db, const std::vector<TableShape> &shapes)
    : m_db(db)
    , m_shapes(shapes) {
    for (const TableShape &shape : shapes) {
        Table &table = m_tables.emplace_back();
        table.count.name = shape.name;
        if (std::find(derived.begin(), derived.end(), shape.name) != derived.end())
            continue;
        std::string names;
        std::string places;
        for (const TableShape::Column &column : shape.columns) {
            names += names.empty() ? "" : ", ";
            names += column.name;
            places += places.empty() ? "?" : ", ?";
        }
        std::string sql = "INSERT OR IGNORE INTO ";
        sql.append(shape.name).append("(").append(names).append(") VALUES(").append(places).append(")");
        table.insert = std::make_unique<Statement>(db, sql);
        if (shape.name == "texts")
            table.isIntact = &Rescuer::isText;
        else if (shape.name == "blocks")
            table.isIntact = &Rescuer::isBlock;
        else if (shape.name == "forks")
            table.isIntact = &Rescuer::isFork;
        else if (shape.name == "run_spans")
            table.isIntact = &Rescuer::isSpans;
        else if (shape.name == "segments")
            table.isIntact = &Rescuer::isSegment;
        else if (shape.name == "sealed_rollups")
            table.isIntact = &Rescuer::isSampleRollup;
        else if (shape.name == "kept_step_rollups")
            table.isIntact = &Rescuer::isStepRollup;
        else if (shape.name == "gone_step_rollups")
            table.isIntact = &Rescuer::isGoneRollup;
    }
}

void Rescuer::put(std::size_t shape, const std::vector<RecordValue> &row) {
    Table &table = m_tables[shape];
    if (!table.insert)
        return;
    if (table.isIntact && (row.size() != m_shapes[shape].columns.size() || !(this->*table.isIntact)(row))) {
        ++table.count.damaged;
        return;
    }
    for (std::size_t i = 0; i < m_shapes[shape].columns.size(); ++i) {
        const int place = static_cast<int>(i) + 1;
        if (i >= row.size() || std::holds_alternative<std::monostate>(row[i]))
            table.insert->bindAt(place, nullptr);
        else if (const auto *integer = std::get_if<std::int64_t>(&row[i]))
            table.insert->bindAt(place, *integer);
        else if (const auto *real = std::get_if<double>(&row[i]))
            table.insert->bindAt(place, *real);
        else if (const auto *text = std::get_if<std::string_view>(&row[i]))
            table.insert->bindAt(place, *text);
        else
            table.insert->bindAt(place, Blob{bytesOf(row[i])});
    }
    table.insert->run();
    ++(sqlite3_changes(m_db.getHandle()) > 0 ? table.count.saved : table.count.damaged);
}

std::vector<SavedTable> Rescuer::tables() const {
    std::vector<SavedTable> tables;
    for (const Table &table : m_tables) {
        if (table.insert)
            tables.push_back(table.count);
    }
    return tables;
}

std::uint64_t Rescuer::damaged() const {
    std::uint64_t rows = 0;
    for (const Table &table : m_tables)
        rows += table.count.damaged;
    return rows;
}

bool Rescuer::isText(const std::vector<RecordValue> &row) {
    const std::string_view text = bytesOf(row[2]);
    return static_cast<std::int64_t>(XXH3_64bits(text.data(), text.size())) == integerOf(row[1]);
}

bool Rescuer::isBlock(const std::vector<RecordValue> &row) {
    return isUnpacked(row[4], row[3], row[5]);
}

bool Rescuer::isFork(const std::vector<RecordValue> &row) {
    return isUnpacked(row[5], row[6], row[7]);
}

bool Rescuer::isSpans(const std::vector<RecordValue> &row) {
    try {
        static_cast<void>(decodeSpans(bytesOf(row[2])));
        return true;
    } catch (const std::runtime_error &) {
        return false;
    }
}

bool Rescuer::isSampleRollup(const std::vector<RecordValue> &row) {
    return isRollup(row[3], row[4], row[7], row[8]);
}

/// In the order of the record: the key (recipe_id, level, bucket, step) comes first.
bool Rescuer::isStepRollup(const std::vector<RecordValue> &row) {
    return isRollup(row[4], row[6], row[9], row[10]);
}

bool Rescuer::isGoneRollup(const std::vector<RecordValue> &row) {
    return isRollup(row[3], row[5], row[8], row[9]);
}

bool Rescuer::isSegment(const std::vector<RecordValue> &row) {
    const std::string_view bytes = bytesOf(row[12]);
    const auto header = samples::readHeader(bytes);
    if (!header || !samples::decodeSegment(bytes, m_workspace, m_times, m_values))
        return false;
    return isSame(totalsOf(*header),
                  {integerOf(row[3]), integerOf(row[4]), integerOf(row[5]), realOf(row[6]), realOf(row[7]),
                   realOf(row[8]), realOf(row[9]), realOf(row[10]), realOf(row[11])});
}

} // namespace ra::store
