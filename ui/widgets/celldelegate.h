// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

class QTableView;

namespace ra::ui {

/// How a cell of our tables looks: quiet row lines, the selection's surface under coloured states, a frame around the
/// current cell, figures with tabular digits at the right. Always plain text.
class CellDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    enum class Tone { Text, Strong, Secondary, Figures, QuietFigures, Alarm, Code };
    explicit CellDelegate(Tone tone, QObject *parent = nullptr)
        : QStyledItemDelegate(parent)
        , m_tone(tone) {}

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

protected:
    void paintSurface(QPainter &painter, const QStyleOptionViewItem &option, const QModelIndex &index) const;
    void paintFocus(QPainter &painter, const QStyleOptionViewItem &option) const;
    static constexpr int padding = 10;

private:
    Tone m_tone;
};

/// A state by shape, colour and word. The model gives int(RunStatus) in `statusRole`.
class StateDelegate : public CellDelegate {
    Q_OBJECT
public:
    explicit StateDelegate(int statusRole, QObject *parent = nullptr)
        : CellDelegate(Tone::Text, parent)
        , m_statusRole(statusRole) {}
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    int m_statusRole;
};

/// A duration with a small bar beside it: the length is its ratio to the usual (the tick in the middle), twice that and
/// more fills it. The model gives the ratio as a double in `ratioRole`, nothing where there is none.
class DurationDelegate : public CellDelegate {
    Q_OBJECT
public:
    explicit DurationDelegate(int ratioRole, QObject *parent = nullptr)
        : CellDelegate(Tone::Figures, parent)
        , m_ratioRole(ratioRole) {}
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    int m_ratioRole;
};

/// A small square with a state's fill and shape, for grids of many runs.
class StatusSquareDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit StatusSquareDelegate(int statusRole, QObject *parent = nullptr)
        : QStyledItemDelegate(parent)
        , m_statusRole(statusRole) {}
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    int m_statusRole;
};

/// Gives a table view the look of the cards it lives in: no frame, rows of 30, no grid but row lines, whole rows
/// selected.
void styleTable(QTableView &table);

} // namespace ra::ui
