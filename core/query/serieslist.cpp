// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/serieslist.h"

#include "core/store/statement.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace ra::query {

using store::Statement;

namespace {

/// Some metrics that there are, those that resemble the name first.
std::string knownMetrics(const SQLite::Database &db, std::string_view metric) {
    constexpr int some = 10;
    Statement select(db, "SELECT DISTINCT name FROM metrics ORDER BY instr(lower(name), lower(?1)) = 0, "
                         "instr(lower(?1), lower(name)) = 0, name LIMIT ?2");
    select.bind(metric, some);
    constexpr std::size_t longest = 60; // of a name, in bytes
    std::string names;
    while (select.step()) {
        const std::string_view name = select.text(0);
        std::size_t length = std::min(name.size(), longest);
        while (length > 0 && length < name.size() && (static_cast<unsigned char>(name[length]) & 0xc0U) == 0x80U)
            --length; // between two characters
        names += names.empty() ? "There are " : ", ";
        names += name.substr(0, length);
        names += length < name.size() ? "…" : "";
    }
    return names.empty() ? "No samples are stored" : names;
}

} // namespace

Result<std::vector<SeriesFacts>> seriesOf(const SQLite::Database &db, std::string_view metric) {
    Statement select(db,
                     "SELECT s.id, m.unit, m.kind, m.tags, s.subject_kind, s.subject FROM metrics m JOIN series s ON "
                     "s.metric = m.id WHERE m.name = ? ORDER BY s.id");
    select.bind(metric);
    std::vector<SeriesFacts> all;
    while (select.step()) {
        SeriesFacts &series = all.emplace_back();
        series.id = select.integer(0);
        series.unit = select.text(1);
        series.kind = select.text(2);
        const std::string_view tags = select.text(3);
        const QJsonObject object =
            QJsonDocument::fromJson(QByteArray(tags.data(), static_cast<qsizetype>(tags.size()))).object();
        for (auto it = object.begin(); it != object.end(); ++it)
            series.tags.emplace(it.key().toStdString(), it.value().toString().toStdString());
        series.subjectKind = static_cast<SubjectKind>(select.integer(4));
        series.subject = select.integer(5);
    }
    if (all.empty()) {
        return fail({.kind = ErrorKind::Invalid,
                     .what = "answer the question",
                     .where = {},
                     .why = "there is no metric \"" + std::string(metric.substr(0, 80)) + '"',
                     .hint = knownMetrics(db, metric)});
    }
    return all;
}

void setSeries(Row &row, const std::vector<Field> &fields, std::string_view metric, const SeriesFacts &series,
               Words &words) {
    row.values.assign(fields.size(), {});
    const auto tag = [&](std::string_view name) -> std::string_view {
        const auto found = series.tags.find(name);
        return found == series.tags.end() ? std::string_view() : std::string_view(found->second);
    };
    for (std::size_t slot = 0; slot < fields.size(); ++slot) {
        const Field &field = fields[slot];
        if (field.decode != Decode::OfSeries)
            continue;
        row.setMissing(slot);
        if (field.name == "series") {
            row.setInteger(slot, series.id);
        } else if (field.name == "machine") {
            row.setInteger(slot, static_cast<std::int64_t>(series.subjectKind == SubjectKind::Machine));
        } else if (field.name == "pid") {
            if (series.subjectKind == SubjectKind::Process)
                row.setInteger(slot, series.subject);
        } else {
            constexpr std::string_view prefix = "tag:";
            std::string_view text;
            if (field.name.starts_with(prefix))
                text = tag(std::string_view(field.name).substr(prefix.size()));
            else if (field.name == "metric")
                text = metric;
            else if (field.name == "unit")
                text = series.unit;
            else if (field.name == "kind")
                text = series.kind;
            else if (field.name == "host" && tag("host").empty())
                text = tag("hostname");
            else
                text = tag(field.name);
            if (!text.empty())
                row.setInteger(slot, words.idOf(text));
        }
    }
}

} // namespace ra::query
