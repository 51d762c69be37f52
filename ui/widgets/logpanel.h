// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/card.h"

class QLineEdit;

namespace ra::ui {

class LogView;
class PlainLabel;

/// A card with a log: filter in the header, find bar on "/" with the number of matches.
class LogPanel : public Card {
    Q_OBJECT
public:
    explicit LogPanel(const QString &title, QWidget *parent = nullptr);

    [[nodiscard]] LogView *view() const { return m_view; }
    /// "lines 23 to 28 of aggregate": beside the number of lines.
    void setNote(const QString &note);
    /// Whether lines still come: then the caption tells whether the view follows them.
    void setLive(bool live);

public Q_SLOTS:
    void openFind();
    void closeFind();
    void focusFilter();

protected:
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void updateCaption();
    void updateMatches();

    LogView *m_view;
    QLineEdit *m_filter;
    QWidget *m_findBar;
    QLineEdit *m_find;
    PlainLabel *m_matches;
    QString m_note;
    bool m_live = false;
};

} // namespace ra::ui
