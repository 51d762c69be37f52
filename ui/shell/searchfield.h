// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

namespace ra::ui {

/// The search of the top bar: a line edit with a lens, and its key on a cap while it is empty.
class SearchField : public QLineEdit {
    Q_OBJECT
public:
    explicit SearchField(QWidget *parent = nullptr);
    void setKeys(const QString &keys);

Q_SIGNALS:
    /// Escape in an empty field: back to the page.
    void left();

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QString m_keys;
};

} // namespace ra::ui
