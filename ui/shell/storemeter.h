// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

namespace ra::ui {

/// A bar of what takes how much room, with its legend below: each part is told by its place, name and size beside its
/// colour.
class StoreMeter : public QWidget {
    Q_OBJECT
public:
    struct Part {
        QString name;
        quint64 bytes = 0;
    };

    explicit StoreMeter(QWidget *parent = nullptr);

    /// At most four; those without bytes are left out.
    void setParts(const QList<Part> &parts);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    [[nodiscard]] QString legendOf(const Part &part) const;
    QList<Part> m_parts;
};

} // namespace ra::ui
