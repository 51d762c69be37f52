// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runfilterbar.h"

#include "ui/models/timerange.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/choicepopup.h"
#include "ui/widgets/dayedit.h"
#include "ui/widgets/elidedlabel.h"
#include "ui/widgets/filterchip.h"

#include <QActionGroup>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>

namespace ra::ui {

namespace {

QStringList wordsOf(const Link &link) {
    return link.status.split(QLatin1Char(','), Qt::SkipEmptyParts);
}

QString word(RunStatus status) {
    const std::string_view text = toString(status);
    return QString::fromLatin1(text.data(), qsizetype(text.size()));
}

QIcon statusIcon(RunStatus status) {
    QIcon icon;
    for (const int ratio : {1, 2}) {
        QPixmap pixmap(16 * ratio, 16 * ratio);
        pixmap.setDevicePixelRatio(ratio);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paintStatusShape(painter, QRectF(0, 0, 16, 16), status);
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

/// A menu that stays open while states are ticked, so that several are picked in one go.
class StatusMenu : public QMenu {
public:
    using QMenu::QMenu;

protected:
    void mouseReleaseEvent(QMouseEvent *event) override {
        QAction *action = activeAction();
        if (action != nullptr && action->isCheckable() && action->isEnabled())
            action->trigger();
        else
            QMenu::mouseReleaseEvent(event);
    }
    void keyPressEvent(QKeyEvent *event) override {
        QAction *action = activeAction();
        if (event->key() == Qt::Key_Space && action != nullptr && action->isCheckable())
            action->trigger();
        else
            QMenu::keyPressEvent(event);
    }
};

} // namespace

RunFilterBar::RunFilterBar(QWidget *parent)
    : QWidget(parent) {
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(measure::gapS);
    m_range = new FilterChip(tr("Range"), this);
    m_range->setToolTip(tr("Show runs that started in a range of time"));
    m_recipe = new FilterChip(tr("Recipe"), this);
    m_recipe->setToolTip(tr("Show runs of one recipe"));
    m_status = new FilterChip(tr("Status"), this);
    m_status->setToolTip(tr("Show runs that stand or ended in some ways"));
    for (FilterChip *chip : {m_range, m_recipe, m_status})
        layout->addWidget(chip);
    connect(m_range, &FilterChip::clicked, this, &RunFilterBar::openRange);
    connect(m_recipe, &FilterChip::clicked, this, &RunFilterBar::openRecipe);
    connect(m_status, &FilterChip::clicked, this, &RunFilterBar::openStatus);
    setLink({});
}

void RunFilterBar::setLink(const Link &link) {
    m_link = link;
    const TimeRange range{link.range};
    m_range->setValue(range.displayName(), !range.isAll());
    m_recipe->setValue(link.recipe.isEmpty() ? tr("all") : plain(link.recipe.toStdString()), !link.recipe.isEmpty());
    const QStringList words = wordsOf(link);
    QString status = tr("all");
    if (words.size() == 1) {
        if (const auto one = runStatusFromString(words.first().toStdString()))
            status = displayName(*one);
    } else if (words.size() > 1) {
        status = tr("%n state(s)", nullptr, int(words.size()));
    }
    m_status->setValue(status, !words.isEmpty());
}

void RunFilterBar::change(const Link &link) {
    if (link == m_link)
        return;
    setLink(link);
    Q_EMIT linkChanged(link);
}

void RunFilterBar::openRange() {
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto *group = new QActionGroup(menu);
    const auto add = [&](const TimeRange &range) {
        QAction *action = menu->addAction(range.displayName());
        action->setCheckable(true);
        action->setChecked(range.code == m_link.range);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, range] {
            Link link = m_link;
            link.range = range.code;
            change(link);
        });
    };
    for (const TimeRange &range : TimeRange::offered())
        add(range);
    const TimeRange own{m_link.range};
    if (!own.isAll() && !TimeRange::offered().contains(own))
        add(own);
    menu->addSeparator();
    connect(menu->addAction(tr("Days…")), &QAction::triggered, this, &RunFilterBar::askForDays);
    menu->popup(m_range->mapToGlobal(QPoint(0, m_range->height() + 4)));
}

void RunFilterBar::askForDays() {
    auto *dialog = new QDialog(window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Range of days"));
    const auto [from, to] = TimeRange{m_link.range}.days();
    QDateEdit *first = makeDayEdit(from.isValid() ? from : QDate::currentDate().addDays(-6), tr("First day"), dialog);
    QDateEdit *last = makeDayEdit(to.isValid() ? to : QDate::currentDate(), tr("Last day"), dialog);
    auto *form = new QFormLayout;
    form->addRow(tr("&First day"), first);
    form->addRow(tr("&Last day"), last);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, dialog);
    auto *layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(measure::gapL, measure::gapL, measure::gapL, measure::gapL);
    layout->addLayout(form);
    layout->addSpacing(measure::gapS);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    connect(dialog, &QDialog::accepted, this, [this, first, last] {
        Link link = m_link;
        link.range = TimeRange::ofDays(first->date(), last->date()).code;
        change(link);
    });
    dialog->open();
}

void RunFilterBar::openRecipe() {
    QStringList choices{tr("All recipes")};
    choices += m_recipes;
    auto *popup = new ChoicePopup(choices, m_link.recipe, this);
    connect(popup, &ChoicePopup::picked, this, [this](int row) {
        Link link = m_link;
        link.recipe = row <= 0 || row > m_recipes.size() ? QString() : m_recipes[row - 1];
        change(link);
    });
    popup->popupBelow(m_recipe);
}

void RunFilterBar::openStatus() {
    auto *menu = new StatusMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *all = menu->addAction(tr("All states"));
    connect(all, &QAction::triggered, this, [this] {
        Link link = m_link;
        link.status.clear();
        change(link);
    });
    menu->addSeparator();
    for (int i = 0; i < runStatusCount; ++i) {
        const auto status = RunStatus(i);
        QAction *action = menu->addAction(statusIcon(status), displayName(status));
        action->setCheckable(true);
        action->setChecked(wordsOf(m_link).contains(word(status)));
        connect(action, &QAction::toggled, this, [this, status](bool on) {
            QStringList words = wordsOf(m_link);
            if (on)
                words << word(status);
            else
                words.removeAll(word(status));
            Link link = m_link;
            link.status = words.join(QLatin1Char(','));
            change(link);
        });
    }
    menu->popup(m_status->mapToGlobal(QPoint(0, m_status->height() + 4)));
}

} // namespace ra::ui
