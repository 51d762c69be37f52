// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command.h"
#include "app/csvtext.h"
#include "app/runjson.h"
#include "app/terminal.h"
#include "core/query/reader.h"

#include <iostream>
#include <memory>

namespace ra::app {

namespace {

struct Options {
    std::string statement;
    bool csv = false;
};

std::string textOf(const query::Cell &cell) {
    if (const auto *text = std::get_if<std::string>(&cell))
        return *text;
    if (const auto *integer = std::get_if<std::int64_t>(&cell))
        return std::to_string(*integer);
    if (const auto *real = std::get_if<double>(&cell))
        return numberText(*real);
    return {};
}

std::string csvCell(const query::Cell &cell) {
    return std::holds_alternative<std::string>(cell) ? csvText(std::get<std::string>(cell)) : textOf(cell);
}

void printCsv(const query::Table &table) {
    const auto line = [](const auto &cells, const auto &format) {
        for (std::size_t i = 0; i < cells.size(); ++i)
            std::cout << (i == 0 ? "" : ",") << format(cells[i]);
        std::cout << "\r\n";
    };
    line(table.columns, csvText);
    for (const auto &row : table.rows)
        line(row, csvCell);
}

void printTable(const query::Table &answer) {
    std::vector<Column> columns;
    for (const std::string &name : answer.columns)
        columns.push_back({name});
    std::vector<std::vector<std::string>> rows;
    for (const auto &row : answer.rows) {
        auto &cells = rows.emplace_back();
        for (std::size_t i = 0; i < row.size(); ++i) {
            cells.push_back(textOf(row[i]));
            if (i < columns.size() && !std::holds_alternative<std::string>(row[i]) && !cells.back().empty())
                columns[i].isNumber = true;
        }
    }
    std::cout << table(columns, rows);
}

int run(const Options &options, const Common &common) {
    const auto reader = query::Reader::open(common.store);
    if (!reader)
        return complain(reader.error());
    const auto table = (*reader)->sql(options.statement, {}, common.stop);
    if (!table)
        return complain(table.error());
    if (common.json)
        print(toJson(*table));
    else if (options.csv)
        printCsv(*table);
    else
        printTable(*table);
    if (table->truncated)
        std::cerr << "recipe-analytics: only the first " << table->rows.size() << " rows are shown\n";
    return Done;
}

} // namespace

void addSql(CLI::App &program, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = program.add_subcommand("sql", "Read-only SQL over the documented views");
    command->add_option("STATEMENT", options->statement, "One SELECT")->required();
    command->add_flag("--csv", options->csv, "Comma-separated values");
    command->footer("Example: recipe-analytics sql \"SELECT recipe, count(*) FROM runs_v GROUP BY recipe\"");
    command->callback(
        [options, &action] { action = [options](const Common &common) { return run(*options, common); }; });
}

} // namespace ra::app
