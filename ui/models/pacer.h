// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <chrono>

namespace ra::ui {

/// When to ask again for what changes all the time: never while an answer is on its way, and after it only when a
/// multiple of what it took has gone by, so that a store that grew large is not asked without a pause.
class Pacer : public QObject {
    Q_OBJECT
public:
    /// `least`: the rest between two questions, however quick the answers are.
    explicit Pacer(std::chrono::milliseconds least, QObject *parent = nullptr);

    /// Something changed: due() follows after the rest, once for all that changes until then.
    void want();
    /// The same without the rest; still not while an answer is on its way.
    void wantNow();
    /// The answer to due() is there.
    void answered();

    /// The rest after an answer that took so long: four times that, at least `least`, at most a minute.
    [[nodiscard]] static std::chrono::milliseconds restAfter(std::chrono::milliseconds cost,
                                                             std::chrono::milliseconds least);

Q_SIGNALS:
    /// Ask now, and call answered() when the answer is there.
    void due();

private:
    void ask();

    std::chrono::milliseconds m_least, m_rest;
    QTimer m_timer;
    QElapsedTimer m_cost;
    bool m_asking = false;
    bool m_again = false; ///< wanted while an answer was on its way
};

} // namespace ra::ui
