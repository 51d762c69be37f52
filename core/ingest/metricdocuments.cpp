// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/metrics.h"

#include "core/ingest/documentjson.h"
#include "core/ingest/isotime.h"

namespace ra::ingest {

namespace {

using nlohmann::json;

/// Keeps what a document says of its entries that cannot be read; the offset is the number of the entry.
class Refusals {
public:
    explicit Refusals(Document &document)
        : m_document(document) {}

    void add(std::uint64_t entry, std::string why) {
        constexpr std::size_t most = 10'000;
        if (m_document.rejected.size() < most)
            m_document.rejected.push_back({entry, 0, "entry " + std::to_string(entry) + ": " + std::move(why), {}});
    }

private:
    Document &m_document;
};

Tags tagsOf(const json &entry) {
    Tags tags;
    if (const json *members = member(entry, "tags"); members && members->is_object()) {
        for (const auto &[key, value] : members->items())
            tags.emplace_back(key, pythonTextOf(value));
    }
    return tags;
}

// A double holds no nanosecond of today.
std::optional<std::int64_t> nanosecondsOf(const json &entry) {
    const json *time = member(entry, "timestamp");
    if (!time || !time->is_number())
        return std::nullopt;
    if (!time->is_number_float())
        return time->get<std::int64_t>();
    const double number = time->get<double>();
    return std::abs(number) < 9.2e18 ? std::optional(static_cast<std::int64_t>(number)) : std::nullopt;
}

bool isMetricArray(std::string_view /*fileName*/, std::string_view head) {
    const JsonOutline outline = jsonOutline(head);
    return outline.isArray && outline.has("name") && outline.has("metric_type") && outline.has("timestamp");
}

Result<Document> readMetricArray(std::string_view path, std::string_view bytes) {
    const Result<json> root = readJson(path, bytes);
    if (!root)
        return tl::unexpected(root.error());
    if (!root->is_array())
        return notThatFormat(path, "it is no list of metrics");
    Document document;
    Refusals refusals(document);
    SampleCollector samples;
    std::uint64_t number = 0;
    for (const json &entry : *root) {
        ++number;
        const std::string name = textOf(entry, "name");
        const std::string kind = textOf(entry, "metric_type");
        const std::string unit = textOf(entry, "unit");
        const std::optional<std::int64_t> time = nanosecondsOf(entry);
        const std::optional<double> value = numberOf(entry, "value");
        if (name.empty())
            refusals.add(number, "the metric has no name");
        else if (!time)
            refusals.add(number, "the metric has no time");
        else if (!value)
            refusals.add(number, "the value of the metric is no number");
        else
            samples.add(samples.number(metricSeries(name, kind, unit, textOf(entry, "source"), tagsOf(entry))), *time,
                        *value * metricUnit(name, kind, unit).factor);
    }
    document.samples = samples.take();
    return document;
}

bool isMetricQuery(std::string_view /*fileName*/, std::string_view head) {
    const JsonOutline outline = jsonOutline(head);
    return outline.isObject && ((outline.has("metric_data") && outline.has("total_points_scanned")) ||
                                (outline.has("chart_config") && outline.has("data")));
}

Result<Document> readMetricQuery(std::string_view path, std::string_view bytes) {
    const Result<json> root = readJson(path, bytes);
    if (!root)
        return tl::unexpected(root.error());
    const json *inner = member(*root, "data");
    const json *metrics = member(inner ? *inner : *root, "metric_data");
    if (!metrics || !metrics->is_object())
        return notThatFormat(path, "it has no metric data");
    Document document;
    Refusals refusals(document);
    SampleCollector samples;
    std::uint64_t number = 0;
    for (const auto &[name, points] : metrics->items()) {
        for (const json &point : points) {
            ++number;
            const std::optional<Time> time = isoTimeOf(point, "timestamp");
            const std::optional<double> value = numberOf(point, "value");
            if (!time) {
                refusals.add(number, "the point of " + name + " has no time");
            } else if (!value) {
                refusals.add(number, "the value of the point of " + name + " is no number");
            } else {
                Series series;
                series.name = name;
                series.tags = canonicalTags(tagsOf(point));
                samples.add(samples.number(std::move(series)), toNs(*time), *value);
            }
        }
    }
    document.samples = samples.take();
    return document;
}

} // namespace

const DocumentFormat metricArrayFormat = {.name = "metrics", .recognises = isMetricArray, .read = readMetricArray};
const DocumentFormat metricQueryFormat = {.name = "metric-query", .recognises = isMetricQuery, .read = readMetricQuery};

} // namespace ra::ingest
