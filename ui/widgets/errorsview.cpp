// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/errorsview.h"

#include "ui/theme/format.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/elidedlabel.h"

#include <QBoxLayout>
#include <QPainter>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTextBlock>
#include <QToolButton>

namespace ra::ui {

namespace {

constexpr std::size_t kShown = 40;

/// Text of several lines made safe line by line: the line ends stay, everything else odd becomes visible.
QString plainLines(const std::string &text) {
    QStringList lines;
    std::size_t at = 0;
    while (at <= text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string line = text.substr(at, end - at);
        if (!line.empty() && line.back() == '\r')
            line.pop_back();
        // plain() keeps one blank for a tab; tracebacks are indented by them here and there.
        std::size_t indent = 0;
        while (indent < line.size() && line[indent] == '\t')
            line.replace(indent, 1, "    "), indent += 4;
        lines << plain(line);
        at = end + 1;
    }
    while (!lines.isEmpty() && lines.last().isEmpty())
        lines.removeLast();
    return lines.join(QLatin1Char('\n'));
}

class FailedShape : public QWidget {
public:
    explicit FailedShape(QWidget *parent)
        : QWidget(parent) {
        setFixedSize(16, 16);
    }

protected:
    void paintEvent(QPaintEvent *) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        paintStatusShape(painter, QRectF(rect()).adjusted(1, 1, -1, -1), RunStatus::Failed);
    }
};

/// As high as its text, so that the view scrolls as a whole and not in each of its parts; a very long one scrolls.
class CodeBlock : public QPlainTextEdit {
public:
    CodeBlock(const QString &text, QWidget *parent)
        : QPlainTextEdit(parent) {
        setReadOnly(true);
        setUndoRedoEnabled(false);
        setLineWrapMode(QPlainTextEdit::NoWrap);
        setFont(logFont());
        setFrameShape(QFrame::NoFrame);
        setPlainText(text);
        setTabChangesFocus(true);
        setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
        const int lines = std::clamp(document()->blockCount(), 1, 24);
        const int extra = static_cast<int>(2 * document()->documentMargin()) + 14;
        setFixedHeight(lines * QFontMetrics(font()).lineSpacing() + extra);
        takeColours();
    }

protected:
    void changeEvent(QEvent *event) override {
        QPlainTextEdit::changeEvent(event);
        // Setting the palette sends this event once more, with the right colour by then.
        if (event->type() == QEvent::PaletteChange && palette().color(QPalette::Base) != tokens().window)
            takeColours();
    }
    void wheelEvent(QWheelEvent *event) override {
        if (verticalScrollBar()->maximum() > 0)
            QPlainTextEdit::wheelEvent(event);
        else
            event->ignore();
    }

private:
    void takeColours() {
        QPalette colours = palette();
        colours.setColor(QPalette::Base, tokens().window);
        colours.setColor(QPalette::Text, tokens().text);
        setPalette(colours);
    }
};

QString foldName() {
    return QStringLiteral("fold");
}

} // namespace

ErrorsView::ErrorsView(QWidget *parent)
    : QScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Errors"));
    viewport()->setAutoFillBackground(false);
    m_content = new QWidget;
    m_layout = new QVBoxLayout(m_content);
    m_layout->setContentsMargins(measure::cardPadding, measure::gapS, measure::cardPadding, measure::gapM);
    m_layout->setSpacing(measure::gapM);
    m_rest = new PlainLabel(m_content);
    m_rest->setTone(PlainLabel::Tone::Secondary);
    m_rest->hide();
    m_layout->addWidget(m_rest);
    m_layout->addStretch(1);
    setWidget(m_content);
    m_content->setAutoFillBackground(false); // which setWidget() turns on: the card's surface shows
}

void ErrorsView::setEntries(const std::vector<Entry> &entries) {
    if (entries == m_entries)
        return;
    const std::size_t shown = std::min(entries.size(), kShown);
    while (m_widgets.size() > shown) {
        delete m_widgets.back();
        m_widgets.pop_back();
    }
    for (std::size_t i = 0; i < shown; ++i) {
        bool open = i == 0; // the first one is what everyone looks for
        if (i < m_widgets.size()) {
            if (m_entries[i] == entries[i])
                continue;
            if (const auto *fold = m_widgets[i]->findChild<QToolButton *>(foldName()))
                open = fold->isChecked();
            delete m_widgets[i];
            m_widgets.erase(m_widgets.begin() + static_cast<std::ptrdiff_t>(i));
        }
        QWidget *widget = makeEntry(entries[i], open);
        m_layout->insertWidget(static_cast<int>(i), widget);
        m_widgets.insert(m_widgets.begin() + static_cast<std::ptrdiff_t>(i), widget);
    }
    m_rest->setText(tr("%n more, all in the log", nullptr, static_cast<int>(entries.size() - shown)));
    m_rest->setVisible(entries.size() > shown);
    m_entries = entries;
}

QWidget *ErrorsView::makeEntry(const Entry &entry, bool open) {
    auto *widget = new QWidget(m_content);
    auto *layout = new QVBoxLayout(widget);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(measure::gapXs);

    auto *head = new QHBoxLayout;
    head->setSpacing(measure::gapS);
    head->addWidget(new FailedShape(widget));
    // Its module leaves no room for where it happened; the tool tip and the traceback have it.
    auto *type = new PlainLabel(
        entry.type.isEmpty() ? tr("Error") : entry.type.mid(entry.type.lastIndexOf(QLatin1Char('.')) + 1), widget);
    type->setToolTip(plainToolTip(entry.type));
    type->setFont(cardHeaderFont());
    head->addWidget(type);
    auto *place = new ElidedLabel(entry.place, widget);
    place->setTone(PlainLabel::Tone::Secondary);
    head->addWidget(place, 1);
    if (entry.step >= 0) {
        auto *go = new QToolButton(widget);
        go->setAutoRaise(true);
        go->setIcon(icon(QStringLiteral("timeline")));
        go->setToolTip(tr("Show the step"));
        go->setAccessibleName(tr("Show the step %1").arg(entry.place));
        connect(go, &QToolButton::clicked, this, [this, step = entry.step] { Q_EMIT stepActivated(step); });
        head->addWidget(go);
    }
    layout->addLayout(head);

    if (!entry.message.empty()) {
        auto *message = new PlainLabel(plainLines(entry.message.substr(0, 4000)), widget);
        message->setWordWrap(true);
        message->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        layout->addWidget(message);
    }
    if (!entry.traceback.empty()) {
        auto *fold = new QToolButton(widget);
        fold->setObjectName(foldName());
        fold->setAutoRaise(true);
        fold->setCheckable(true);
        fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        fold->setText(tr("Traceback"));
        fold->setAccessibleName(tr("Traceback of %1").arg(entry.place));
        head->insertWidget(head->count() - (entry.step >= 0 ? 1 : 0), fold);
        auto *code = new CodeBlock(plainLines(entry.traceback), widget);
        code->setAccessibleName(tr("Traceback"));
        layout->addWidget(code);
        const auto show = [fold, code](bool shown) {
            code->setVisible(shown);
            fold->setIcon(icon(shown ? QStringLiteral("up") : QStringLiteral("down")));
        };
        connect(fold, &QToolButton::toggled, code, show);
        fold->setChecked(open);
        show(open);
    }
    return widget;
}

} // namespace ra::ui
