// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/fonts.h"

#include "ui/theme/tokens.h"

#include <QApplication>
#include <QFontDatabase>
#include <QFontInfo>
#include <QFontMetricsF>

namespace ra::ui {

namespace {

QFont scaled(double factor, QFont::Weight weight = QFont::Normal) {
    QFont font = bodyFont();
    if (font.pointSizeF() > 0)
        font.setPointSizeF(font.pointSizeF() * factor);
    else
        font.setPixelSize(qRound(font.pixelSize() * factor));
    font.setWeight(weight);
    return font;
}

bool isDigit(QChar c) {
    return c >= u'0' && c <= u'9';
}

/// The room of a digit, or nothing if all digits are of one width anyway.
qreal digitCell(const QFontMetricsF &metrics) {
    qreal narrowest = 1e9, widest = 0;
    for (char16_t c = u'0'; c <= u'9'; ++c) {
        const qreal advance = metrics.horizontalAdvance(QChar(c));
        narrowest = std::min(narrowest, advance);
        widest = std::max(widest, advance);
    }
    return widest - narrowest < 0.01 ? 0 : widest;
}

qreal widthWithCells(const QFontMetricsF &metrics, const QString &text, qreal cell) {
    if (cell <= 0)
        return metrics.horizontalAdvance(text);
    qreal width = 0;
    QString run;
    for (const QChar c : text) {
        if (isDigit(c)) {
            width += metrics.horizontalAdvance(run) + cell;
            run.clear();
        } else {
            run += c;
        }
    }
    return width + metrics.horizontalAdvance(run);
}

} // namespace

QFont chooseBodyFont() {
    QFont font = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
    // Without a desktop's theme Qt falls back to a generic name, which fontconfig answers with whatever comes first.
    static const QStringList generic{QStringLiteral("Sans Serif"), QStringLiteral("Sans"), QStringLiteral("Helvetica"),
                                     QStringLiteral("DejaVu Sans")};
    if (generic.contains(font.family()) && QFontDatabase::hasFamily(QStringLiteral("Inter"))) {
        font.setFamily(QStringLiteral("Inter"));
        font.setPointSizeF(9.75); // 13 pixels at 96 dpi
    }
    font.setWeight(QFont::Normal);
    return font;
}

QFont bodyFont() {
    return QApplication::font();
}

QFont captionFont() {
    return scaled(0.85);
}

QFont cardHeaderFont() {
    return scaled(1.0, QFont::DemiBold);
}

QFont pageTitleFont() {
    return scaled(1.55, QFont::DemiBold);
}

QFont headlineFont() {
    return scaled(2.0, QFont::DemiBold);
}

QFont logFont() {
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setStyleHint(QFont::Monospace);
    font.setFixedPitch(true);
    font.setPointSizeF(bodyFont().pointSizeF() > 0 ? bodyFont().pointSizeF() * 0.93 : 9);
    return font;
}

qreal figuresWidth(const QFont &font, const QString &text) {
    const QFontMetricsF metrics(font);
    return widthWithCells(metrics, text, digitCell(metrics));
}

void drawFigures(QPainter &painter, const QRectF &rect, Qt::Alignment alignment, const QString &text) {
    const QFontMetricsF metrics(painter.font());
    const qreal cell = digitCell(metrics);
    const qreal width = widthWithCells(metrics, text, cell);
    const int vertical = Qt::AlignVCenter | Qt::TextSingleLine;
    if (cell <= 0 || width > rect.width()) {
        painter.drawText(rect, int(alignment & Qt::AlignHorizontal_Mask) | vertical,
                         metrics.elidedText(text, Qt::ElideRight, rect.width()));
        return;
    }
    qreal x = rect.left();
    if (alignment & Qt::AlignRight)
        x = rect.right() - width;
    else if (alignment & Qt::AlignHCenter)
        x = rect.center().x() - width / 2;
    const qreal y = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2;
    QString run;
    const auto flush = [&] {
        if (run.isEmpty())
            return;
        painter.drawText(QPointF(x, y), run);
        x += metrics.horizontalAdvance(run);
        run.clear();
    };
    for (const QChar c : text) {
        if (!isDigit(c)) {
            run += c;
            continue;
        }
        flush();
        painter.drawText(QPointF(x + (cell - metrics.horizontalAdvance(c)) / 2, y), QString(c));
        x += cell;
    }
    flush();
}

} // namespace ra::ui
