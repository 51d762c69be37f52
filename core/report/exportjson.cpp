// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/export.h"

#include <nlohmann/json.hpp>

namespace ra::report {

namespace {

using Json = nlohmann::ordered_json; // keeps the order in which people would read it

std::string utf8(const QString &text) {
    return text.toStdString();
}

std::string_view word(const State &state) {
    return std::visit([](auto status) { return toString(status); }, state);
}

const char *word(Tone tone) {
    return tone == Tone::Good ? "good" : tone == Tone::Bad ? "bad" : "neutral";
}

Json texts(const std::vector<QString> &list) {
    Json json = Json::array();
    for (const QString &text : list)
        json.push_back(utf8(text));
    return json;
}

Json number(const Cell &cell, ColumnType type) {
    if (const auto *integer = std::get_if<qint64>(&cell.number))
        return type == ColumnType::Duration ? Json(double(*integer) / 1e9) : Json(*integer);
    if (const auto *real = std::get_if<double>(&cell.number))
        return *real;
    return nullptr;
}

/// The key of a column in a row, with the unit of its values.
std::string keyOf(const Column &column) {
    switch (column.type) {
    case ColumnType::Duration:
        return utf8(column.key) + "_s";
    case ColumnType::Moment:
        return utf8(column.key) + "_ns";
    case ColumnType::Percent:
        return utf8(column.key) + "_percent";
    default:
        return utf8(column.key);
    }
}

Json json(const Figures &block) {
    Json items = Json::array();
    for (const Figure &figure : block.items) {
        Json item = {{"key", utf8(figure.key)},   {"label", utf8(figure.label)},       {"value", utf8(figure.value)},
                     {"unit", utf8(figure.unit)}, {"interval", utf8(figure.interval)}, {"change", utf8(figure.change)},
                     {"tone", word(figure.tone)}, {"note", utf8(figure.note)}};
        item["number"] = figure.number ? Json(*figure.number) : Json(nullptr);
        if (figure.state)
            item["state"] = word(*figure.state);
        items.push_back(std::move(item));
    }
    return {{"type", "figures"}, {"items", std::move(items)}};
}

Json json(const Paragraph &block) {
    return {{"type", "paragraph"}, {"title", utf8(block.title)}, {"sentences", texts(block.sentences)}};
}

Json json(const Table &block) {
    Json columns = Json::array();
    for (const Column &column : block.columns)
        columns.push_back({{"key", keyOf(column)}, {"title", utf8(column.title)}});
    Json rows = Json::array();
    for (const std::vector<Cell> &cells : block.rows) {
        Json row = Json::object();
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const Column &column = block.columns[i];
            if (cells[i].state)
                row[keyOf(column)] = word(*cells[i].state);
            else if (column.type == ColumnType::Text)
                row[keyOf(column)] = utf8(cells[i].text);
            else
                row[keyOf(column)] = number(cells[i], column.type);
        }
        rows.push_back(std::move(row));
    }
    return {{"type", "table"},
            {"key", utf8(block.key)},
            {"title", utf8(block.title)},
            {"note", utf8(block.note)},
            {"columns", std::move(columns)},
            {"rows", std::move(rows)},
            {"left_out", utf8(block.leftOut)}};
}

Json json(const Timeline &block) {
    Json rows = Json::array();
    for (const TimelineRow &row : block.rows) {
        Json bars = Json::array();
        for (const TimelineBar &bar : row.bars) {
            bars.push_back({{"start_s", double(bar.startNs) / 1e9},
                            {"end_s", double(bar.endNs) / 1e9},
                            {"state", toString(bar.state)},
                            {"repeated", bar.repeated}});
        }
        rows.push_back({{"step", utf8(row.label)}, {"state", toString(row.state)}, {"bars", std::move(bars)}});
    }
    return {{"type", "timeline"},
            {"extent_s", double(block.extentNs) / 1e9},
            {"steps", block.totalRows},
            {"rows", std::move(rows)}};
}

Json json(const Outcomes &block) {
    Json items = Json::array();
    for (const Outcome &item : block.items) {
        items.push_back({{"label", utf8(item.label)},
                         {"start_ns", item.startNs},
                         {"completed", item.completed},
                         {"partial", item.partial},
                         {"failed", item.failed},
                         {"other", item.other}});
    }
    return {{"type", "outcomes"}, {"title", utf8(block.title)}, {"items", std::move(items)}};
}

Json json(const Failures &block) {
    Json items = Json::array();
    for (const Failure &item : block.items) {
        items.push_back({{"place", utf8(item.place)},
                         {"state", word(item.state)},
                         {"error_type", utf8(item.type)},
                         {"message", utf8(item.message)},
                         {"detail", utf8(item.detail)},
                         {"runs", item.count},
                         {"traceback", texts(item.traceback)},
                         {"left_out", utf8(item.leftOut)}});
    }
    return {{"type", "failures"}, {"title", utf8(block.title)}, {"total", block.total}, {"items", std::move(items)}};
}

Json json(const Notes &block) {
    Json items = Json::array();
    for (const auto &[label, text] : block.items)
        items.push_back({{"label", utf8(label)}, {"text", utf8(text)}});
    return {{"type", "notes"}, {"title", utf8(block.title)}, {"items", std::move(items)}};
}

Json json(const std::vector<Block> &blocks) {
    Json list = Json::array();
    for (const Block &block : blocks)
        list.push_back(std::visit([](const auto &content) { return json(content); }, block));
    return list;
}

} // namespace

QByteArray toJson(const ReportDocument &document) {
    Json root = {{"kind", utf8(document.kind)}, {"title", utf8(document.title)}, {"subtitle", utf8(document.subtitle)}};
    if (document.status)
        root["status"] = toString(*document.status);
    root["generated_ns"] = toNs(document.generatedAt);
    root["conclusions"] = texts(document.conclusions);
    root["summary"] = json(document.summary);
    root["details"] = json(document.details);
    return QByteArray::fromStdString(root.dump(2) + "\n");
}

} // namespace ra::report
