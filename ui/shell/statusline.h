// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/live/liveboard.h"
#include "core/model/storeinfo.h"

#include <QElapsedTimer>
#include <QWidget>

#include <optional>

class QProgressBar;
class QPushButton;

namespace ra::ui {

class ElidedLabel;

/// The lowest line: at the left how live we are, or how far indexing is, with a way to stop it; at the right what the
/// store holds.
class StatusLine : public QWidget {
    Q_OBJECT
public:
    explicit StatusLine(QWidget *parent = nullptr);

    void setLive(const live::LiveSnapshot &snapshot, bool following);
    void setProgress(const Progress &progress);
    void endProgress();
    void setStore(const StoreInfo &info);
    void setReadOnly(bool readOnly);
    [[nodiscard]] bool isIndexing() const { return m_indexing; }

Q_SIGNALS:
    void cancelRequested();
    void rejectedClicked();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void measureRate(std::uint64_t done);

    ElidedLabel *m_left = nullptr;
    QProgressBar *m_bar = nullptr;
    QPushButton *m_cancel = nullptr;
    ElidedLabel *m_store = nullptr;
    QPushButton *m_rejected = nullptr;
    bool m_indexing = false;
    bool m_readOnly = false;
    enum class Light { Off, Live, Warning } m_light = Light::Off;
    QString m_liveText;

    QElapsedTimer m_rateTime;
    std::uint64_t m_rateDone = 0;
    double m_bytesPerSecond = 0;
};

/// "Following 3 sources · 212 lines/s · 8 ms behind"
[[nodiscard]] QString liveText(const live::LiveSnapshot &snapshot, bool following);
/// "1 572 runs · store 14.2 MB · +1.1 MB a day"
[[nodiscard]] QString storeText(const StoreInfo &info);

} // namespace ra::ui
