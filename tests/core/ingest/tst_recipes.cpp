// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/documentformats.h"
#include "core/ingest/pythontext.h"
#include "core/ingest/yamlscalar.h"

#include <QFile>
#include <QtTest>
#include <nlohmann/json.hpp>

using namespace ra;
using namespace ra::ingest;

namespace {

std::string_view view(const QByteArray &bytes) {
    return {bytes.data(), static_cast<std::size_t>(bytes.size())};
}

QByteArray text(std::string_view s) {
    return QByteArray(s.data(), static_cast<qsizetype>(s.size()));
}

Recipe recipe(const QByteArray &bytes) {
    auto document = recipeFormat.read("jobs/orders.yaml", view(bytes));
    Recipe none;
    none.refusal = "NOT READ";
    return document && document->recipes.size() == 1 ? document->recipes[0] : none;
}

/// "name module.className <- a, b; ..."
QByteArray steps(const Recipe &recipe) {
    std::string all;
    for (const RecipeStep &step : recipe.steps) {
        all += (all.empty() ? "" : "; ") + step.name + " " + step.module + "." + step.className;
        for (std::size_t i = 0; i < step.dependsOn.size(); ++i)
            all += (i == 0 ? " <- " : ", ") + step.dependsOn[i];
    }
    return text(all);
}

} // namespace

class tst_recipes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void plainScalars_data();
    void plainScalars();
    void taggedScalars();
    void pythonFloats();
    void pythonQuotes();
    void aRecipeIsRead();
    void shapes_data();
    void shapes();
    void refusals_data();
    void refusals();
    void bombsAreErrors_data();
    void bombsAreErrors();
    void theRecordedShapesAreReadAsTheRunnerDid();
    void theRecordedRefusalsAreTheRunners();
};

// Types and texts as PyYAML 6.0 gives them.
void tst_recipes::plainScalars_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *plain, YamlScalar::Type type, const char *expected = nullptr) {
        QTest::newRow(plain) << static_cast<int>(type) << QByteArray(expected ? expected : plain);
    };
    for (const char *word : {"", "~", "null", "Null", "NULL"})
        row(word, YamlScalar::Null, "None");
    for (const char *word : {"yes", "Yes", "YES", "true", "True", "on", "ON"})
        row(word, YamlScalar::Bool, "True");
    for (const char *word : {"no", "No", "NO", "false", "FALSE", "off", "Off"})
        row(word, YamlScalar::Bool, "False");
    row("010", YamlScalar::Int, "8");
    row("0x10", YamlScalar::Int, "16");
    row("+0x1F", YamlScalar::Int, "31");
    row("0x_1", YamlScalar::Int, "1");
    row("0b101", YamlScalar::Int, "5");
    row("-010", YamlScalar::Int, "-8");
    row("1:30", YamlScalar::Int, "90");
    row("-1:30", YamlScalar::Int, "-90");
    row("1:1:1", YamlScalar::Int, "3661");
    row("1_000", YamlScalar::Int, "1000");
    row("+12", YamlScalar::Int, "12");
    row("-0", YamlScalar::Int, "0");
    row("0", YamlScalar::Int, "0");
    row("0_", YamlScalar::Int, "0");
    row("12345678901234567890123", YamlScalar::Int);
    row("0xffffffffffffffffffff", YamlScalar::Int);
    row("1.0", YamlScalar::Float);
    row("1.", YamlScalar::Float, "1.0");
    row(".5", YamlScalar::Float, "0.5");
    row("1.5e+3", YamlScalar::Float, "1500.0");
    row("1.e+20", YamlScalar::Float, "1e+20");
    row("0.00001", YamlScalar::Float, "1e-05");
    row("-12.5", YamlScalar::Float);
    row("190:20:30.15", YamlScalar::Float, "685230.15");
    row("-.inf", YamlScalar::Float, "-inf");
    row(".INF", YamlScalar::Float, "inf");
    row(".nan", YamlScalar::Float, "nan");
    row("2026-03-01", YamlScalar::Date);
    row("2026-03-01 10:00:00", YamlScalar::DateTime);
    row("2026-3-1 1:00:00", YamlScalar::DateTime, "2026-03-01 01:00:00");
    row("2026-03-01T10:00:00.5Z", YamlScalar::DateTime, "2026-03-01 10:00:00.500000+00:00");
    row("2026-03-01t10:00:00 +2", YamlScalar::DateTime, "2026-03-01 10:00:00+02:00");
    row("2026-03-01 10:00:00 -03:30", YamlScalar::DateTime, "2026-03-01 10:00:00-03:30");
    row("2026-13-01", YamlScalar::Invalid, "month must be in 1..12");
    row("2026-02-30", YamlScalar::Invalid, "day is out of range for month");
    row("0000-01-01", YamlScalar::Invalid, "year 0 is out of range");
    row("2026-03-01 24:00:00", YamlScalar::Invalid, "hour must be in 0..23");
    row("2026-03-01 10:60:00", YamlScalar::Invalid, "minute must be in 0..59");
    row("2026-03-01 10:00:60", YamlScalar::Invalid, "second must be in 0..59");
    row("=", YamlScalar::Invalid, "could not determine a constructor for the tag 'tag:yaml.org,2002:value'");
    for (const char *plain : {"1e3",
                              "1e-7",
                              "0o10",
                              "08",
                              "2026-3-1",
                              "1:60",
                              "1:300",
                              "1:",
                              "1.5:2",
                              "._5",
                              ".",
                              "-",
                              "+",
                              "0b",
                              "0x",
                              "0b2",
                              "nO",
                              "TRue",
                              "n",
                              "y",
                              "1.5e3",
                              "1.5e+",
                              "1.5e",
                              "+.nan",
                              "-.5",
                              "2026-03-01 10",
                              "2026-03-01 10:00",
                              "2026-03",
                              "2026-03-",
                              "2026-03-01x10:00:00",
                              "2026-03-01 10:00:00 x",
                              "2026-03-01 10:00:00 +2:3",
                              "2026-03-01 x",
                              "2026-03-01 10:00:0",
                              "2026-",
                              "2026-03-01 10:0:00",
                              "1:2:x",
                              "1.2.3",
                              "x1",
                              "1:30.x",
                              ":1.5",
                              "hello world",
                              "-a",
                              "99999999999999999999:30",
                              "1:99.5",
                              "2026-03-01 10:00:00 +200:00"})
        row(plain, YamlScalar::Str);
}

void tst_recipes::plainScalars() {
    QFETCH(int, type);
    QFETCH(QByteArray, expected);
    const YamlScalar scalar = resolvePlain(QTest::currentDataTag());
    QCOMPARE(static_cast<int>(scalar.type), type);
    QCOMPARE(text(scalar.text), expected);
}

void tst_recipes::taggedScalars() {
    const auto tagged = [](const char *name, const char *value) {
        return resolveTagged(std::string("tag:yaml.org,2002:") + name, value);
    };
    QVERIFY(tagged("str", "12").type == YamlScalar::Str);
    QVERIFY(tagged("null", "x").type == YamlScalar::Null);
    QVERIFY(tagged("int", "0x10").number == 16);
    QCOMPARE(text(tagged("float", "1").text), "1.0");
    QVERIFY(tagged("bool", "perhaps").type == YamlScalar::Invalid);
    QCOMPARE(text(tagged("binary", "aGk=").text), "b'aGk='");
    QVERIFY(tagged("python/object", "x").type == YamlScalar::Invalid);
    QVERIFY(resolveTagged("!own", "x").type == YamlScalar::Invalid);
    QCOMPARE(text(pythonTypeName(YamlScalar::Bytes)), "bytes");
    QCOMPARE(text(pythonTypeName(YamlScalar::DateTime)), "datetime.datetime");
    QCOMPARE(text(pythonTypeName(YamlScalar::Float)), "float");
}

void tst_recipes::pythonFloats() {
    // As CPython 3.11 prints them.
    QCOMPARE(text(pythonFloat(0.0)), "0.0");
    QCOMPARE(text(pythonFloat(-0.0)), "-0.0");
    QCOMPARE(text(pythonFloat(0.1)), "0.1");
    QCOMPARE(text(pythonFloat(1e15)), "1000000000000000.0");
    QCOMPARE(text(pythonFloat(1e16)), "1e+16");
    QCOMPARE(text(pythonFloat(1.5e-7)), "1.5e-07");
    QCOMPARE(text(pythonFloat(0.0001)), "0.0001");
    QCOMPARE(text(pythonFloat(1e300)), "1e+300");
    QCOMPARE(text(pythonFloat(std::numeric_limits<double>::quiet_NaN())), "nan");
}

void tst_recipes::pythonQuotes() {
    QCOMPARE(text(pythonQuoted("a")), "'a'");
    QCOMPARE(text(pythonQuoted("it's")), "\"it's\"");
    QCOMPARE(text(pythonQuoted("it's \"x\"")), "'it\\'s \"x\"'");
    QCOMPARE(text(pythonQuoted("a\n\t\r\\\x01")), "'a\\n\\t\\r\\\\\\x01'");
}

void tst_recipes::aRecipeIsRead() {
    const Recipe r = recipe("name: Daily orders\nversion: 1.10\ndescription: 'what: it does'\nsteps:\n"
                            "  - {idx: 20, name: b, module: m, function: B, depends_on: [a, no]}\n"
                            "  - {idx: 10, name: a, module: m, function: A}\n");
    QCOMPARE(text(r.path), "jobs/orders.yaml");
    QCOMPARE(text(r.name), "Daily orders");
    QCOMPARE(text(r.version), "1.1");
    QCOMPARE(text(r.description), "what: it does");
    QVERIFY(r.runnable && r.refusal.empty());
    QCOMPARE(steps(r), "a m.A; b m.B <- a, False");
    QCOMPARE(text(recipe("steps: []").name), "orders");
    QCOMPARE(text(recipe("{name: ~, steps: []}").name), "orders");
}

void tst_recipes::shapes_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, const QByteArray &bytes, const char *expected) {
        QTest::newRow(name) << bytes << QByteArray(expected);
    };
    row("names from places", "steps:\n- {idx: 2, module: m, function: A}\n- {idx: 1, module: m, function: B}\n",
        "step_0 m.B; step_1 m.A");
    row("idx missing on some",
        "steps:\n- {idx: 1, name: a, module: m, function: A}\n- {name: b, module: m, function: B}\n- {idx: 0.5, name: "
        "c, module: m, function: C}\n",
        "c m.C; a m.A; b m.B");
    row("equal idx keep their order",
        "steps:\n- {idx: 1, name: b, module: m, function: A}\n- {idx: 1, name: a, module: m, function: A}\n- {idx: "
        "true, name: c, module: m, function: A}\n",
        "b m.A; a m.A; c m.A");
    row("idx as text",
        "steps:\n- {idx: '10', name: a, module: m, function: A}\n- {idx: '9', name: b, module: m, function: A}\n",
        "a m.A; b m.A");
    row("one null idx", "steps:\n- {idx: ~, name: a, module: m, function: A}\n", "a m.A");
    row("dates",
        "steps:\n- {idx: 2026-03-02, name: a, module: m, function: A}\n- {idx: 2026-03-01, name: b, module: m, "
        "function: A}\n",
        "b m.A; a m.A");
    row("merge",
        "d: &d {module: m, function: F, name: z}\nsteps:\n- <<: *d\n  name: a\n- <<: [{name: q}, *d]\n- <<: *d\n",
        "a m.F; q m.F; z m.F");
    row("last of duplicate keys", "steps:\n- {name: a, name: b, module: m, function: A}\n", "b m.A");
    row("null name", "steps:\n- {name: , module: m, function: A}\n", "None m.A");
    row("list as a name", "steps:\n- {name: [a, 1, {b: ~}], module: m, function: A}\n", "['a', 1, {'b': None}] m.A");
    row("one dependency as text", "steps:\n- {name: a, module: m, function: A, dependencies: b}\n", "a m.A <- b");
    row("dependencies as a mapping", "steps:\n- {name: a, module: m, function: A, depends_on: {b: 1, c: 2}}\n",
        "a m.A <- b, c");
    row("no dependencies", "steps:\n- {name: a, module: m, function: A, depends_on: ~}\n", "a m.A");
    row("anchor on a scalar", "steps:\n- {name: &n a, module: m, function: A}\n- {name: *n, module: m, function: *n}\n",
        "a m.A; a m.a");
    row("quoted words stay text", "steps:\n- {name: 'no', module: \"010\", function: !!str 1:30}\n", "no 010.1:30");
    row("JSON", R"({"steps": [{"name": "a\u00f6", "module": "m", "function": "A"}]})", "aö m.A");
}

void tst_recipes::shapes() {
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, expected);
    const Recipe r = recipe(bytes);
    QVERIFY2(r.runnable, r.refusal.c_str());
    QCOMPARE(steps(r), expected);
}

void tst_recipes::refusals_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("refusal");
    QTest::addColumn<QByteArray>("graph");
    const auto row = [](const char *name, const QByteArray &bytes, const char *refusal, const char *graph = "") {
        QTest::newRow(name) << bytes << QByteArray(refusal) << QByteArray(graph);
    };
    const QByteArray step = "steps:\n- {name: a, module: m, function: A}\n";
    row("empty", "", "Failed to load recipe file: Recipe file must contain a YAML dictionary, got NoneType");
    row("list", "- a\n", "Failed to load recipe file: Recipe file must contain a YAML dictionary, got list");
    row("text", "hello", "Failed to load recipe file: Recipe file must contain a YAML dictionary, got str");
    row("no steps", "name: x\n", "Recipe file missing required 'steps' section");
    row("steps null", "steps:\n", "Recipe 'steps' must be a list, got NoneType");
    row("steps a mapping", "steps: {a: {module: m}}\n", "Recipe 'steps' must be a list, got dict");
    row("step is text", "steps: [{name: a, module: m, function: A}, x]", "Step 1 must be a dictionary, got str",
        "a m.A");
    row("no function", step + "- {name: b, module: m}\n", "Step 1 missing required 'module' or 'function' field",
        "a m.A; b m.");
    row("mixed idx",
        "steps:\n- {idx: 1, name: a, module: m, function: A}\n- {idx: '2', name: b, module: m, function: B}\n",
        "'<' not supported between instances of 'str' and 'int'", "a m.A; b m.B");
    row("two null idx",
        "steps:\n- {idx: ~, name: a, module: m, function: A}\n- {idx: [1], name: b, module: m, function: B}\n",
        "'<' not supported between instances of 'NoneType' and 'NoneType'", "a m.A; b m.B");
    row("date in config", "config: {a: [2026-03-01]}\n" + step,
        "Value for key 'recipe.config' is not JSON-serializable: Object of type date is not JSON serializable",
        "a m.A");
    row("time in metadata", "metadata: {a: 2026-03-01 10:00:00}\n" + step,
        "Value for key 'recipe.metadata' is not JSON-serializable: Object of type datetime is not JSON serializable",
        "a m.A");
    row("set in metadata", "metadata: {a: !!set {x, y}}\n" + step,
        "Value for key 'recipe.metadata' is not JSON-serializable: Object of type set is not JSON serializable",
        "a m.A");
    row("bytes in metadata", "metadata: {a: !!binary aGk=}\n" + step,
        "Value for key 'recipe.metadata' is not JSON-serializable: Object of type bytes is not JSON serializable",
        "a m.A");
    row("two documents", step + "---\n" + step, "Failed to parse recipe YAML: expected a single document in the stream",
        "a m.A");
    row("no such date", "when: 2026-13-01\n" + step, "Failed to parse recipe YAML: month must be in 1..12", "a m.A");
    row("unknown tag", "x: !own {a: 1}\n" + step,
        "Failed to parse recipe YAML: could not determine a constructor for the tag '!own'", "a m.A");
    row("unknown tag on text", "x: !own 1\n" + step,
        "Failed to parse recipe YAML: could not determine a constructor for the tag '!own'", "a m.A");
    row("list as a key", "? [a]\n: 1\nsteps: []\n",
        "Failed to parse recipe YAML: while constructing a mapping: found unhashable key");
    row("Latin-1", "steps:\n- {name: caf\xe9}\n",
        "Failed to parse recipe YAML: 'utf-8' codec can't decode a byte in position 19");
    row("control character", "name: a\x01\n",
        "Failed to parse recipe YAML: unacceptable character in position 7: special characters are not allowed");
    row("nested", "recipe:\n  name: inner\n  steps:\n  - {name: a, scriptlet: core.x, function: f}\n",
        "Recipe file missing required 'steps' section", "a core.x.f");
    row("template",
        "template_metadata: {}\nsteps:\n- {name: a, scriptlet: core.x, function: f}\n- {name: b, scriptlet: core.x, "
        "function: g, dependencies: [a]}\n",
        "Step 0 missing required 'module' or 'function' field", "a core.x.f; b core.x.g <- a");
    row("tasks",
        "tasks:\n  begin: {implementation: {plugin: maths, action: init}}\n  twice: {implementation: maths, "
        "dependencies: [begin]}\n  odd: 5\n",
        "Recipe file missing required 'steps' section", "begin maths.init; twice maths. <- begin; odd .");
}

void tst_recipes::refusals() {
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, refusal);
    QFETCH(QByteArray, graph);
    const Recipe r = recipe(bytes);
    QVERIFY(!r.runnable);
    QCOMPARE(text(r.refusal), refusal);
    QCOMPARE(steps(r), graph);
}

void tst_recipes::bombsAreErrors_data() {
    QTest::addColumn<QByteArray>("bytes");
    QByteArray laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i)
        laughs += "a" + QByteArray::number(i) + ": &a" + QByteArray::number(i) + " [" +
                  ("*a" + QByteArray::number(i - 1) + ", ").repeated(9) + "x]\n";
    QTest::newRow("alias explosion") << laughs;
    QTest::newRow("100,000 deep") << QByteArray(100'000, '[');
    QTest::newRow("100,000 mappings deep") << QByteArray("{a: ").repeated(100'000);
    QTest::newRow("alias in its own anchor") << QByteArray("a: &a [*a]\n");
    QTest::newRow("too many values") << "steps: [" + QByteArray("x,").repeated(210'000) + "x]";
    QTest::newRow("too large") << QByteArray(65 << 20, '#');
}

void tst_recipes::bombsAreErrors() {
    QFETCH(QByteArray, bytes);
    const auto document = recipeFormat.read("x.yaml", view(bytes));
    QVERIFY(!document);
    QVERIFY(document.error().kind == ErrorKind::Invalid);
    QVERIFY(!document.error().why.empty());
}

void tst_recipes::theRecordedShapesAreReadAsTheRunnerDid() {
    const QString shared = qEnvironmentVariable("RA_SHARED");
    if (shared.isEmpty())
        QSKIP("RA_SHARED does not name the folder of the corpus");
    const QString scenario = shared + QStringLiteral("/framework0/corpus/32_recipe_shapes/");
    QFile truth(scenario + QStringLiteral("expected.json"));
    QVERIFY(truth.open(QIODevice::ReadOnly));
    const auto expected = nlohmann::json::parse(truth.readAll().toStdString())["recipes"];
    QCOMPARE(expected.size(), 10U);
    for (const auto &[name, want] : expected.items()) {
        QFile file(scenario + QStringLiteral("inputs/") + QString::fromStdString(name));
        QVERIFY2(file.open(QIODevice::ReadOnly), name.c_str());
        const QByteArray bytes = file.readAll();
        QVERIFY2(recipeFormat.recognises(name, view(bytes).substr(0, 65536)), name.c_str());
        const auto document = recipeFormat.read(name, view(bytes));
        QVERIFY2(document, name.c_str());
        const Recipe &got = document->recipes.at(0);
        QVERIFY2(got.runnable == (want["exit_code"] == 0), (name + got.refusal).c_str());
        if (want.contains("error")) {
            QVERIFY2(got.refusal.find("expected a single document in the stream") != std::string::npos,
                     got.refusal.c_str());
            continue;
        }
        if (name == "jobs/shapes/tasks_style.yaml") { // the runner sees no steps there; we read them for the graph
            QCOMPARE(steps(got), "begin maths.initialise; twice maths.multiply <- begin");
            continue;
        }
        // A long list is shortened by an entry {"...": how many}.
        std::size_t at = 0;
        for (const auto &step : want["steps"]) {
            if (step.contains("...")) {
                at += step["..."].get<std::size_t>();
                continue;
            }
            QVERIFY2(at < got.steps.size(), name.c_str());
            QCOMPARE(text(got.steps[at].name), text(step["name"].get<std::string>()));
            QCOMPARE(text(got.steps[at].module),
                     text(step[step["module"].is_null() ? "scriptlet" : "module"].get<std::string>()));
            QCOMPARE(text(got.steps[at].className), text(step["function"].get<std::string>()));
            const auto depends = step["depends_on"].is_null() ? std::vector<std::string>()
                                                              : step["depends_on"].get<std::vector<std::string>>();
            QVERIFY2(got.steps[at].dependsOn == depends, name.c_str());
            ++at;
        }
        QCOMPARE(got.steps.size(), at);
    }
}

void tst_recipes::theRecordedRefusalsAreTheRunners() {
    const QString shared = qEnvironmentVariable("RA_SHARED");
    if (shared.isEmpty())
        QSKIP("RA_SHARED does not name the folder of the corpus");
    const QString folder = shared + QStringLiteral("/framework0/corpus/05_rejected_recipes/inputs/jobs/broken/");
    // What the runner's own log says of them, in part.
    const std::map<QByteArray, QByteArray> expected = {
        {"date_in_metadata",
         "Value for key 'recipe.metadata' is not JSON-serializable: Object of type date is not JSON serializable"},
        {"empty_file", "Failed to load recipe file: Recipe file must contain a YAML dictionary, got NoneType"},
        {"empty_steps", ""},
        {"latin1_bytes", "'utf-8' codec can't decode"},
        {"mixed_idx_types", "'<' not supported between instances of 'str' and 'int'"},
        {"no_steps_key", "Recipe file missing required 'steps' section"},
        {"not_a_mapping", "Failed to load recipe file: Recipe file must contain a YAML dictionary, got list"},
        {"step_not_a_mapping", "Step 0 must be a dictionary, got str"},
        {"step_without_function", "Step 1 missing required 'module' or 'function' field"},
        {"steps_not_a_list", "Recipe 'steps' must be a list, got dict"},
        {"yaml_error", "Failed to parse recipe YAML: line 4"},
    };
    for (const auto &[name, refusal] : expected) {
        QFile file(folder + QString::fromLatin1(name) + QStringLiteral(".yaml"));
        QVERIFY2(file.open(QIODevice::ReadOnly), name);
        const Recipe got = recipe(file.readAll());
        QCOMPARE(got.runnable, refusal.isEmpty());
        QVERIFY2(text(got.refusal).contains(refusal), got.refusal.c_str());
    }
}

QTEST_GUILESS_MAIN(tst_recipes)
#include "tst_recipes.moc"
