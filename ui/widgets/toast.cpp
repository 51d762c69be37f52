// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/toast.h"

#include "ui/theme/stylepaint.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/elidedlabel.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QPushButton>

namespace ra::ui {

using namespace std::chrono_literals;

Toast::Toast(QWidget *parent)
    : QFrame(parent) {
    hide();
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(36, measure::gapS, measure::gapS, measure::gapS);
    layout->setSpacing(measure::gapM);
    m_text = new PlainLabel(this);
    m_text->setWordWrap(true);
    layout->addWidget(m_text, 1);
    m_undoButton = new QPushButton(tr("Undo"), this);
    m_undoButton->setToolTip(tr("Take this back"));
    layout->addWidget(m_undoButton);
    auto *close = new QPushButton(icon(QStringLiteral("close")), QString(), this);
    close->setFlat(true);
    close->setFixedSize(28, 28);
    close->setToolTip(tr("Close this message"));
    close->setAccessibleName(tr("Close this message"));
    layout->addWidget(close);
    connect(close, &QPushButton::clicked, this, &QWidget::hide);
    connect(m_undoButton, &QPushButton::clicked, this, [this] {
        hide();
        if (const auto undo = std::exchange(m_undo, {}))
            undo();
    });
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        if (!underMouse() && !isAncestorOf(QWidget::window()->focusWidget()))
            hide();
        else
            m_timer.start(2s);
    });
    parent->installEventFilter(this);
}

void Toast::show(const QString &message) {
    show(message, {});
}

void Toast::show(const QString &message, std::function<void()> undo) {
    m_undo = std::move(undo);
    m_failure = false;
    present(message, m_undo ? 10s : 5s);
}

void Toast::showFailure(const QString &message) {
    m_undo = {};
    m_failure = true;
    present(message, 15s);
}

void Toast::present(const QString &message, std::chrono::milliseconds stay) {
    m_text->setText(message);
    m_undoButton->setVisible(bool(m_undo));
    setAccessibleName(message);
    place();
    QFrame::show();
    raise();
    m_timer.start(stay);
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void Toast::place() {
    const QSize room = parentWidget()->size();
    const int widest = std::max(240, std::min(560, room.width() - 48));
    const QFontMetrics metrics(m_text->font());
    const int wanted = metrics.horizontalAdvance(m_text->text()) + 36 + 28 + 3 * measure::gapM +
                       (m_undo ? m_undoButton->sizeHint().width() + measure::gapM : 0);
    const int width = std::clamp(wanted, 240, widest);
    setFixedWidth(width);
    layout()->activate();
    const int height =
        std::max(44, layout()->hasHeightForWidth() ? layout()->heightForWidth(width) : sizeHint().height());
    setGeometry((room.width() - width) / 2, room.height() - height - measure::statusBar - measure::gapL, width, height);
}

void Toast::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    const Tokens &t = tokens();
    paint::box(painter, rect(), t.raised, t.borderStrong, measure::cardRadius);
    const QRectF mark(measure::gapM, (height() - 16) / 2.0, 16, 16);
    if (m_failure)
        paintStatusShape(painter, mark, RunStatus::Failed);
    else
        icon(QStringLiteral("info")).paint(&painter, mark.toRect());
}

bool Toast::eventFilter(QObject *watched, QEvent *event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible())
        place();
    return QFrame::eventFilter(watched, event);
}

void Toast::enterEvent(QEnterEvent *event) {
    m_timer.stop();
    QFrame::enterEvent(event);
}

void Toast::leaveEvent(QEvent *event) {
    m_timer.start(3s);
    QFrame::leaveEvent(event);
}

void Toast::keyPressEvent(QKeyEvent *event) {
    if (event->key() == Qt::Key_Escape)
        hide();
    else
        QFrame::keyPressEvent(event);
}

} // namespace ra::ui
