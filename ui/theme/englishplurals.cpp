// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/englishplurals.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace ra::ui {

QString EnglishPlurals::translate(const char *, const char *source, const char *, int n) const {
    if (n < 0) // not a counted text
        return {};
    QString text = QString::fromUtf8(source);
    if (!text.contains(QLatin1String("%n")))
        return {};
    if (text.contains(QLatin1String("(s)")))
        return text.replace(QLatin1String("(s)"), n == 1 ? QLatin1String() : QLatin1String("s"));
    if (n != 1)
        return {};
    // "%n runs" becomes "%n run", "%n entries" "%n entry", "%n matches" "%n match"; a word that ends otherwise has one
    // form.
    static const QRegularExpression ies(QStringLiteral("(%n \\w+)ies\\b"));
    static const QRegularExpression es(QStringLiteral("(%n \\w*(?:ch|sh|ss|x))es\\b"));
    static const QRegularExpression s(QStringLiteral("(%n \\w*[^s\\W])s\\b"));
    if (text.contains(ies))
        return text.replace(ies, QStringLiteral("\\1y"));
    if (text.contains(es))
        return text.replace(es, QStringLiteral("\\1"));
    return text.replace(s, QStringLiteral("\\1"));
}

void EnglishPlurals::install() {
    static EnglishPlurals *installed = nullptr;
    if (installed != nullptr)
        return;
    installed = new EnglishPlurals(QCoreApplication::instance());
    QCoreApplication::installTranslator(installed);
    QObject::connect(installed, &QObject::destroyed, [] { installed = nullptr; });
}

} // namespace ra::ui
