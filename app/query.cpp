// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command.h"
#include "app/csvtext.h"
#include "app/terminal.h"
#include "core/query/answer.h"
#include "core/query/questiontext.h"
#include "core/query/reader.h"
#include "core/table/jsonwriter.h"

#include <QDateTime>
#include <QTimeZone>

#include <cmath>
#include <iostream>
#include <memory>

namespace ra::app {

namespace {

using query::ColumnType;
using query::Frame;
using query::FrameColumn;

struct Options {
    std::string text;
    bool csv = false;
    bool explain = false;
};

/// As many digits as people read.
std::string shortNumber(double number) {
    constexpr double large = 1e6;
    const bool isWhole = std::abs(number) >= large && std::abs(number) < large * large * large;
    return (isWhole ? QString::number(number, 'f', 0) : QString::number(number, 'g', 6)).toStdString();
}

/// A cell for people or CSV; times as ISO 8601 of the zone.
std::string cellText(const FrameColumn &column, std::size_t row, const QTimeZone &zone, bool forPeople) {
    if (!column.has(row))
        return {};
    switch (column.type) {
    case ColumnType::Text:
        return std::string(column.text(row));
    case ColumnType::Integer:
        return std::to_string(column.integers[row]);
    case ColumnType::Number:
        return forPeople ? shortNumber(column.numbers[row]) : numberText(column.numbers[row]);
    case ColumnType::Time: {
        const auto ms = std::chrono::floor<std::chrono::milliseconds>(fromNs(column.integers[row]));
        const QDateTime moment = QDateTime::fromMSecsSinceEpoch(ms.time_since_epoch().count(), zone);
        return moment.toString(moment.time().msec() == 0 ? Qt::ISODate : Qt::ISODateWithMs).toStdString();
    }
    }
    return {};
}

std::string titleOf(const FrameColumn &column) {
    return column.unit.empty() ? column.name : column.name + " [" + column.unit + ']';
}

/// A page; the first has the names before it.
void printCsv(const Frame &page, bool isFirst, const QTimeZone &zone) {
    const std::vector<FrameColumn> &columns = page.columns();
    if (isFirst) {
        for (std::size_t i = 0; i < columns.size(); ++i)
            std::cout << (i == 0 ? "" : ",") << csvText(columns[i].name);
        std::cout << "\r\n";
    }
    for (std::size_t row = 0; row < page.rows(); ++row) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string text = cellText(columns[i], row, zone, false);
            std::cout << (i == 0 ? "" : ",") << (columns[i].type == ColumnType::Text ? csvText(text) : text);
        }
        std::cout << "\r\n";
    }
}

void printTable(const Frame &frame, const QTimeZone &zone) {
    std::vector<Column> columns;
    for (const FrameColumn &column : frame.columns())
        columns.push_back({.title = titleOf(column),
                           .isNumber = column.type == ColumnType::Integer || column.type == ColumnType::Number});
    std::vector<std::vector<std::string>> rows;
    for (std::size_t row = 0; row < frame.rows(); ++row) {
        std::vector<std::string> &cells = rows.emplace_back();
        for (const FrameColumn &column : frame.columns())
            cells.push_back(cellText(column, row, zone, true));
    }
    std::cout << table(columns, rows);
}

void writeExplanation(table::JsonWriter &json, const query::Explanation &explanation) {
    json.beginObject().key("reads").beginArray();
    for (const query::Piece &piece : explanation.plan.pieces)
        json.value(toString(piece, explanation.plan.rows));
    json.endArray().field("because", explanation.plan.why);
    json.field("rows", explanation.rows).field("rollups", explanation.rollups).field("stale", explanation.staleUnits);
    json.field("segment_headers", explanation.headers).field("segments_decoded", explanation.decoded);
    json.field("samples", explanation.samples).field("groups", explanation.groups);
    json.field("exact", explanation.isExact).key("relative_error").value(explanation.isExact ? 0.0 : 0.01);
    json.key("notes").beginArray();
    for (const std::string &note : explanation.notes)
        json.value(note);
    json.endArray().endObject();
}

/// The beginning of the document, up to the first row.
void printJsonColumns(const Frame &page) {
    table::JsonWriter json;
    json.beginObject().key("columns").beginArray();
    for (const FrameColumn &column : page.columns()) {
        json.beginObject().field("name", column.name).field("type", toString(column.type));
        json.field("unit", column.type == ColumnType::Time ? std::string("ns") : column.unit).endObject();
    }
    json.endArray().key("rows").beginArray();
    std::cout << json.take();
}

void printJsonRows(const Frame &page, bool isFirst) {
    for (std::size_t row = 0; row < page.rows(); ++row) {
        table::JsonWriter json;
        json.beginArray();
        for (const FrameColumn &column : page.columns()) {
            if (!column.has(row))
                json.null();
            else if (column.type == ColumnType::Text)
                json.value(column.text(row));
            else if (column.type == ColumnType::Number)
                json.value(column.numbers[row]);
            else
                json.value(column.integers[row]);
        }
        json.endArray();
        std::cout << (isFirst && row == 0 ? "" : ",") << json.take();
    }
}

void printJsonEnd(const query::Explanation &explanation) {
    table::JsonWriter json;
    writeExplanation(json, explanation);
    std::cout << "],\"explain\":" << json.take() << '}' << std::endl;
}

int run(const Options &options, const Common &common) {
    const auto question = query::parseQuestion(options.text, now());
    if (!question)
        return complain(question.error());
    const auto reader = query::Reader::open(common.store);
    if (!reader)
        return complain(reader.error());
    query::AskOptions asking;
    asking.stop = common.stop;
    asking.progress = terminalProgress();
    const QTimeZone zone =
        question->zone.empty() ? QTimeZone::systemTimeZone() : QTimeZone(QByteArray::fromStdString(question->zone));
    query::Explanation explanation;
    if (common.json || options.csv) {
        bool isFirst = true;
        constexpr std::size_t pageRows = 10'000;
        auto told = (*reader)->ask(*question, asking, pageRows, [&](const Frame &page) {
            if (common.json && isFirst)
                printJsonColumns(page);
            if (common.json)
                printJsonRows(page, isFirst);
            else
                printCsv(page, isFirst, zone);
            isFirst = false;
            return static_cast<bool>(std::cout); // nobody may be reading any more
        });
        if (!told)
            return complain(told.error());
        if (common.json)
            printJsonEnd(*told);
        explanation = std::move(*told);
    } else {
        auto answer = (*reader)->ask(*question, asking);
        if (!answer)
            return complain(answer.error());
        printTable(answer->frame, zone);
        explanation = std::move(answer->explanation);
    }
    if (options.explain && !common.json)
        std::cerr << explanation.text();
    return Done;
}

} // namespace

void addQuery(CLI::App &program, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = program.add_subcommand("query", "Questions about steps, runs, errors and samples in one line");
    command->add_option("QUESTION", options->text, "SOURCE | where ... | since ... | by ... | aggregates | ...")
        ->required();
    command->add_flag("--csv", options->csv, "Comma-separated values");
    command->add_flag("--explain", options->explain, "Tell what answered it: rollups, segments, rows");
    command->footer(
        "Example: recipe-analytics query \"steps | where recipe = etl | since 7d | by step | p95(duration), "
        "count() | order p95(duration) desc | limit 20\"");
    command->callback(
        [options, &action] { action = [options](const Common &common) { return run(*options, common); }; });
}

} // namespace ra::app
