// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/tokens.h"

#include <QPainterPath>

#include <numbers>

namespace ra::ui {

namespace {

enum class Shape {
    Disc,          // completed
    Cross,         // failed
    HalfDisc,      // partial
    Triangle,      // running
    CrossedRing,   // rejected
    DottedRing,    // abandoned: nobody knows
    Square,        // cancelled
    SquareOutline, // interrupted
    Octagon,       // killed
    Clock,         // timed out
    Chevrons,      // skipped
    Ring,          // not reached
};

Shape shapeOf(RunStatus status) {
    switch (status) {
    case RunStatus::Running:
        return Shape::Triangle;
    case RunStatus::Completed:
        return Shape::Disc;
    case RunStatus::Partial:
        return Shape::HalfDisc;
    case RunStatus::Failed:
        return Shape::Cross;
    case RunStatus::Rejected:
        return Shape::CrossedRing;
    case RunStatus::Cancelled:
        return Shape::Square;
    case RunStatus::Interrupted:
        return Shape::SquareOutline;
    case RunStatus::Killed:
        return Shape::Octagon;
    case RunStatus::Timeout:
        return Shape::Clock;
    case RunStatus::Abandoned:
        return Shape::DottedRing;
    }
    return Shape::DottedRing;
}

Shape shapeOf(StepStatus status) {
    switch (status) {
    case StepStatus::Running:
        return Shape::Triangle;
    case StepStatus::Completed:
        return Shape::Disc;
    case StepStatus::Failed:
        return Shape::Cross;
    case StepStatus::Skipped:
        return Shape::Chevrons;
    case StepStatus::Interrupted:
        return Shape::SquareOutline;
    case StepStatus::NotReached:
        return Shape::Ring;
    }
    return Shape::Ring;
}

// Shapes are drawn in a unit of 16 and scaled, so that they weigh the same at every size.
void paintShape(QPainter &painter, const QRectF &square, Shape shape, const QColor &color) {
    const double side = std::min(square.width(), square.height());
    if (side <= 0)
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(square.center());
    painter.scale(side / 16.0, side / 16.0);
    QPen pen(color, 2.0, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    const double r = 5.5;
    const QRectF circle(-r, -r, 2 * r, 2 * r);
    switch (shape) {
    case Shape::Disc:
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawEllipse(circle);
        break;
    case Shape::Cross:
        pen.setWidthF(2.4);
        painter.setPen(pen);
        painter.drawLine(QPointF(-4, -4), QPointF(4, 4));
        painter.drawLine(QPointF(-4, 4), QPointF(4, -4));
        break;
    case Shape::HalfDisc:
        pen.setWidthF(1.6);
        painter.setPen(pen);
        painter.drawEllipse(circle);
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawPie(circle, 90 * 16, 180 * 16);
        break;
    case Shape::Triangle: {
        QPainterPath path(QPointF(-3.5, -5));
        path.lineTo(5, 0);
        path.lineTo(-3.5, 5);
        path.closeSubpath();
        pen.setWidthF(1.4);
        painter.setPen(pen);
        painter.setBrush(color);
        painter.drawPath(path);
        break;
    }
    case Shape::CrossedRing:
        pen.setWidthF(1.6);
        painter.setPen(pen);
        painter.drawEllipse(circle);
        painter.drawLine(QPointF(-2.4, -2.4), QPointF(2.4, 2.4));
        painter.drawLine(QPointF(-2.4, 2.4), QPointF(2.4, -2.4));
        break;
    case Shape::DottedRing: {
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        constexpr int dots = 8;
        for (int i = 0; i < dots; ++i) {
            const double angle = 2 * std::numbers::pi * i / dots;
            painter.drawEllipse(QPointF(5 * std::cos(angle), 5 * std::sin(angle)), 1.15, 1.15);
        }
        break;
    }
    case Shape::Square:
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawRoundedRect(QRectF(-4.6, -4.6, 9.2, 9.2), 1, 1);
        break;
    case Shape::SquareOutline:
        pen.setWidthF(1.8);
        painter.setPen(pen);
        painter.drawRoundedRect(QRectF(-4.4, -4.4, 8.8, 8.8), 1, 1);
        break;
    case Shape::Octagon: {
        QPolygonF octagon;
        for (int i = 0; i < 8; ++i) {
            const double angle = std::numbers::pi * (2 * i + 1) / 8;
            octagon << QPointF(5.8 * std::cos(angle), 5.8 * std::sin(angle));
        }
        pen.setWidthF(1.6);
        painter.setPen(pen);
        painter.drawPolygon(octagon);
        painter.drawLine(QPointF(-2.6, 0), QPointF(2.6, 0));
        break;
    }
    case Shape::Clock:
        pen.setWidthF(1.6);
        painter.setPen(pen);
        painter.drawEllipse(circle);
        painter.drawPolyline(QPolygonF{{0, -3.2}, {0, 0}, {2.4, 1.4}});
        break;
    case Shape::Chevrons:
        pen.setWidthF(1.8);
        painter.setPen(pen);
        painter.drawPolyline(QPolygonF{{-4, -3.6}, {-0.4, 0}, {-4, 3.6}});
        painter.drawPolyline(QPolygonF{{1, -3.6}, {4.6, 0}, {1, 3.6}});
        break;
    case Shape::Ring:
        pen.setWidthF(1.6);
        painter.setPen(pen);
        painter.drawEllipse(circle.adjusted(0.4, 0.4, -0.4, -0.4));
        break;
    }
    painter.restore();
}

} // namespace

void paintStatusShape(QPainter &painter, const QRectF &square, RunStatus status) {
    paintShape(painter, square, shapeOf(status), colorsOf(status).line);
}

void paintStatusShape(QPainter &painter, const QRectF &square, StepStatus status) {
    paintShape(painter, square, shapeOf(status), colorsOf(status).line);
}

void paintStatusShape(QPainter &painter, const QRectF &square, RunStatus status, const QColor &color) {
    paintShape(painter, square, shapeOf(status), color);
}

void paintStatusShape(QPainter &painter, const QRectF &square, StepStatus status, const QColor &color) {
    paintShape(painter, square, shapeOf(status), color);
}

} // namespace ra::ui
