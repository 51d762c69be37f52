// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace ra::ui {

/// A button of the filter bar: what it narrows, by what, and a chevron: "Recipe  all". The owner opens the choice when
/// it is clicked. A value other than the default is marked by the accent.
class FilterChip : public QAbstractButton {
    Q_OBJECT
public:
    explicit FilterChip(const QString &label, QWidget *parent = nullptr);

    void setValue(const QString &value, bool narrows);
    [[nodiscard]] QString value() const { return m_value; }
    /// Longer values are elided; default 160.
    void setWidestValue(int width);
    /// A chip without a chevron tells rather than asks.
    void setChevron(bool shown);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    [[nodiscard]] QString shownValue() const;

    QString m_label, m_value;
    bool m_narrows = false;
    bool m_chevron = true;
    int m_widest = 160;
};

} // namespace ra::ui
