// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/elidedlabel.h"

#include "core/model/run.h"

#include <QFrame>

#include <optional>

namespace ra::ui {

/// A card with one headline figure: what it is, the figure with its unit, and what it compares with.
class Kpi : public QFrame {
    Q_OBJECT
public:
    explicit Kpi(QWidget *parent = nullptr);
    explicit Kpi(const QString &label, QWidget *parent = nullptr);

    void setLabel(const QString &label);
    /// "1 m 35.9" and "s". The unit may carry an interval: "s [41.2, 43.4]".
    void setFigure(const QString &figure, const QString &unit = {});
    /// "8 of 10 steps · 1 failed"; the tone says whether it is good news.
    void setComparison(const QString &text, PlainLabel::Tone tone = PlainLabel::Tone::Secondary);
    /// Shows a state in place of a number: its shape before the figure, its colour on both.
    void setStatus(std::optional<RunStatus> status);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool event(QEvent *event) override;

private:
    void describe();
    [[nodiscard]] QRectF contentRect() const;

    QString m_label, m_figure, m_unit, m_comparison;
    PlainLabel::Tone m_tone = PlainLabel::Tone::Secondary;
    std::optional<RunStatus> m_status;
};

} // namespace ra::ui
