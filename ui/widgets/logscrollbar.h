// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollBar>

#include <vector>

namespace ra::ui {

/// A scroll bar with ticks where something is: errors and matches of a log.
class LogScrollBar : public QScrollBar {
    Q_OBJECT
public:
    explicit LogScrollBar(QWidget *parent = nullptr);

    /// Places from 0 (top) to 1 (bottom).
    void setTicks(std::vector<float> errors, std::vector<float> matches);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    std::vector<float> m_errors;
    std::vector<float> m_matches;
};

} // namespace ra::ui
