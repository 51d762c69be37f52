// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/stepsmodel.h"

#include <QTableView>

class QSortFilterProxyModel;

namespace ra::ui {

/// The steps of a run as a table that sorts: the timeline's twin. With little room it shows step, time and change only.
/// Rows in this interface are those of the model, whatever the order on the screen.
class StepsTable : public QTableView {
    Q_OBJECT
public:
    explicit StepsTable(StepsModel *model, QWidget *parent = nullptr);

    [[nodiscard]] int currentStep() const;
    /// Selects a step; -1 for none. Does not signal.
    void setCurrentStep(int step);

Q_SIGNALS:
    void stepSelected(int step);
    void stepOpened(int step);

protected:
    void resizeEvent(QResizeEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void arrangeColumns();

    StepsModel *m_model;
    QSortFilterProxyModel *m_proxy;
    bool m_setting = false;
};

} // namespace ra::ui
