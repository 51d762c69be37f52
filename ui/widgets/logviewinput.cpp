// SPDX-License-Identifier: GPL-3.0-or-later
// LogView's painting and events; lines and place are in logview.cpp, search in logviewsearch.cpp.
#include "ui/widgets/logview.h"

#include "ui/theme/displayzone.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/elidedlabel.h"
#include "ui/widgets/logscrollbar.h"
#include "ui/widgets/logsearch.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

namespace ra::ui {

namespace {

constexpr double kLeft = 12;
constexpr int kShownCharacters = 4000;

[[nodiscard]] QString shownLevel(const query::LogLine &line) {
    if (line.level == "WARNING")
        return QStringLiteral("WARN");
    if (line.level == "CRITICAL")
        return QStringLiteral("CRIT");
    return plain(line.level.substr(0, 8));
}

[[nodiscard]] QColor colorOf(LineLevel level) {
    switch (level) {
    case LineLevel::Error:
        return colorsOf(RunStatus::Failed).line;
    case LineLevel::Warning:
        return warningColors().line;
    case LineLevel::Debug:
        return tokens().textFaint;
    case LineLevel::Plain:
        return tokens().textSecondary;
    }
    return tokens().textSecondary;
}

/// The shown part of a message; a line of megabytes is cut, and says so. A line that was found by what stands outside
/// of its message shows whole, so that one sees why.
[[nodiscard]] QString shownMessage(const query::LogLine &line, const std::string &needle) {
    std::string_view message = messageOf(line);
    if (!needle.empty() && message.size() < line.text.size() && line.text.front() == '{' &&
        !containsText(message, needle) && containsText(line.text, needle))
        message = line.text;
    QString text = plain(std::string(message.substr(0, kShownCharacters)));
    if (message.size() > kShownCharacters)
        text += QStringLiteral(" … +") + bytes(message.size() - kShownCharacters);
    return text;
}

} // namespace

void LogView::updateMetrics() {
    const QFontMetricsF metrics(logFont());
    m_lineHeight = std::ceil(metrics.height() + 3);
    m_digit = metrics.horizontalAdvance(QLatin1Char('0'));
    m_timeWidth = m_digit * (m_resolution < std::chrono::seconds(1) ? 13 : 9);
    m_levelWidth = m_digit * 6;
}

void LogView::paintMessage(QPainter &painter, const QString &text, double x, double top, const QColor &color) {
    const QRectF area(x, top, static_cast<double>(text.size() + 2) * m_digit * 2, m_lineHeight);
    if (!m_needle.empty()) {
        const QString needle = QString::fromStdString(m_needle);
        const QFontMetricsF metrics(painter.font());
        QColor mark = warningColors().fill;
        for (qsizetype at = text.indexOf(needle, 0, Qt::CaseInsensitive); at >= 0;
             at = text.indexOf(needle, at + needle.size(), Qt::CaseInsensitive)) {
            const double left = x + metrics.horizontalAdvance(text.left(at));
            const double width = metrics.horizontalAdvance(text.mid(at, needle.size()));
            painter.fillRect(QRectF(left, top + 1, width, m_lineHeight - 2), mark);
        }
    }
    painter.setPen(color);
    painter.drawText(area, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, text);
}

void LogView::paintRow(QPainter &painter, int row, double top) {
    const int number = lineAtRow(row);
    const query::LogLine &line = m_document.at(static_cast<std::size_t>(number));
    const Tokens &t = tokens();
    const int first = std::min(m_current, m_anchor);
    const int last = std::max(m_current, m_anchor);
    if (m_current >= 0 && number >= first && number <= last)
        painter.fillRect(QRectF(0, top, viewport()->width(), m_lineHeight), t.selection);
    if (m_markedStep >= 0 && stepOf(number) == m_markedStep)
        painter.fillRect(QRectF(0, top, 3, m_lineHeight), t.accent);

    const bool certain = line.certainty == ingest::Certainty::Certain;
    const LineLevel level = levelOf(line);
    double x = kLeft - horizontalScrollBar()->value();
    const auto cell = [&](const QString &text, double width, const QColor &color) {
        painter.setPen(color);
        painter.drawText(QRectF(x, top, width + 200, m_lineHeight),
                         Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, text);
        x += width;
    };
    if (!certain) {
        // A dotted line in the gutter, and quieter text: the line may belong to another run.
        painter.setPen(QPen(t.textFaint, 1.5, Qt::DotLine));
        painter.drawLine(QPointF(kLeft - 6.5, top + 2), QPointF(kLeft - 6.5, top + m_lineHeight - 2));
    }
    if (line.startsRecord && line.time)
        cell(clock(*line.time, displayZone(), m_resolution), m_timeWidth, t.textSecondary);
    else
        x += m_timeWidth;
    if (line.startsRecord)
        cell(shownLevel(line), m_levelWidth, colorOf(level));
    else
        x += m_levelWidth;
    if (line.startsRecord && !line.logger.empty()) {
        const QString logger = plain(std::string(shortLogger(line.logger).substr(0, 40)));
        cell(logger, (static_cast<double>(logger.size()) + 1) * m_digit, t.textSecondary);
    }
    paintMessage(painter, shownMessage(line, m_needle), x, top, certain ? t.text : t.textSecondary);
}

void LogView::paintEvent(QPaintEvent *event) {
    QPainter painter(viewport());
    painter.fillRect(event->rect(), tokens().surface);
    painter.setFont(logFont());
    const int first = m_scrollBar->value();
    const int rows = rowCount();
    for (int row = first; row < rows; ++row) {
        const double top = measure::gapXs + (row - first) * m_lineHeight;
        if (top > event->rect().bottom())
            break;
        if (top + m_lineHeight >= event->rect().top())
            paintRow(painter, row, top);
    }
    if (rows == 0) {
        painter.setFont(bodyFont());
        painter.setPen(tokens().textSecondary);
        const bool empty = m_document.size() == 0;
        QString why =
            empty ? (m_emptyReason.isEmpty() ? tr("No lines yet") : m_emptyReason) : tr("The filter hides all lines");
        if (m_scanning)
            why = tr("Searching…");
        else if (empty && !m_emptyHelp.isEmpty())
            why += QLatin1Char('\n') + m_emptyHelp;
        const QRect box = viewport()->rect().adjusted(measure::gapXl, measure::gapS, -measure::gapXl, -measure::gapS);
        painter.drawText(box, Qt::AlignCenter | Qt::TextWordWrap, why);
    }
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(tokens().accent, 1.5));
        painter.drawRoundedRect(QRectF(viewport()->rect()).adjusted(1.5, 1.5, -1.5, -1.5), 5, 5);
    }
}

QList<KeyHint> LogView::keyHints() {
    return {{tr("e"), tr("Next error")},
            {tr("E"), tr("Error before")},
            {tr("n"), tr("Next match")},
            {tr("N"), tr("Match before")},
            {tr("End"), tr("Go to the newest line and follow")},
            {tr("Shift ↓"), tr("Select lines")},
            {tr("Ctrl C"), tr("Copy the selected lines")}};
}

void LogView::keyPressEvent(QKeyEvent *event) {
    const bool extend = event->modifiers() & Qt::ShiftModifier;
    if (event->matches(QKeySequence::Copy)) {
        if (m_current >= 0)
            QGuiApplication::clipboard()->setText(selectedText());
        return;
    }
    if (event->matches(QKeySequence::SelectAll)) {
        if (rowCount() > 0) {
            m_anchor = lineAtRow(0);
            m_current = lineAtRow(rowCount() - 1);
            viewport()->update();
        }
        return;
    }
    if (event->text() == QLatin1String("/")) {
        Q_EMIT findRequested();
        return;
    }
    if (event->modifiers() & (Qt::AltModifier | Qt::MetaModifier)) {
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    switch (event->key()) {
    case Qt::Key_Up:
        moveCurrent(-1, extend);
        break;
    case Qt::Key_Down:
        moveCurrent(1, extend);
        break;
    case Qt::Key_PageUp:
        m_scrollBar->triggerAction(QAbstractSlider::SliderPageStepSub);
        break;
    case Qt::Key_PageDown:
        m_scrollBar->triggerAction(QAbstractSlider::SliderPageStepAdd);
        break;
    case Qt::Key_Home:
        m_scrollBar->setValue(0);
        break;
    case Qt::Key_End:
        setFollowing(true);
        break;
    case Qt::Key_N:
        findNext(extend || event->text() == QLatin1String("N"));
        break;
    case Qt::Key_E:
        errorNext(extend || event->text() == QLatin1String("E"));
        break;
    case Qt::Key_Escape:
        if (m_current < 0) {
            event->ignore();
            return;
        }
        select(-1, false, false);
        break;
    default:
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    event->accept();
}

void LogView::mousePressEvent(QMouseEvent *event) {
    const int line = lineAtRow(rowAtY(event->position().y()));
    if (event->button() == Qt::LeftButton && line >= 0)
        select(line, event->modifiers() & Qt::ShiftModifier, true);
}

void LogView::mouseMoveEvent(QMouseEvent *event) {
    if (!(event->buttons() & Qt::LeftButton) || rowCount() == 0 || m_anchor < 0)
        return;
    const int line = lineAtRow(std::clamp(rowAtY(event->position().y()), 0, rowCount() - 1));
    if (line != m_current)
        select(line, true, false);
}

bool LogView::viewportEvent(QEvent *event) {
    if (event->type() != QEvent::ToolTip)
        return QAbstractScrollArea::viewportEvent(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    const int number = lineAtRow(rowAtY(help->pos().y()));
    QStringList texts;
    if (number >= 0) {
        const query::LogLine &line = m_document.at(static_cast<std::size_t>(number));
        if (line.certainty == ingest::Certainty::Likely)
            texts << tr("Probably of this run: the only one whose current step has this class.");
        if (line.certainty == ingest::Certainty::Possible)
            texts << tr("Possibly of this run: several were running, and this one wrote last.");
        if (line.time && help->pos().x() < kLeft + m_timeWidth)
            texts << moment(line.time, displayZone(), m_resolution);
    }
    if (texts.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), plainToolTip(texts.join(QLatin1Char('\n'))), viewport());
    return true;
}

void LogView::resizeEvent(QResizeEvent *event) {
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBars(m_following);
    updatePill();
}

void LogView::changeEvent(QEvent *event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        updateMetrics();
        updateScrollBars(m_following);
        updatePill();
        viewport()->update();
    }
}

void LogView::focusInEvent(QFocusEvent *event) {
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void LogView::focusOutEvent(QFocusEvent *event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

} // namespace ra::ui
