// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

namespace ra::ui {

/// A label that never takes its text for markup. Every label of the program is one of these or an ElidedLabel: text
/// that comes from logs, files and folders goes through them.
class PlainLabel : public QLabel {
    Q_OBJECT
public:
    explicit PlainLabel(QWidget *parent = nullptr);
    explicit PlainLabel(const QString &text, QWidget *parent = nullptr);

    enum class Tone { Text, Secondary, Accent, Warning, Failed };
    /// The role of the text's colour; follows the theme.
    void setTone(Tone tone);
    /// In the theme in force.
    [[nodiscard]] static QColor colorOf(Tone tone);

protected:
    void changeEvent(QEvent *event) override;

private:
    void applyTone();
    Tone m_tone = Tone::Text;
};

/// One line of plain text that gives way: elided where it does not fit, the whole of it in the tool tip then.
class ElidedLabel : public PlainLabel {
    Q_OBJECT
public:
    explicit ElidedLabel(QWidget *parent = nullptr);
    explicit ElidedLabel(const QString &text, QWidget *parent = nullptr);

    void setElideMode(Qt::TextElideMode mode);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    [[nodiscard]] QString shownText() const;
    Qt::TextElideMode m_mode = Qt::ElideRight;
};

/// Tool tips are rich text by default in Qt: this makes any text show literally, wrapped at a readable width.
[[nodiscard]] QString plainToolTip(const QString &text);

} // namespace ra::ui
