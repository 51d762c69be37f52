// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QLineEdit;
class QListView;
class QSortFilterProxyModel;
class QStringListModel;

namespace ra::ui {

/// A list to pick one from by typing: the search line filters, arrows move, Enter picks, Escape leaves.
/// Shows any text literally. Deletes itself when it closes.
class ChoicePopup : public QFrame {
    Q_OBJECT
public:
    ChoicePopup(const QStringList &choices, const QString &current, QWidget *parent);

    /// Opens below the widget, within its screen.
    void popupBelow(QWidget *anchor);

Q_SIGNALS:
    void picked(int row);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void pickCurrent();

    QStringListModel *m_model = nullptr;
    QSortFilterProxyModel *m_proxy = nullptr;
    QLineEdit *m_search = nullptr;
    QListView *m_list = nullptr;
};

} // namespace ra::ui
