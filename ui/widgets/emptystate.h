// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace ra::ui {

/// What a view shows when it has nothing to show: why that is, what would fill it, and one button that helps.
class EmptyState : public QWidget {
    Q_OBJECT
public:
    explicit EmptyState(QWidget *parent = nullptr);

    void setIcon(const QString &iconName);
    void setReason(const QString &reason); ///< "No runs match the filter"
    void setHelp(const QString &help);     ///< what would fill it; may wrap
    /// Empty text hides the button.
    void setButton(const QString &text, const QString &iconName = {});

Q_SIGNALS:
    void buttonClicked();

private:
    QString m_iconName;
    QWidget *m_icon = nullptr;
    QLabel *m_reason = nullptr;
    QLabel *m_help = nullptr;
    QPushButton *m_button = nullptr;
};

} // namespace ra::ui
