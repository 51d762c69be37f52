// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QBoxLayout;
class QVBoxLayout;

namespace ra::ui {

class ElidedLabel;

/// A surface with a header (title, caption, hint and actions at the right) and a body. Without title and hint there is
/// no header. The body reaches to the border, so that tables and painted views use all of it; setBodyPadding() indents
/// it.
class Card : public QFrame {
    Q_OBJECT
public:
    explicit Card(QWidget *parent = nullptr);
    explicit Card(const QString &title, QWidget *parent = nullptr);

    void setTitle(const QString &title);
    void setCaption(const QString &caption); ///< beside the title, quieter
    void setHint(const QString &hint);       ///< right-aligned, e.g. "T table"
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString caption() const;

    /// Puts a control at the right end of the header. The card takes ownership.
    void addHeaderWidget(QWidget *widget);

    /// The one widget of the body, replacing the one before (which is deleted). The card takes ownership.
    void setBody(QWidget *body);
    [[nodiscard]] QWidget *body() const { return m_body; }
    /// For bodies of several parts.
    [[nodiscard]] QVBoxLayout *bodyLayout() const { return m_bodyLayout; }
    /// Indents the body by the card's padding. Default: only the few pixels that the rounded corners take.
    void setBodyPadding(bool padded);

    /// Hides or shows the body; the header stays.
    void setCollapsed(bool collapsed);
    [[nodiscard]] bool isCollapsed() const { return m_collapsed; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void updateHeader();

    QWidget *m_header = nullptr;
    ElidedLabel *m_title = nullptr;
    ElidedLabel *m_caption = nullptr;
    ElidedLabel *m_hint = nullptr;
    QBoxLayout *m_headerLayout = nullptr;
    QWidget *m_bodyHost = nullptr;
    QVBoxLayout *m_bodyLayout = nullptr;
    QWidget *m_body = nullptr;
    bool m_padded = false;
    bool m_collapsed = false;
    bool m_hasHeaderWidgets = false;
};

} // namespace ra::ui
