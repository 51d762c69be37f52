// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/welcomepage.h"
#include "ui/models/whenfinished.h"

#include "ui/theme/stylepaint.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/card.h"
#include "ui/widgets/elidedlabel.h"

#include <QCoreApplication>
#include <QDir>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace ra::ui {

namespace {

/// A folder to pick: icon, path, why it is offered.
class FolderButton : public QAbstractButton {
    Q_DECLARE_TR_FUNCTIONS(FolderButton) // without a meta-object tr() would look among Qt's own words
public:
    FolderButton(const QString &path, const QString &why, QWidget *parent)
        : QAbstractButton(parent)
        , m_why(why) {
        setText(QDir::toNativeSeparators(path));
        setAccessibleName(tr("%1, %2", "folder, why").arg(path, why));
        setToolTip(plainToolTip(path));
        setAttribute(Qt::WA_Hover);
        setFocusPolicy(Qt::StrongFocus);
        setCursor(Qt::PointingHandCursor);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }
    QSize sizeHint() const override { return {300, 38}; }

protected:
    void paintEvent(QPaintEvent *) override {
        QPainter painter(this);
        const Tokens &t = tokens();
        if (underMouse())
            painter.fillRect(rect(), t.raised);
        painter.fillRect(QRect(0, height() - 1, width(), 1), t.grid);
        if (hasFocus())
            paint::focusFrame(painter, rect().adjusted(2, 1, -2, -2), 6);
        ra::ui::icon(QStringLiteral("folder")).paint(&painter, QRect(14, (height() - 18) / 2, 18, 18));
        painter.setPen(t.textSecondary);
        painter.setFont(captionFont());
        const int whyWidth = painter.fontMetrics().horizontalAdvance(m_why);
        painter.drawText(rect().adjusted(0, 0, -14, 0), Qt::AlignRight | Qt::AlignVCenter, m_why);
        painter.setPen(t.text);
        painter.setFont(font());
        const QRect room = rect().adjusted(44, 0, -28 - whyWidth, 0);
        painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         fontMetrics().elidedText(text(), Qt::ElideMiddle, room.width()));
    }

private:
    QString m_why;
};

/// One line of what will happen, with its icon.
QWidget *fact(const QString &iconName, const QString &text, QWidget *parent) {
    auto *row = new QWidget(parent);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(measure::gapM);
    auto *mark = new QPushButton(icon(iconName), QString(), row); // flat and dead: an icon that follows the theme
    mark->setFlat(true);
    mark->setFixedSize(20, 20);
    mark->setFocusPolicy(Qt::NoFocus);
    mark->setAttribute(Qt::WA_TransparentForMouseEvents);
    layout->addWidget(mark, 0, Qt::AlignTop);
    auto *label = new PlainLabel(text, row);
    label->setWordWrap(true);
    layout->addWidget(label, 1);
    return row;
}

} // namespace

QStringList likelyLogFolders(const QString &workingFolder, const QString &home) {
    QStringList found;
    const auto look = [&](const QString &base, const char *name) {
        const QFileInfo info(base + QLatin1Char('/') + QLatin1String(name));
        const QString path = info.canonicalFilePath();
        if (info.isDir() && info.isReadable() && !path.isEmpty() && !found.contains(path))
            found << path;
    };
    look(workingFolder, "logs");
    for (const char *name : {"framework0/logs", "Framework0/logs", "framework0", "Framework0", "logs"})
        look(home, name);
    return found;
}

WelcomePage::WelcomePage(const QString &storePath, QWidget *parent)
    : Page(parent) {
    auto *start = new Card(this);
    start->setBodyPadding(true);
    QVBoxLayout *body = start->bodyLayout();
    body->setContentsMargins(measure::gapXl, measure::gapXl, measure::gapXl, measure::gapXl);
    body->setSpacing(measure::gapM);
    auto *headline = new PlainLabel(tr("Where does Framework0 run?"), start);
    headline->setFont(pageTitleFont());
    body->addWidget(headline);
    auto *lead = new PlainLabel(tr("Choose the folder below which recipes write their logs and results."), start);
    lead->setTone(PlainLabel::Tone::Secondary);
    lead->setWordWrap(true);
    body->addWidget(lead);
    body->addSpacing(measure::gapXs);
    body->addWidget(fact(QStringLiteral("search"),
                         tr("Every log, result, metrics and recipe file below it is found by its content, also rotated "
                            "and compressed ones, and indexed once."),
                         start));
    body->addWidget(
        fact(QStringLiteral("follow"), tr("Then the files are followed: what runs shows here while it runs."), start));
    body->addWidget(fact(QStringLiteral("lock"),
                         tr("Nothing in the folder is changed, and nothing leaves this computer. What was read is kept "
                            "in %1.")
                             .arg(QDir::toNativeSeparators(storePath)),
                         start));
    body->addSpacing(measure::gapS);
    auto *choose = new QPushButton(tr("Choose a folder…"), start);
    choose->setDefault(true);
    choose->setAutoDefault(true);
    choose->setMinimumHeight(32);
    choose->setToolTip(tr("Choose the folder to index and follow"));
    choose->setObjectName(QStringLiteral("chooseFolder"));
    body->addWidget(choose, 0, Qt::AlignLeft);
    connect(choose, &QPushButton::clicked, this, &WelcomePage::chooseFolder);

    auto *offers = new Card(tr("Or one of these"), this);
    auto *list = new QWidget(offers);
    m_choices = new QVBoxLayout(list);
    m_choices->setContentsMargins(0, 0, 0, 0);
    m_choices->setSpacing(0);
    offers->setBody(list);
    offers->setObjectName(QStringLiteral("offers"));
    offers->hide();

    auto *column = new QVBoxLayout;
    column->setSpacing(measure::gapM);
    column->addStretch(1);
    column->addWidget(start);
    column->addWidget(offers);
    column->addStretch(2);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addStretch(1);
    layout->addLayout(column, 6);
    layout->addStretch(1);
    start->setMaximumWidth(720);
    offers->setMaximumWidth(720);
}

QString WelcomePage::title() const {
    return tr("Welcome");
}

QString WelcomePage::context() const {
    return tr("no folder is followed yet");
}

void WelcomePage::open(const Link &) {
    look();
}

Link WelcomePage::link() const {
    Link link;
    link.page = QStringLiteral("welcome");
    return link;
}

void WelcomePage::setRecent(const QStringList &folders) {
    m_recent = folders;
    showChoices();
}

void WelcomePage::look() {
    // A home on a sleeping network drive may take its time.
    const auto looked =
        inBackground([here = QDir::currentPath(), home = QDir::homePath()] { return likelyLogFolders(here, home); });
    whenFinished(looked, this, [this](const QStringList &found) {
        m_guesses = found;
        showChoices();
    });
}

void WelcomePage::showChoices() {
    while (QLayoutItem *item = m_choices->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    QStringList shown;
    const auto offer = [&](const QString &folder, const QString &why) {
        if (shown.contains(folder))
            return;
        shown << folder;
        auto *button = new FolderButton(folder, why, m_choices->parentWidget());
        connect(button, &QAbstractButton::clicked, this, [this, folder] { Q_EMIT folderChosen(folder); });
        m_choices->addWidget(button);
    };
    for (const QString &folder : std::as_const(m_recent))
        offer(folder, tr("recent"));
    for (const QString &folder : std::as_const(m_guesses))
        offer(folder, tr("found here"));
    findChild<Card *>(QStringLiteral("offers"))->setVisible(!shown.isEmpty());
}

} // namespace ra::ui
