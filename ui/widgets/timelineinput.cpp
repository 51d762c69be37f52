// SPDX-License-Identifier: GPL-3.0-or-later
// TimelineView's events: what keys, wheel and pointer ask for. What they change is in timelineview.cpp.
#include "ui/widgets/elidedlabel.h"
#include "ui/widgets/timelineview.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>

namespace ra::ui {

namespace {
constexpr double kZoomStep = 1.5;
constexpr double kPanStep = 0.15;
} // namespace

QList<KeyHint> TimelineView::keyHints() {
    return {{tr("W S"), tr("Zoom in, zoom out")},
            {tr("A D"), tr("Move left, move right")},
            {tr("F"), tr("Centre the selection, fit")},
            {tr("0"), tr("Show all of the time")},
            {tr("↑ ↓"), tr("Row before, row after")},
            {tr("← →"), tr("Bar before, bar after")},
            {tr("Enter"), tr("Open")},
            {tr("Esc"), tr("Select nothing")},
            {tr("Ctrl Wheel"), tr("Zoom at the pointer")}};
}

void TimelineView::keyPressEvent(QKeyEvent *event) {
    if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) {
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    const QRectF plot = plotRect();
    const double fraction = m_cursor && plot.width() > 0 ? (*m_cursor - plot.left()) / plot.width() : 0.5;
    const int page = std::max(1, static_cast<int>(plot.height() / currentRowHeight(m_range)) - 1);
    switch (event->key()) {
    case Qt::Key_W:
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomAt(kZoomStep, fraction);
        break;
    case Qt::Key_S:
    case Qt::Key_Minus:
        zoomAt(1 / kZoomStep, fraction);
        break;
    case Qt::Key_A:
        panBy(-kPanStep);
        break;
    case Qt::Key_D:
        panBy(kPanStep);
        break;
    case Qt::Key_0:
        fitAll();
        break;
    case Qt::Key_F:
        centreOrFit();
        break;
    case Qt::Key_Up:
        moveRow(-1);
        break;
    case Qt::Key_Down:
        moveRow(1);
        break;
    case Qt::Key_PageUp:
        moveRow(-page);
        break;
    case Qt::Key_PageDown:
        moveRow(page);
        break;
    case Qt::Key_Home:
        if (!m_data->rows.empty())
            setCurrent({0, -1});
        break;
    case Qt::Key_End:
        if (!m_data->rows.empty())
            setCurrent({static_cast<int>(m_data->rows.size()) - 1, -1});
        break;
    case Qt::Key_Left:
    case Qt::Key_Comma:
        moveBar(-1);
        break;
    case Qt::Key_Right:
    case Qt::Key_Period:
        moveBar(1);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current.row < 0) {
            event->ignore();
            return;
        }
        Q_EMIT opened(m_current);
        break;
    case Qt::Key_Escape:
        if (m_current == Current{}) {
            event->ignore(); // the page's Escape is next
            return;
        }
        setCurrent({});
        break;
    case Qt::Key_T:
        Q_EMIT twinRequested();
        break;
    default:
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    event->accept();
}

void TimelineView::wheelEvent(QWheelEvent *event) {
    const QRectF plot = plotRect();
    const QPoint delta = event->angleDelta();
    if (event->modifiers() & Qt::ControlModifier) {
        const double fraction = plot.width() > 0 ? (event->position().x() - plot.left()) / plot.width() : 0.5;
        // Qt swaps the axes of a wheel with Alt held; take whichever moved.
        const double notches = (delta.y() != 0 ? delta.y() : delta.x()) / 120.0;
        zoomAt(std::pow(1.25, notches), fraction);
        event->accept();
        return;
    }
    const int sideways = event->modifiers() & Qt::ShiftModifier ? (delta.y() != 0 ? delta.y() : delta.x()) : delta.x();
    if (sideways != 0) {
        panBy(-sideways / 120.0 * kPanStep / 2);
        event->accept();
        return;
    }
    if (verticalScrollBar()->maximum() > 0)
        QAbstractScrollArea::wheelEvent(event);
    else
        event->ignore(); // the page scrolls
}

void TimelineView::mousePressEvent(QMouseEvent *event) {
    const QPointF position = event->position();
    m_dragFrom = position;
    m_dragRange = m_range;
    const bool pans = event->button() == Qt::MiddleButton ||
                      (event->button() == Qt::LeftButton && event->modifiers() & Qt::ShiftModifier);
    if (pans) {
        m_drag = Drag::Pan;
        viewport()->setCursor(Qt::ClosedHandCursor);
    } else if (event->button() == Qt::LeftButton && minimapRect().adjusted(0, -4, 0, 4).contains(position)) {
        m_drag = Drag::Minimap;
        const QRectF strip = minimapRect();
        const timeline::Axis axis{strip.left(), strip.width()};
        const double left = timeline::xOf(m_range.from, m_data->extent, axis);
        const double right = timeline::xOf(m_range.to, m_data->extent, axis);
        if (position.x() < left || position.x() > right)
            dragMinimapTo(position.x()); // beside the window: it jumps here, and is held from now on
        m_dragRange = m_range;
    } else if (event->button() == Qt::LeftButton) {
        setCurrent(at(position));
    }
}

void TimelineView::mouseMoveEvent(QMouseEvent *event) {
    const QPointF position = event->position();
    const double moved = position.x() - m_dragFrom.x();
    const QRectF plot = plotRect();
    if (m_drag == Drag::Pan && plot.width() > 0) {
        setRange(
            timeline::panned(m_dragRange, -std::llround(moved / plot.width() * static_cast<double>(m_range.span()))));
    } else if (m_drag == Drag::Minimap && minimapRect().width() > 0) {
        setRange(timeline::panned(
            m_dragRange, std::llround(moved / minimapRect().width() * static_cast<double>(m_data->extent.span()))));
    }
    m_cursor.reset();
    if (position.x() >= plot.left() && position.x() <= plot.right() && position.y() >= plot.top() && !m_range.isEmpty())
        m_cursor = position.x();
    m_hover = at(position);
    viewport()->update();
}

void TimelineView::mouseReleaseEvent(QMouseEvent *) {
    m_drag = Drag::None;
    viewport()->unsetCursor();
}

void TimelineView::mouseDoubleClickEvent(QMouseEvent *event) {
    const Current found = at(event->position());
    if (event->button() != Qt::LeftButton || found.row < 0)
        return;
    setCurrent(found);
    if (m_opensOnDoubleClick)
        Q_EMIT opened(found);
    else
        centreOrFit();
}

bool TimelineView::viewportEvent(QEvent *event) {
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const Current found = at(help->pos());
        if (found.row < 0)
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), plainToolTip(describe(found)), viewport());
        return true;
    }
    if (event->type() == QEvent::Leave) {
        m_cursor.reset();
        m_hover = {};
        viewport()->update();
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void TimelineView::resizeEvent(QResizeEvent *event) {
    QAbstractScrollArea::resizeEvent(event);
    updateMetrics();
    updateScrollBar();
}

void TimelineView::scrollContentsBy(int, int) {
    viewport()->update();
}

void TimelineView::changeEvent(QEvent *event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange ||
        event->type() == QEvent::StyleChange) {
        updateMetrics();
        updateScrollBar();
        viewport()->update();
    }
}

void TimelineView::focusInEvent(QFocusEvent *event) {
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void TimelineView::focusOutEvent(QFocusEvent *event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

} // namespace ra::ui
