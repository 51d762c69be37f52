// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/fields.h"

#include <algorithm>

namespace ra::query {

namespace {

Field field(const char *name, ColumnType type, const char *unit, Decode decode, std::string_view sql,
            bool inRollups = false) {
    return {.name = name, .type = type, .unit = unit, .decode = decode, .sql = {sql, sql, sql}, .inRollups = inRollups};
}

Field text(const char *name, Decode decode, std::string_view sql, bool inRollups = false) {
    return field(name, ColumnType::Text, "", decode, sql, inRollups);
}

Field integer(const char *name, std::string_view sql) {
    return field(name, ColumnType::Integer, "", Decode::Integer, sql);
}

/// Of the run, which all sources but samples have.
void addOfRun(std::vector<Field> &fields) {
    fields.push_back(text("recipe", Decode::RecipeName, "r.recipe_id", true));
    fields.push_back(text("recipe_path", Decode::RecipePath, "r.recipe_id", true));
    fields.push_back(text("run_id", Decode::RunId, "coalesce(r.alt_id, r.run_id)"));
    fields.push_back(integer("pid", "CASE WHEN r.pid <> 0 THEN r.pid END")); // nullif() is a call for each row
    fields.push_back(text("thread", Decode::TextId, "r.thread"));
}

void addOfTime(std::vector<Field> &fields) {
    fields.push_back(field("time", ColumnType::Time, "", Decode::RowTime, {}));
    fields.push_back(field("weekday", ColumnType::Integer, "", Decode::Weekday, {}, true));
    fields.push_back(field("hour", ColumnType::Integer, "", Decode::HourOfDay, {}, true));
}

std::vector<Field> stepFields() {
    std::vector<Field> fields;
    addOfRun(fields);
    fields.push_back(text("run_status", Decode::RunStatus, "r.status"));
    fields.push_back(text("step", Decode::TextId, "s.name", true));
    fields.push_back(text("class", Decode::TextId, "s.class"));
    // As steps_v has it.
    fields.push_back(
        text("status", Decode::StepStatus, "CASE WHEN s.status = 0 AND r.status = 9 THEN 4 ELSE s.status END", true));
    fields.push_back(integer("idx", "s.id & 16777215"));
    fields.push_back(field("duration", ColumnType::Number, "s", Decode::Nanoseconds,
                           "CASE WHEN s.status = 1 THEN coalesce(s.duration_ns, s.end_ns - s.start_ns) END", true));
    fields.push_back(field("elapsed", ColumnType::Number, "s", Decode::Nanoseconds,
                           "coalesce(s.duration_ns, s.end_ns - s.start_ns)"));
    fields.push_back(integer("attempts", "s.attempts"));
    fields.push_back(integer("exit_code", "s.exit_code"));
    fields.push_back(field("start", ColumnType::Time, "", Decode::Time, "s.start_ns"));
    fields.push_back(field("end", ColumnType::Time, "", Decode::Time, "s.end_ns"));
    addOfTime(fields);
    return fields;
}

std::vector<Field> runFields() {
    std::vector<Field> fields;
    addOfRun(fields);
    fields.push_back(text("status", Decode::RunStatus, "r.status"));
    fields.push_back(field("duration", ColumnType::Number, "s", Decode::Nanoseconds,
                           "coalesce(r.duration_ns, r.end_ns - r.start_ns)"));
    fields.push_back(integer("total_steps", "r.total_steps"));
    fields.push_back(integer("completed_steps", "r.completed_steps"));
    fields.push_back(integer("failed_steps", "r.failed_steps"));
    fields.push_back(integer("skipped_steps", "r.skipped_steps"));
    fields.push_back(integer("suspect", "(r.flags & 4) <> 0"));
    fields.push_back(text("error", Decode::TextId, "r.first_error"));
    fields.push_back(field("start", ColumnType::Time, "", Decode::Time, "r.start_ns"));
    fields.push_back(field("end", ColumnType::Time, "", Decode::Time, "r.end_ns"));
    addOfTime(fields);
    return fields;
}

std::vector<Field> errorFields() {
    std::vector<Field> fields;
    addOfRun(fields);
    fields.push_back(text("run_status", Decode::RunStatus, "r.status"));
    const auto add = [&](const char *name, Decode decode, std::string_view attempt, std::string_view step,
                         std::string_view run) {
        Field of = decode == Decode::Integer ? integer(name, {}) : text(name, decode, {});
        of.sql = {attempt, step, run};
        fields.push_back(std::move(of));
    };
    add("step", Decode::TextId, "s.name", "s.name", "NULL");
    add("class", Decode::TextId, "s.class", "s.class", "NULL");
    add("attempt", Decode::Integer, "e.number", "NULL", "NULL");
    add("type", Decode::TextId, "e.type", "NULL", "NULL");
    add("message", Decode::TextId, "e.message", "e.message", "e.message");
    addOfTime(fields);
    return fields;
}

std::vector<Field> sampleFields() {
    std::vector<Field> fields;
    fields.push_back(field("value", ColumnType::Number, "", Decode::Real, {}));
    for (const char *name : {"metric", "unit", "kind", "recipe", "step", "host"})
        fields.push_back(text(name, Decode::OfSeries, {}));
    for (const char *name : {"pid", "machine", "series"})
        fields.push_back(field(name, ColumnType::Integer, "", Decode::OfSeries, {}));
    addOfTime(fields);
    return fields;
}

} // namespace

const std::vector<Field> &fieldsOf(Source source) {
    static const std::array<std::vector<Field>, 4> all = {stepFields(), runFields(), errorFields(), sampleFields()};
    switch (source) {
    case Source::Steps:
    case Source::AllSteps:
        return all[0];
    case Source::Runs:
        return all[1];
    case Source::Errors:
        return all[2];
    case Source::Samples:
        return all[3];
    }
    return all[0];
}

Result<Field> fieldOf(Source source, std::string_view name) {
    const std::vector<Field> &fields = fieldsOf(source);
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field &f) { return f.name == name; });
    if (found != fields.end())
        return *found;
    constexpr std::string_view tag = "tag:";
    if (source == Source::Samples && name.size() > tag.size() && name.starts_with(tag))
        return text(std::string(name).c_str(), Decode::OfSeries, {});
    std::string hint = "It has";
    for (const Field &known : fields) {
        hint += &known == &fields.front() ? " " : ", ";
        hint += known.name;
    }
    if (source == Source::Samples)
        hint += " and tag:NAME";
    else if (name == "host" || name == "machine" || name.starts_with(tag))
        hint += "; hosts and tags are known of samples only";
    return fail({.kind = ErrorKind::Invalid,
                 .what = "answer the question",
                 .where = {},
                 .why = std::string(toString(source)) + " has no field \"" + std::string(name.substr(0, 80)) + '"',
                 .hint = std::move(hint)});
}

Result<std::size_t> FieldSet::slotOf(std::string_view name) {
    for (std::size_t i = 0; i < m_fields.size(); ++i) {
        if (m_fields[i].name == name)
            return i;
    }
    Result<Field> found = fieldOf(m_source, name);
    if (!found)
        return fail(found.error());
    m_fields.push_back(std::move(*found));
    return m_fields.size() - 1;
}

} // namespace ra::query
