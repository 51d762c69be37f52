// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/logpanel.h"

#include "ui/theme/format.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/elidedlabel.h"
#include "ui/widgets/logview.h"

#include <QBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QToolButton>

namespace ra::ui {

namespace {

QToolButton *toolButton(const QString &iconName, const QString &name, QWidget *parent) {
    auto *button = new QToolButton(parent);
    button->setIcon(icon(iconName));
    button->setAutoRaise(true);
    button->setToolTip(name);
    button->setAccessibleName(name);
    return button;
}

} // namespace

LogPanel::LogPanel(const QString &title, QWidget *parent)
    : Card(title, parent) {
    auto *body = new QWidget(this);
    auto *layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);

    m_findBar = new QWidget(body);
    auto *bar = new QHBoxLayout(m_findBar);
    bar->setContentsMargins(measure::gapM, measure::gapXs, measure::gapS, measure::gapXs);
    bar->setSpacing(measure::gapXs);
    m_find = new QLineEdit(m_findBar);
    m_find->setPlaceholderText(tr("Find in all lines"));
    m_find->setAccessibleName(tr("Find in the log"));
    m_find->setClearButtonEnabled(true);
    m_find->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_find->installEventFilter(this);
    m_matches = new PlainLabel(m_findBar);
    m_matches->setTone(PlainLabel::Tone::Secondary);
    QToolButton *previous = toolButton(QStringLiteral("up"), tr("Previous match (N)"), m_findBar);
    QToolButton *next = toolButton(QStringLiteral("down"), tr("Next match (n)"), m_findBar);
    QToolButton *close = toolButton(QStringLiteral("close"), tr("Close (Esc)"), m_findBar);
    bar->addWidget(m_find, 1);
    bar->addWidget(m_matches);
    bar->addWidget(previous);
    bar->addWidget(next);
    bar->addWidget(close);
    m_findBar->hide();

    m_view = new LogView(body);
    layout->addWidget(m_findBar);
    layout->addWidget(m_view, 1);
    setBody(body);

    m_filter = new QLineEdit(this);
    m_filter->setPlaceholderText(tr("Filter, -exclude"));
    m_filter->setAccessibleName(tr("Filter the log"));
    m_filter->setToolTip(tr("Shows lines with all of these words; -word leaves lines out; quotes keep words together"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setFixedWidth(170);
    m_filter->addAction(icon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
    m_filter->installEventFilter(this);
    addHeaderWidget(m_filter);

    connect(m_filter, &QLineEdit::textChanged, m_view,
            [this](const QString &text) { m_view->setFilter(LogFilter::fromText(text.toStdString())); });
    connect(m_find, &QLineEdit::textChanged, m_view, &LogView::setNeedle);
    connect(m_find, &QLineEdit::returnPressed, m_view, [this] { m_view->findNext(); });
    connect(next, &QToolButton::clicked, m_view, [this] { m_view->findNext(); });
    connect(previous, &QToolButton::clicked, m_view, [this] { m_view->findNext(true); });
    connect(close, &QToolButton::clicked, this, &LogPanel::closeFind);
    connect(m_view, &LogView::findRequested, this, &LogPanel::openFind);
    connect(m_view, &LogView::scanChanged, this, [this] {
        updateCaption();
        updateMatches();
    });
    connect(m_view, &LogView::lineSelected, this, &LogPanel::updateMatches);
    connect(m_view, &LogView::followingChanged, this, &LogPanel::updateCaption);
    updateCaption();
}

void LogPanel::setNote(const QString &note) {
    m_note = note;
    updateCaption();
}

void LogPanel::setLive(bool live) {
    m_live = live;
    updateCaption();
}

void LogPanel::resizeEvent(QResizeEvent *event) {
    Card::resizeEvent(event);
    // The keys are worth their room only where the caption has enough.
    setHint(width() >= 820 ? tr("e next error · / find · End follow") : QString());
}

void LogPanel::openFind() {
    m_findBar->show();
    m_find->setFocus();
    m_find->selectAll();
    updateMatches();
}

void LogPanel::closeFind() {
    m_findBar->hide();
    m_find->clear();
    m_view->setFocus();
}

void LogPanel::focusFilter() {
    m_filter->setFocus();
    m_filter->selectAll();
}

bool LogPanel::eventFilter(QObject *watched, QEvent *event) {
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape) {
        if (watched == m_find)
            closeFind();
        else
            m_view->setFocus();
        return true;
    }
    return Card::eventFilter(watched, event);
}

void LogPanel::updateCaption() {
    const auto all = static_cast<qint64>(m_view->document().size());
    QStringList parts;
    if (m_view->rowCount() < all)
        parts << withCount(tr("%1 of %n line(s)", nullptr, static_cast<int>(all)), all).arg(count(m_view->rowCount()));
    else
        parts << withCount(tr("%n line(s)", nullptr, static_cast<int>(all)), all);
    if (const auto errors = m_view->errors().size(); errors > 0)
        parts << tr("%n errors", nullptr, static_cast<int>(errors));
    if (!m_note.isEmpty())
        parts << m_note;
    if (m_live)
        parts << (m_view->isFollowing() ? tr("following") : tr("not following"));
    setCaption(parts.join(QStringLiteral(" · ")));
}

void LogPanel::updateMatches() {
    if (!m_findBar->isVisibleTo(this))
        return;
    const std::vector<std::uint32_t> &matches = m_view->matches();
    QString text;
    if (m_view->isScanning())
        text = tr("Searching…");
    else if (m_find->text().isEmpty())
        text.clear();
    else if (matches.empty())
        text = tr("No match");
    else {
        const auto at =
            std::ranges::lower_bound(matches, static_cast<std::uint32_t>(std::max(m_view->currentLine(), 0)));
        const bool on = at != matches.end() && static_cast<int>(*at) == m_view->currentLine();
        text = on ? tr("%1 of %2").arg(count(at - matches.begin() + 1), count(static_cast<qint64>(matches.size())))
                  : tr("%n matches", nullptr, static_cast<int>(matches.size()));
    }
    m_matches->setText(text);
}

} // namespace ra::ui
