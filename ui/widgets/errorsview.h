// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>

#include <string>
#include <vector>

class QVBoxLayout;

namespace ra::ui {

class PlainLabel;

/// Failures one below the other: what was raised, where, its message, and the traceback as it stands in the log,
/// which can be folded away. All of it is plain text that can be selected.
class ErrorsView : public QScrollArea {
    Q_OBJECT
public:
    struct Entry {
        int step = -1;         ///< the owner's; activating the place signals it
        QString place;         ///< "never_up · attempt 2 of 3"
        QString type;          ///< "ConnectionError"; may be empty
        std::string message;   ///< raw
        std::string traceback; ///< raw; may be empty
        bool operator==(const Entry &) const = default;
    };

    explicit ErrorsView(QWidget *parent = nullptr);

    /// Shows these; what is folded and scrolled stays, and so do entries that were there before. Beyond some dozens the
    /// rest is only counted.
    void setEntries(const std::vector<Entry> &entries);

Q_SIGNALS:
    void stepActivated(int step);

private:
    [[nodiscard]] QWidget *makeEntry(const Entry &entry, bool open);

    std::vector<Entry> m_entries;
    std::vector<QWidget *> m_widgets; ///< of the entries that are shown
    QWidget *m_content = nullptr;
    QVBoxLayout *m_layout = nullptr;
    PlainLabel *m_rest = nullptr; ///< how many more there are
};

} // namespace ra::ui
