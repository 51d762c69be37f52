// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/training/sentences.h"

#include "core/text/characters.h"

#include <algorithm>
#include <span>
#include <xxhash.h>

namespace ra::text {

namespace {

using Choices = std::span<const std::string_view>;

/// Numbers from a seed (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", 2014).
class Dice {
public:
    explicit Dice(std::uint64_t seed)
        : m_state(seed) {}
    std::uint64_t below(std::uint64_t n) {
        std::uint64_t z = (m_state += 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (z ^ (z >> 31)) % n;
    }
    std::string_view of(Choices choices) { return choices[below(choices.size())]; }

private:
    std::uint64_t m_state;
};

// clang-format off
constexpr std::string_view nouns[] = {
    "app", "data", "report", "users", "orders", "main", "worker", "input", "output", "index", "cache", "backup", "model",
    "train", "images", "events", "metrics", "session", "invoice", "product", "item", "billing", "frontend", "backend", "test",
    "build", "core", "utils", "helper", "loader", "parser", "pipeline", "etl", "batch", "nightly", "export", "catalog",
    "customer", "results", "sample", "demo", "archive", "storage", "queue", "scheduler", "logger", "render", "mailer",
    "foo", "bar", "widget", "alpha", "sales", "inventory", "weather", "matrix", "graph", "node", "job", "stage"};
constexpr std::string_view extensions[] = {".txt", ".csv", ".json", ".py", ".log", ".dat", ".xml", ".db", ".parquet", ".tar.gz",
    ".html", ".c", ".h", ".js", ".sh", ".bin", ".png", "", ""};
constexpr std::string_view folders[] = {"/var/lib", "/opt", "/home/user", "/srv", "/tmp", "/usr/share", "/data", "/mnt/disk1",
    "/etc", "/root", "/usr/local", "/run", "./build", "../src", "/app", "C:\\Users\\ann", "/workspace"};
constexpr std::string_view users[] = {"alice", "bob", "root", "www-data", "deploy", "admin", "postgres", "jenkins", "carol", "svc_etl"};
constexpr std::string_view hosts[] = {"db.example.com", "api.example.org", "10.0.3.17", "192.168.1.20", "localhost", "node07",
    "registry.example.net", "127.0.0.1", "cache.internal.lan", "mirror.example.edu", "web-01", "kafka1"};
constexpr std::string_view commands[] = {"python3", "java", "node", "git", "docker", "make", "gcc", "tar", "curl", "rsync",
    "psql", "cp", "bash", "cargo", "npm", "terraform", "kubectl", "sort", "awk", "myapp", "ffmpeg", "ansible"};
constexpr std::string_view types[] = {"int", "str", "float", "list", "dict", "NoneType", "string", "number", "object", "bool",
    "bytes", "tuple", "array", "u32", "Date"};
constexpr std::string_view fields[] = {"name", "email", "age", "price", "start_date", "quantity", "id", "customer_id", "amount",
    "title", "status", "country", "zip", "created_at", "weight", "description", "phone", "score"};
constexpr std::string_view settings[] = {"log_level", "workers", "verbose", "mode", "output_dir", "max_retries", "theme", "port",
    "region", "format", "threads", "batch_size", "level", "color", "interval", "engine", "endpoint", "schedule"};
constexpr std::string_view variables[] = {"APP_HOME", "API_KEY", "DATABASE_URL", "JAVA_HOME", "AWS_REGION", "SECRET_KEY",
    "GOPATH", "PORT", "SERVICE_TOKEN", "LOG_DIR", "REDIS_URL", "EDITOR"};
constexpr std::string_view configFiles[] = {"config.yaml", "settings.ini", "app.conf", "/etc/app/app.conf", "pyproject.toml",
    "config.json", "/etc/nginx/nginx.conf", "values.yaml", "application.properties", "setup.cfg", ".env", "docker-compose.yml",
    "tsconfig.json", "/etc/ssh/sshd_config", "my.cnf", "logback.xml", "prometheus.yml", "/etc/fstab"};
constexpr std::string_view times[] = {"5 seconds", "30s", "10000ms", "30000 ms", "60 seconds", "1m0s", "2 minutes", "300 seconds",
    "5.0s", "120s", "15 min", "3600 seconds", "10 s", "0.5 sec"};
constexpr std::string_view sizes[] = {"2.00 GiB", "512 MB", "8589934592 bytes", "20.00 MiB", "64 GB", "1073741824", "4096 bytes",
    "128 KB", "3.2GB", "800000000 bytes"};
constexpr std::string_view sentencesBefore[] = {"ERROR: ", "Error: ", "error: ", "fatal: ", "FATAL: ", "[ERROR] ", "ERROR ",
    "WARN ", "[error] ", "E: ", "fatal error: ", "Fatal error: ", "panic: ", "Exception: ", "RuntimeError: ", "Failure: ",
    "java.lang.RuntimeException: ", "Caused by: ", "java.io.IOException: ", "OSError: ", "Unhandled exception: ", "critical: ",
    "Traceback: ", "error -- ", "INFO ", "WARNING: ", "[!] ", "Uncaught exception: ", "thread 'main' panicked: ", "Failed: "};
constexpr std::string_view sentencesBehind[] = {".", "!", ", exiting", " - aborting", "; giving up", " (attempt 2 of 3)",
    " [main]", " in worker", "; skipped", ". Please see the log for details.", " (ignored)"};
// clang-format on

void number(std::string &out, Dice &dice, std::uint64_t below) {
    out += std::to_string(dice.below(below));
}

void name(std::string &out, Dice &dice) {
    out += dice.of(nouns);
    if (dice.below(3) == 0)
        out.append(dice.below(2) == 0 ? "_" : "-").append(dice.of(nouns));
}

void file(std::string &out, Dice &dice) {
    name(out, dice);
    out += dice.of(extensions);
}

void host(std::string &out, Dice &dice) {
    out += dice.of(hosts);
}

void path(std::string &out, Dice &dice) {
    out.append(dice.of(folders)).append("/");
    if (dice.below(2) == 0)
        out.append(dice.of(nouns)).append("/");
    file(out, dice);
}

using Fill = void (*)(std::string &, Dice &);
struct Place {
    std::string_view name;
    Fill fill;
};
// Longer names first: "$filename" would begin like "$file".
constexpr Place places[] = {
    {"user", [](std::string &out, Dice &dice) { out += dice.of(users); }},
    {"type", [](std::string &out, Dice &dice) { out += dice.of(types); }},
    {"time", [](std::string &out, Dice &dice) { out += dice.of(times); }},
    {"size", [](std::string &out, Dice &dice) { out += dice.of(sizes); }},
    {"path", path},
    {"name", name},
    {"host", host},
    {"file", file},
    {"field", [](std::string &out, Dice &dice) { out += dice.of(fields); }},
    {"conf", [](std::string &out, Dice &dice) { out += dice.of(configFiles); }},
    {"set", [](std::string &out, Dice &dice) { out += dice.of(settings); }},
    {"env", [](std::string &out, Dice &dice) { out += dice.of(variables); }},
    {"cmd", [](std::string &out, Dice &dice) { out += dice.of(commands); }},
    {"port", [](std::string &out, Dice &dice) { number(out, dice, 60'000); }},
    {"num", [](std::string &out, Dice &dice) { number(out, dice, dice.below(2) == 0 ? 100 : 1'000'000); }},
    {"url",
     [](std::string &out, Dice &dice) {
         out += dice.below(2) == 0 ? "https://" : "http://";
         host(out, dice);
         out += "/v1/";
         name(out, dice);
     }},
    {"dir", [](std::string &out, Dice &dice) { out.append(dice.of(folders)).append("/").append(dice.of(nouns)); }},
};

const Place *placeAt(std::string_view text) {
    const auto *const found =
        std::find_if(std::begin(places), std::end(places), [&](const Place &p) { return text.starts_with(p.name); });
    return found == std::end(places) ? nullptr : found;
}

/// Whether a '$' here begins a place: those of shells and of sentences themselves are of other letters.
bool beginsPlace(std::string_view rest) {
    return rest.size() > 1 && rest[0] == '$' && rest[1] >= 'a' && rest[1] <= 'z';
}

void fillPlaces(std::string &out, std::string_view pattern, Dice &dice) {
    for (std::size_t i = 0; i < pattern.size();) {
        if (beginsPlace(pattern.substr(i))) {
            const Place &place = *placeAt(pattern.substr(i + 1));
            place.fill(out, dice);
            i += 1 + place.name.size();
        } else {
            out.push_back(pattern[i++]);
        }
    }
}

std::vector<std::string_view> partsOf(std::string_view group) {
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0; begin <= group.size();) {
        const std::size_t bar = std::min(group.find('|', begin), group.size());
        parts.push_back(group.substr(begin, bar - begin));
        begin = bar + 1;
    }
    return parts;
}

/// `of`: which part of the first of the largest groups is taken, counted around its end; of others one by chance.
std::string fill(std::string_view pattern, Dice &dice, std::optional<std::size_t> of = {}) {
    const std::size_t largest = of ? partsOfLargestGroup(pattern) : 0;
    std::string chosen;
    for (std::size_t i = 0; i < pattern.size();) {
        if (pattern.substr(i).starts_with("{{")) {
            chosen.push_back('{');
            i += 2;
        } else if (pattern[i] == '{') {
            const std::size_t end = pattern.find('}', i);
            const auto parts = partsOf(pattern.substr(i + 1, end - i - 1));
            if (of && parts.size() == largest) {
                chosen += parts[*of % largest];
                of.reset();
            } else {
                chosen += dice.of(parts);
            }
            i = end + 1;
        } else {
            chosen.push_back(pattern[i++]);
        }
    }
    std::string out;
    fillPlaces(out, chosen, dice);
    return out;
}

void addBefore(std::string &text, Dice &dice) {
    std::string before;
    switch (dice.below(10)) {
    case 0:
    case 1:
    case 2:
        before = dice.of(sentencesBefore);
        break;
    case 3:
        before = std::string(dice.of(commands)) + ": ";
        break;
    case 4:
        before = std::string(dice.of(commands)) + ": " + std::string(dice.of(sentencesBefore));
        break;
    case 5:
        before =
            fill("2024-03-0{1|2|3} 1{0|1|2}:3{0|1}:22,118 {ERROR|WARN|INFO} [main] com.example.$name.Service: ", dice);
        break;
    case 6:
        before = fill("{Failed to run|Could not finish|Error in} {step|task|job} $name: ", dice);
        break;
    default:
        break;
    }
    text.insert(0, before);
}

void leaveOutWords(std::string &text, Dice &dice) {
    std::string out;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(' ', begin), text.size() - 1) + 1;
        if (dice.below(8) != 0)
            out += text.substr(begin, end - begin);
        begin = end;
    }
    if (!out.empty())
        text = std::move(out);
}

} // namespace

Result<std::vector<Sentence>> readSentences(std::string_view text, const std::string &where) {
    std::vector<Sentence> sentences;
    std::optional<ErrorClass> is;
    std::size_t number = 0;
    const auto wrong = [&](std::string why) {
        return fail(
            {.what = "read the sentences", .where = where + ":" + std::to_string(number), .why = std::move(why)});
    };
    while (!text.empty()) {
        ++number;
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#')
            continue;
        if (line.starts_with("== ")) {
            is = errorClassNamed(line.substr(3));
            if (!is)
                return wrong("there is no such class");
            continue;
        }
        if (!is)
            return wrong("a sentence of no class");
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (beginsPlace(line.substr(i)) && placeAt(line.substr(i + 1)) == nullptr)
                return wrong("no such place: " + std::string(line.substr(i)));
            if (line[i] == '{' && line.substr(i, 2) != "{{" && line.find('}', i) == std::string_view::npos)
                return wrong("a brace without an end");
            if (line.substr(i, 2) == "{{")
                ++i;
        }
        sentences.push_back({*is, std::string(line)});
    }
    return sentences;
}

std::size_t partsOfLargestGroup(std::string_view pattern) {
    std::size_t most = 1;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern.substr(i).starts_with("{{")) {
            ++i;
        } else if (pattern[i] == '{') {
            const std::size_t end = std::min(pattern.find('}', i), pattern.size());
            most = std::max(most, partsOf(pattern.substr(i + 1, end - i - 1)).size());
            i = end;
        }
    }
    return most;
}

std::string vary(const Sentence &sentence, std::uint32_t variation) {
    Dice dice(XXH3_64bits_withSeed(sentence.pattern.data(), sentence.pattern.size(), variation));
    std::string text = fill(sentence.pattern, dice, variation);
    if (variation == 0)
        return text;
    if (dice.below(3) == 0)
        leaveOutWords(text, dice);
    addBefore(text, dice);
    if (dice.below(4) == 0)
        text += dice.of(sentencesBehind);
    if (dice.below(10) == 0)
        std::transform(text.begin(), text.end(), text.begin(), lower);
    return text;
}

} // namespace ra::text
