// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/tokens.h"

#include <QFile>
#include <QIconEngine>
#include <QLoggingCategory>
#include <QPixmapCache>
#include <QSvgRenderer>

// Resources of a static library are linked only if somebody names them. The macro must stand outside of namespaces.
static void initIconResource() {
    Q_INIT_RESOURCE(theme);
}

namespace ra::ui {

namespace {

Q_LOGGING_CATEGORY(lcIcons, "ra.ui.icons")

QByteArray svgOf(const QString &name) {
    initIconResource();
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly)) {
        qCWarning(lcIcons, "no icon of that name: %s", qPrintable(name));
        return {};
    }
    return file.readAll();
}

/// Draws the SVG anew for each size, ratio and theme: sharp everywhere, and a change of theme needs no new icons.
class TintedSvgEngine : public QIconEngine {
public:
    explicit TintedSvgEngine(QString name)
        : m_name(std::move(name))
        , m_svg(svgOf(m_name)) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override {
        QByteArray svg = m_svg;
        svg.replace("currentColor", colorFor(mode).name().toLatin1());
        QSvgRenderer renderer(svg);
        const int side = std::min(rect.width(), rect.height());
        QRectF square(0, 0, side, side);
        square.moveCenter(QRectF(rect).center());
        renderer.render(painter, square);
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override {
        return scaledPixmap(size, mode, state, 1.0);
    }

    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal) override {
        const QString key = QStringLiteral("ra-icon/%1/%2/%3/%4")
                                .arg(m_name, colorFor(mode).name())
                                .arg(size.width())
                                .arg(size.height());
        QPixmap pixmap;
        if (QPixmapCache::find(key, &pixmap))
            return pixmap;
        pixmap = QPixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        painter.end();
        QPixmapCache::insert(key, pixmap);
        return pixmap;
    }

    QIconEngine *clone() const override { return new TintedSvgEngine(*this); }
    QString iconName() override { return m_name; }
    bool isNull() override { return m_svg.isEmpty(); }

private:
    static QColor colorFor(QIcon::Mode mode) {
        switch (mode) {
        case QIcon::Disabled:
            return tokens().textFaint;
        case QIcon::Active:
        case QIcon::Selected:
            return tokens().text;
        case QIcon::Normal:
            break;
        }
        return tokens().textSecondary;
    }

    QString m_name;
    QByteArray m_svg;
};

} // namespace

QIcon icon(const QString &name) {
    return QIcon(new TintedSvgEngine(name));
}

} // namespace ra::ui
