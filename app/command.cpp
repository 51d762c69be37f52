// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command.h"

#include "app/terminal.h"

#include <QDateTime>
#include <QDir>
#include <QStandardPaths>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <unistd.h>

namespace ra::app {

std::string defaultStorePath() {
    const QString folder =
        QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/recipe-analytics");
    QDir().mkpath(folder);
    return (folder + QStringLiteral("/store.db")).toStdString();
}

Result<void> needDisplay() {
    if (!qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY") ||
        !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        return {};
    return fail({.what = "open the window",
                 .why = "there is no display",
                 .hint = "Run it in a desktop session; subcommands need none, see recipe-analytics --help"});
}

int complain(const Error &error) {
    std::cerr << "recipe-analytics: " << oneLine(error.sentence(), 4'000) << '\n'; // it may quote names from logs
    return error.kind == ErrorKind::Invalid ? WrongUsage : Failed;
}

void print(const nlohmann::json &document) {
    std::cout << document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
}

ProgressSink terminalProgress() {
    if (isatty(STDERR_FILENO) == 0)
        return {};
    auto last = std::make_shared<std::chrono::steady_clock::time_point>();
    const auto begun = std::chrono::steady_clock::now();
    return [last, begun](const Progress &progress) {
        const auto at = std::chrono::steady_clock::now();
        const bool ends = progress.total > 0 && progress.done >= progress.total;
        if (!ends && at - *last < std::chrono::milliseconds(100))
            return;
        *last = at;
        // Elsewhere it is pieces that are counted.
        if (progress.stage != "index" && progress.stage != "simulate" && progress.stage != "scan") {
            std::fprintf(stderr, "\r%s %llu%s\x1b[K%s", oneLine(progress.item, 60).c_str(),
                         static_cast<unsigned long long>(progress.done),
                         progress.total > 0 ? (" of " + std::to_string(progress.total)).c_str() : "", ends ? "\n" : "");
            return;
        }
        const double percent =
            progress.total > 0 ? 100.0 * static_cast<double>(progress.done) / static_cast<double>(progress.total) : 0.0;
        const double seconds = std::chrono::duration<double>(at - begun).count();
        const auto rate = static_cast<std::uint64_t>(static_cast<double>(progress.done) / std::max(seconds, 0.001));
        std::fprintf(stderr, "\r%5.1f %%  %s/s  %s\x1b[K%s", percent, bytesText(rate).c_str(),
                     oneLine(progress.item, 60).c_str(), ends ? "\n" : "");
    };
}

Result<Time> parseMoment(const std::string &text) {
    const QString given = QString::fromStdString(text).trimmed();
    bool isNumber = false;
    const qint64 amount = given.chopped(given.isEmpty() ? 0 : 1).toLongLong(&isNumber);
    // From today all of these lie in the years 1677 to 2262, which times in nanoseconds can tell.
    constexpr std::int64_t furthest = 290LL * 365 * 24 * 60; // minutes
    const auto before = [&](std::int64_t minutes) -> Result<Time> {
        if (amount > furthest / minutes) {
            return fail({.kind = ErrorKind::Invalid,
                         .what = "read the time",
                         .where = text,
                         .why = "it is more than 290 years ago",
                         .hint = "Give for example 2026-11-23, 2026-11-23T17:00:00Z or 7d"});
        }
        return now() - std::chrono::minutes(minutes * amount);
    };
    if (isNumber && amount >= 0) {
        switch (given.back().toLatin1()) {
        case 'd':
            return before(24 * 60);
        case 'h':
            return before(60);
        case 'm':
            return before(1);
        default:
            break;
        }
    }
    const QDateTime moment = QDateTime::fromString(given, Qt::ISODateWithMs);
    constexpr qint64 most = INT64_MAX / 1'000'000; // milliseconds
    if (moment.isValid() && std::abs(moment.toMSecsSinceEpoch()) > most) {
        return fail({.kind = ErrorKind::Invalid,
                     .what = "read the time",
                     .where = text,
                     .why = "it lies before 1678 or after 2261",
                     .hint = "Give for example 2026-11-23, 2026-11-23T17:00:00Z or 7d"});
    }
    if (!moment.isValid()) {
        return fail({.kind = ErrorKind::Invalid,
                     .what = "read the time",
                     .where = text,
                     .why = "it is neither ISO 8601 nor a number of days, hours or minutes",
                     .hint = "Give for example 2026-11-23, 2026-11-23T17:00:00Z or 7d"});
    }
    return Time(std::chrono::milliseconds(moment.toMSecsSinceEpoch()));
}

} // namespace ra::app
