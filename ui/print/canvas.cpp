// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/print/canvas.h"

#include <QFontDatabase>
#include <QFontMetricsF>
#include <QTextLayout>

#include <algorithm>

namespace ra::ui::print {

using namespace Qt::StringLiterals;

namespace {

struct TypeSpec {
    double points;
    QFont::Weight weight;
    double leading; ///< line height by size
};

constexpr std::array<TypeSpec, typeCount> specs = {{
    {8.5, QFont::Normal, 1.42},     // Body
    {8.5, QFont::DemiBold, 1.42},   // Strong
    {7.3, QFont::Normal, 1.4},      // Caption
    {7.3, QFont::DemiBold, 1.4},    // CaptionStrong
    {11.5, QFont::Normal, 1.42},    // Lead
    {10.5, QFont::DemiBold, 1.4},   // Heading
    {21, QFont::DemiBold, 1.25},    // Title
    {17, QFont::DemiBold, 1.25},    // Headline
    {13.5, QFont::DemiBold, 1.575}, // HeadlineSmall: as high as Headline, for values that are too wide in it
    {7, QFont::Normal, 1.4},        // Mono
}};

/// Spaces in front stay: they are the indentation of a traceback.
QString withoutTrailingSpace(QString text) {
    while (text.endsWith(u' '))
        text.chop(1);
    return text;
}

QFont fontOf(Type type) {
    const TypeSpec &spec = specs[std::size_t(type)];
    // What a bare Debian installation has stands second; it is wider, and set a little smaller to fill the same lines.
    const bool hasInter = QFontDatabase::hasFamily(u"Inter"_s);
    QFont font;
    font.setFamilies(type == Type::Mono ? QStringList{u"DejaVu Sans Mono"_s, u"Monospace"_s}
                                        : QStringList{u"Inter"_s, u"DejaVu Sans"_s, u"Sans Serif"_s});
    font.setStyleHint(type == Type::Mono ? QFont::Monospace : QFont::SansSerif);
    font.setFixedPitch(type == Type::Mono);
    font.setPointSizeF(hasInter || type == Type::Mono ? spec.points : spec.points * 0.92);
    font.setWeight(spec.weight);
    font.setHintingPreference(QFont::PreferNoHinting);
    // Contextual alternates (a raised colon between figures, brackets beside capitals) are glyphs without a character
    // of their own: a PDF that uses them has holes where its text is copied or searched. Scripts that need shaping get
    // it.
    font.setStyleStrategy(QFont::PreferNoShaping);
    return font;
}

} // namespace

Canvas::Canvas(QPaintDevice &device)
    : m_device(device)
    , m_scale(device.logicalDpiY() / 72.0) {
    for (int i = 0; i < typeCount; ++i) {
        TypeStyle &style = m_styles[std::size_t(i)];
        style.font = fontOf(Type(i));
        const QFontMetricsF metrics(style.font, &m_device);
        style.lineHeight = specs[std::size_t(i)].points * specs[std::size_t(i)].leading;
        style.ascent = metrics.ascent() / m_scale;
        style.descent = metrics.descent() / m_scale;
    }
}

QRectF Canvas::px(const QRectF &rect) const {
    return {px(rect.x()), px(rect.y()), px(rect.width()), px(rect.height())};
}

double Canvas::rawWidth(const TypeStyle &style, const QString &text) const {
    return QFontMetricsF(style.font, &m_device).horizontalAdvance(text) / m_scale;
}

double Canvas::width(Type type, const QString &text) const {
    return rawWidth(m_styles[std::size_t(type)], text);
}

QString Canvas::elided(Type type, const QString &text, double width, Qt::TextElideMode mode) const {
    return QFontMetricsF(m_styles[std::size_t(type)].font, &m_device).elidedText(text, mode, px(width));
}

std::vector<QString> Canvas::wrapped(Type type, const QString &text, double width, int maxLines) const {
    std::vector<QString> result;
    if (text.isEmpty())
        return result;
    QTextLayout layout(text, m_styles[std::size_t(type)].font, &m_device);
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout.setTextOption(option);
    layout.beginLayout();
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(px(width));
        if (int(result.size()) + 1 == maxLines) {
            result.push_back(elided(type, withoutTrailingSpace(text.mid(line.textStart())), width));
            break;
        }
        result.push_back(withoutTrailingSpace(text.mid(line.textStart(), line.textLength())));
    }
    layout.endLayout();
    return result;
}

double Canvas::baselineIn(const QRectF &box, Type type) const {
    const TypeStyle &style = m_styles[std::size_t(type)];
    return box.center().y() + (style.ascent - style.descent) / 2;
}

void Canvas::text(const QRectF &box, Type type, const QColor &color, const QString &text, Qt::Alignment alignment) {
    double x = box.left();
    if (alignment & (Qt::AlignRight | Qt::AlignHCenter)) {
        const double room = box.width() - width(type, text);
        x += alignment & Qt::AlignRight ? room : room / 2;
    }
    onBaseline(x, baselineIn(box, type), type, color, text);
}

void Canvas::lines(const QRectF &box, Type type, const QColor &color, const std::vector<QString> &lines) {
    const double height = lineHeight(type);
    double y = box.top();
    for (const QString &line : lines) {
        text({box.left(), y, box.width(), height}, type, color, line);
        y += height;
    }
}

double Canvas::onBaseline(double x, double baseline, Type type, const QColor &color, const QString &text) {
    const TypeStyle &style = m_styles[std::size_t(type)];
    m_painter->setFont(style.font);
    m_painter->setPen(color);
    m_painter->drawText(QPointF(px(x), px(baseline)), text);
    return x + rawWidth(style, text);
}

void Canvas::box(const QRectF &rect, const QColor &fill, const QColor &line, double radius, double lineWidth) {
    m_painter->setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    m_painter->setPen(line.isValid() ? QPen(line, px(lineWidth)) : QPen(Qt::NoPen));
    if (radius > 0)
        m_painter->drawRoundedRect(px(rect), px(radius), px(radius));
    else
        m_painter->drawRect(px(rect));
}

void Canvas::line(QPointF from, QPointF to, const QColor &color, double width) {
    m_painter->setPen(QPen(color, px(width), Qt::SolidLine, Qt::FlatCap));
    m_painter->drawLine(QPointF(px(from.x()), px(from.y())), QPointF(px(to.x()), px(to.y())));
}

void Canvas::arrow(const QRectF &square, int direction, const QColor &color) {
    const QRectF r = px(square);
    const double tip = direction > 0 ? r.top() : r.bottom();
    const double base = direction > 0 ? r.bottom() : r.top();
    m_painter->setPen(Qt::NoPen);
    m_painter->setBrush(color);
    m_painter->drawPolygon(QPolygonF{{r.left(), base}, {r.right(), base}, {r.center().x(), tip}});
}

void Canvas::shape(const QRectF &square, const report::State &state) {
    const QColor color = colors(state).line;
    m_painter->setBrush(Qt::NoBrush); // the shapes that are rings rely on it
    std::visit([&](auto status) { paintStatusShape(*m_painter, px(square), status, color); }, state);
}

void Canvas::hatch(const QRectF &rect, const QColor &color) {
    m_painter->save();
    m_painter->setClipRect(px(rect));
    QColor faint = color;
    faint.setAlphaF(0.5F);
    for (double x = rect.left() - rect.height(); x < rect.right(); x += 3)
        line({x, rect.bottom()}, {x + rect.height(), rect.top()}, faint, 0.4);
    m_painter->restore();
}

RoleColors Canvas::colors(const report::State &state) {
    return std::visit([](auto status) { return lightColorsOf(status); }, state);
}

QColor Canvas::color(report::Tone tone) {
    switch (tone) {
    case report::Tone::Good:
        return lightColorsOf(RunStatus::Completed).line;
    case report::Tone::Bad:
        return lightColorsOf(RunStatus::Failed).line;
    case report::Tone::Neutral:
        break;
    }
    return lightTokens().textSecondary;
}

} // namespace ra::ui::print
