// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/catalogue.h"

#include <algorithm>
#include <array>

namespace ra::simulate {

namespace {

constexpr std::array<Fault, 12> faultTable = {{
    {FaultKind::Raises, "ConnectionError", "warehouse did not answer (call {n})", "pipeline_steps/quality.py", 55,
     "run", "raise ConnectionError(f\"warehouse did not answer (call {count})\")", 1, ""},
    {FaultKind::Raises, "ValueError", "bad amount: 'n/a' in row {n}", "pipeline_steps/transform.py", 41, "clean",
     "raise ValueError(f\"bad amount: {amount!r} in row {row}\")", 1, ""},
    {FaultKind::Raises, "TimeoutError", "no answer from https://rates.example.org/v2 within {n} ms",
     "pipeline_steps/extract.py", 88, "fetch", "raise TimeoutError(message)", 1, ""},
    {FaultKind::Raises, "PermissionError", "[Errno 13] Permission denied: '/data/out/batch_{n}.csv'",
     "pipeline_steps/load.py", 27, "run", "with open(path, \"w\", encoding=\"utf-8\") as out:", 1, ""},
    {FaultKind::Raises, "sqlite3.OperationalError", "database is locked", "pipeline_steps/load.py", 63, "store",
     "connection.executemany(statement, rows)", 1, ""},
    {FaultKind::Raises, "pipeline_steps.errors.QualityError",
     "{n} rows refused:\n  - column \"größe\" is empty\n  - price isn't a number", "pipeline_steps/quality.py", 112,
     "check", "raise QualityError(report)", 1, ""},
    {FaultKind::Raises, "RuntimeError", "cannot open the index of part {n}", "pipeline_steps/search.py", 74, "run",
     "raise RuntimeError(f\"cannot open the index of part {part}\") from first", 1, "KeyError: 'index_path'"},
    {FaultKind::Raises, "MemoryError", "", "pipeline_steps/model.py", 130, "fit", "matrix = numpy.zeros((rows, rows))",
     1, ""},
    {FaultKind::ExitCode, "", "", "", 0, "", "", 75, ""},
    {FaultKind::Validation, "", "Missing parameter: window", "", 0, "", "", 1, ""},
    {FaultKind::Import, "", "No module named 'pyarrow'", "", 0, "", "", 1, ""},
    {FaultKind::ClassMissing, "", "module 'pipeline_steps.publish' has no attribute 'PushReport'", "", 0, "", "", 1,
     ""},
}};

constexpr std::array<StepSpec, 5> dailyOrders = {{
    {"load_orders", "pipeline_steps.extract", "LoadOrders", 12, 0.25, 0.004, 0, 4,
     "Loaded {n} order rows from part {i}"},
    {"load_customers", "pipeline_steps.extract", "LoadCustomers", 3, 0.2, 0.001, 2, 1, "Loaded {n} customers"},
    {"clean_rows", "pipeline_steps.transform", "CleanRows", 25, 0.3, 0.012, 1, 6, "Cleaned block {i}: {n} rows kept"},
    {"aggregate", "pipeline_steps.transform", "Aggregate", 18, 0.3, 0.001, 7, 3, "Aggregated {n} groups"},
    {"write_report", "pipeline_steps.load", "WriteReport", 2, 0.2, 0.006, 3, 1, "Wrote out/totals.json ({n} bytes)"},
}};
constexpr std::array<StepSpec, 4> warehouseSync = {{
    {"connect", "pipeline_steps.quality", "Flaky", 1.5, 0.5, 0.12, 0, 1, "warehouse answered on call {n}"},
    {"pull_changes", "pipeline_steps.extract", "PullChanges", 20, 0.5, 0.02, 2, 5, "page {i}: {n} changes"},
    {"merge", "pipeline_steps.transform", "MergeChanges", 9, 0.35, 0.004, 4, 2, "merged {n} keys"},
    {"acknowledge", "pipeline_steps.load", "Acknowledge", 0.6, 0.3, 0.03, 8, 1, "acknowledged up to {n}"},
}};
constexpr std::array<StepSpec, 7> nightlyModel = {{
    {"collect", "pipeline_steps.extract", "CollectFeatures", 140, 0.2, 0.003, 2, 8, "feature file {i}: {n} rows"},
    {"validate", "pipeline_steps.quality", "CheckRows", 35, 0.2, 0.02, 5, 3, "rule {i} holds for {n} rows"},
    {"split", "pipeline_steps.transform", "SplitData", 6, 0.15, 0, 0, 1, "{n} rows for training"},
    {"train", "pipeline_steps.model", "TrainModel", 900, 0.25, 0.015, 7, 20, "epoch {i}: loss 0.{n}"},
    {"evaluate", "pipeline_steps.model", "EvaluateModel", 60, 0.2, 0, 0, 3, "fold {i}: error 0.{n}"},
    {"compare", "pipeline_steps.model", "CompareModels", 15, 0.2, 0, 0, 1, "better by {n} points"},
    {"publish", "pipeline_steps.publish", "PushModel", 8, 0.3, 0.01, 11, 1, "pushed model {n}"},
}};
constexpr std::array<StepSpec, 4> rates = {{
    {"fetch", "pipeline_steps.extract", "FetchRates", 0.9, 0.7, 0.12, 2, 1, "fetched {n} rates"},
    {"check", "pipeline_steps.quality", "CheckRates", 0.3, 0.2, 0.004, 5, 1, "{n} rates in range"},
    {"convert", "pipeline_steps.transform", "ConvertRates", 0.5, 0.2, 0, 0, 1, "converted {n} pairs"},
    {"store", "pipeline_steps.load", "StoreRates", 0.4, 0.4, 0.02, 4, 1, "stored {n} rows"},
}};
constexpr std::array<StepSpec, 6> searchIndex = {{
    {"scan", "pipeline_steps.search", "ScanDocuments", 45, 0.3, 0.002, 3, 8, "folder {i}: {n} documents"},
    {"tokenise", "pipeline_steps.search", "Tokenise", 80, 0.25, 0, 0, 6, "block {i}: {n} tokens"},
    {"build", "pipeline_steps.search", "BuildIndex", 150, 0.25, 0.012, 6, 10, "part {i}: {n} terms"},
    {"merge", "pipeline_steps.search", "MergeIndex", 40, 0.3, 0, 0, 3, "merged {n} parts"},
    {"warm_up", "pipeline_steps.search", "WarmUp", 10, 0.3, 0, 0, 2, "query {i} took {n} us"},
    {"switch", "pipeline_steps.publish", "SwitchAlias", 1, 0.2, 0.004, 0, 1, "alias points to generation {n}"},
}};
constexpr std::array<StepSpec, 3> invoices = {{
    {"select", "pipeline_steps.extract", "SelectInvoices", 4, 0.3, 0.003, 4, 1, "{n} invoices due"},
    {"render", "pipeline_steps.publish", "RenderInvoices", 30, 0.4, 0.01, 1, 12, "invoice {n} rendered (page {i})"},
    {"send", "pipeline_steps.publish", "SendMail", 12, 0.5, 0.04, 2, 4, "batch {i}: {n} mails handed over"},
}};
constexpr std::array<StepSpec, 5> sensorQuality = {{
    {"read_sensors", "pipeline_steps.extract", "ReadSensors", 6, 0.3, 0.01, 2, 10, "sensor {i}: {n} readings"},
    {"fill_gaps", "pipeline_steps.transform", "FillGaps", 3, 0.3, 0, 0, 2, "filled {n} gaps"},
    {"calibrate", "pipeline_steps.transform", "Calibrate", 5, 0.3, 0.003, 9, 2, "offset {i} is 0.{n}"},
    {"find_outliers", "pipeline_steps.quality", "FindOutliers", 4, 0.3, 0.02, 5, 2, "{n} outliers"},
    {"archive", "pipeline_steps.load", "ArchiveReadings", 2, 0.3, 0.008, 3, 1, "archived {n} readings"},
}};
constexpr std::array<StepSpec, 3> exportPartners = {{
    {"prepare", "pipeline_steps.transform", "PrepareExport", 7, 0.3, 0.002, 1, 2, "{n} rows prepared"},
    {"to_parquet", "pipeline_steps.columnar", "WriteParquet", 11, 0.3, 0.05, 10, 2, "row group {i}: {n} rows"},
    {"upload", "pipeline_steps.publish", "Upload", 22, 0.6, 0.05, 0, 3, "part {i} uploaded: {n} bytes"},
}};

constexpr std::array<RecipeSpec, 8> recipeTable = {{
    {"jobs/daily_orders.yaml", "daily_orders", "Load the day's orders, clean them and write totals", 4, Rhythm::Office,
     0, "1.0", false, 0.004, 2, 1.7, dailyOrders},
    {"jobs/warehouse_sync.yaml", "warehouse_sync", "Pull what changed in the warehouse", 10, Rhythm::Always, 2, "0.5",
     false, 0, -1, 1, warehouseSync},
    {"jobs/nightly_model.yaml", "nightly_model", "Train tomorrow's forecast", 1, Rhythm::Nightly, 0, "1.0", false,
     0.012, -1, 1, nightlyModel},
    {"jobs/exchange_rates.yaml", "exchange_rates", "Fetch and store exchange rates", 16, Rhythm::Always, 1, "0.2",
     false, 0, -1, 1, rates},
    {"jobs/search/rebuild index.yaml", "search_index", "Rebuild the document search", 1.5, Rhythm::Nightly, 0, "1.0",
     false, 0, 2, 1.5, searchIndex},
    {"/srv/pipelines/jobs/invoices.yaml", "invoices", "Render and send invoices", 3, Rhythm::Office, 1, "2.0", false, 0,
     -1, 1, invoices},
    {"jobs/sensor_quality.yaml", "sensor_quality", "Judge the readings of all sensors", 8, Rhythm::Always, 0, "1.0",
     true, 0, -1, 1, sensorQuality},
    {"jobs/export_partners.yaml", "export_partners", "Columnar files for partners", 3, Rhythm::Office, 1, "1.0", true,
     0.002, -1, 1, exportPartners},
}};

} // namespace

std::span<const Fault> faults() {
    return faultTable;
}

std::span<const RecipeSpec> recipes() {
    return recipeTable;
}

double startWeight(Rhythm rhythm, int hour, bool weekend) {
    switch (rhythm) {
    case Rhythm::Nightly:
        return hour >= 1 && hour < 5 ? 1.0 : 0.02;
    case Rhythm::Office: {
        // Rises from 7 to 10, dips at noon, ends at 18.
        constexpr std::array<double, 24> day = {0.02, 0.02, 0.02, 0.02, 0.02, 0.05, 0.15, 0.4, 0.8,  1.0,  1.0,  0.9,
                                                0.6,  0.8,  1.0,  0.95, 0.8,  0.5,  0.2,  0.1, 0.05, 0.05, 0.03, 0.02};
        return day.at(static_cast<std::size_t>(std::clamp(hour, 0, 23))) * (weekend ? 0.15 : 1.0);
    }
    case Rhythm::Always:
        return weekend ? 0.35 : 0.5;
    }
    return 0;
}

std::string recipeYaml(const RecipeSpec &recipe) {
    std::string yaml;
    const auto line = [&yaml](auto... parts) {
        (yaml.append(parts), ...);
        yaml += '\n';
    };
    line("name: ", recipe.name);
    line("description: \"", recipe.description, "\"");
    line("version: \"1.0\"");
    line("steps:");
    std::string_view previous;
    int index = 10;
    for (const StepSpec &step : recipe.steps) {
        line("  - idx: ", std::to_string(index));
        line("    name: ", step.name);
        line("    type: python");
        line("    module: ", step.module);
        line("    function: ", step.className);
        if (!previous.empty())
            line("    depends_on: [", previous, "]");
        previous = step.name;
        index += 10;
    }
    return yaml;
}

} // namespace ra::simulate
