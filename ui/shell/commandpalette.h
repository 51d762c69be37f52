// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/actionregistry.h"
#include "ui/widgets/link.h"

#include <QAbstractListModel>
#include <QFrame>
#include <QPointer>

class QLineEdit;
class QListView;

namespace ra::ui {

/// What the palette offers for what is typed: actions by fuzzy match, best first, then a link or a search.
class PaletteModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Roles { KeysRole = Qt::UserRole, GroupRole, PositionsRole };

    explicit PaletteModel(QList<ActionRegistry::Entry> entries, QObject *parent = nullptr);

    void setPattern(const QString &pattern);
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

    /// Exactly one of them, by kind of row.
    [[nodiscard]] QAction *actionAt(int row) const;
    [[nodiscard]] std::optional<Link> linkAt(int row) const;

private:
    struct Row {
        QPointer<QAction> action;
        std::optional<Link> link;
        QString text, group;
        QList<int> positions;
        int score = 0;
    };
    QList<ActionRegistry::Entry> m_entries;
    QList<Row> m_rows;
};

/// Type to find any action, arrows to choose, Enter to do it. Also takes a link of ours, and offers to search the runs.
class CommandPalette : public QFrame {
    Q_OBJECT
public:
    CommandPalette(const QList<ActionRegistry::Entry> &entries, QWidget *window);
    void popup();
    [[nodiscard]] QLineEdit *field() const { return m_field; }
    [[nodiscard]] PaletteModel *model() const { return m_model; }

Q_SIGNALS:
    void navigate(const ra::ui::Link &link);

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void run(int row);
    void fitRows();
    int m_tallest = 430;

    PaletteModel *m_model = nullptr;
    QLineEdit *m_field = nullptr;
    QListView *m_list = nullptr;
};

} // namespace ra::ui
