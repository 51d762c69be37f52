// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/terminal.h"

#include <QLocale>

#include <algorithm>
#include <unistd.h>

namespace ra::app {

namespace {

/// Characters as a terminal counts them, near enough: code points.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string padded(const std::string &text, std::size_t wanted, bool right) {
    const std::size_t have = width(text);
    const std::string blanks(wanted > have ? wanted - have : 0, ' ');
    return right ? blanks + text : text + blanks;
}

} // namespace

report::Style terminalStyle() {
    return {.zone = Zone::fromName({}).value_or(Zone())};
}

std::string bytesText(std::uint64_t bytes) {
    return QLocale::c()
        .formattedDataSize(static_cast<qint64>(bytes), bytes < 1000 ? 0 : 1, QLocale::DataSizeSIFormat)
        .toStdString();
}

std::string oneLine(std::string_view text, qsizetype maxChars) {
    return report::visible(text, maxChars).toStdString();
}

std::string rawLine(std::string_view text) {
    static const bool shown = isatty(STDOUT_FILENO) != 0;
    if (!shown)
        return std::string(text);
    std::string safe;
    while (true) {
        const std::size_t end = text.find('\n');
        safe += report::visible(text.substr(0, end), 100'000).toStdString();
        if (end == std::string_view::npos)
            return safe;
        safe += '\n';
        text.remove_prefix(end + 1);
    }
}

std::string table(std::span<const Column> columns, const std::vector<std::vector<std::string>> &rows) {
    std::vector<std::vector<std::string>> lines(1);
    for (const Column &column : columns)
        lines.front().push_back(oneLine(column.title));
    for (const auto &row : rows) {
        auto &cells = lines.emplace_back();
        for (std::size_t i = 0; i < columns.size(); ++i)
            cells.push_back(oneLine(i < row.size() ? row[i] : std::string(), qsizetype(columns[i].widest)));
    }
    std::vector<std::size_t> widths(columns.size());
    for (const auto &cells : lines) {
        for (std::size_t i = 0; i < cells.size(); ++i)
            widths[i] = std::max(widths[i], width(cells[i]));
    }
    std::string text;
    for (const auto &cells : lines) {
        std::string line;
        for (std::size_t i = 0; i < cells.size(); ++i)
            line += (i > 0 ? "  " : "") + padded(cells[i], widths[i], columns[i].isNumber);
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    return text;
}

} // namespace ra::app
