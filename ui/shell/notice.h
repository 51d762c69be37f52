// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

namespace ra::ui {

class PlainLabel;

/// A line above the page that says something lasting about the whole window, until it is dismissed.
class Notice : public QFrame {
    Q_OBJECT
public:
    explicit Notice(QWidget *parent = nullptr);
    void tell(const QString &iconName, const QString &text);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_iconName;
    PlainLabel *m_text = nullptr;
};

} // namespace ra::ui
