// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/link.h"

#include <QUrlQuery>

#include <limits>

namespace ra::ui {

namespace {

const QString &scheme() {
    static const QString name = QStringLiteral("recipe-analytics");
    return name;
}

bool isPage(const QString &name) {
    return name == QLatin1String("live") || name == QLatin1String("runs") || name == QLatin1String("run") ||
           name == QLatin1String("settings");
}

// QUrlQuery leaves '+' and a lone '%' to the caller: a value goes through percent-encoding as a whole, so that any text
// comes back as it went.
void add(QUrlQuery &query, const char *key, const QString &value) {
    if (!value.isEmpty())
        query.addQueryItem(QLatin1String(key), QString::fromLatin1(QUrl::toPercentEncoding(value)));
}

QString take(const QUrlQuery &query, const char *key) {
    return QUrl::fromPercentEncoding(query.queryItemValue(QLatin1String(key), QUrl::FullyEncoded).toLatin1());
}

} // namespace

QUrl Link::toUrl() const {
    QUrl url;
    url.setScheme(scheme());
    url.setHost(page);
    if (!runId.isEmpty())
        url.setPath(QLatin1Char('/') + QString::fromLatin1(QUrl::toPercentEncoding(runId)), QUrl::StrictMode);
    QUrlQuery query;
    add(query, "step", step);
    add(query, "recipe", recipe);
    add(query, "status", status);
    add(query, "text", text);
    add(query, "range", range);
    if (stepIndex >= 0)
        add(query, "at", QString::number(stepIndex));
    if (line >= 0)
        add(query, "line", QString::number(line));
    if (line >= 0 && source >= 0)
        add(query, "source", QString::number(source));
    if (!query.isEmpty())
        url.setQuery(query.query(QUrl::FullyEncoded), QUrl::StrictMode);
    return url;
}

std::optional<Link> Link::fromUrl(const QUrl &url) {
    if (url.scheme() != scheme() || !isPage(url.host()))
        return std::nullopt;
    Link link;
    link.page = url.host();
    link.runId = url.path(QUrl::FullyDecoded).mid(1);
    if (link.page == QLatin1String("run") && link.runId.isEmpty())
        return std::nullopt;
    const QUrlQuery query(url.query(QUrl::FullyEncoded));
    link.step = take(query, "step");
    link.recipe = take(query, "recipe");
    link.status = take(query, "status");
    link.text = take(query, "text");
    link.range = take(query, "range");
    const auto number = [&query](const char *key) {
        bool ok = false;
        const qint64 value = take(query, key).toLongLong(&ok);
        return ok && value >= 0 ? value : -1;
    };
    const qint64 index = number("at");
    link.stepIndex = index <= std::numeric_limits<int>::max() ? static_cast<int>(index) : -1;
    link.line = number("line");
    link.source = link.line >= 0 ? number("source") : -1;
    return link;
}

} // namespace ra::ui
