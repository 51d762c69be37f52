// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/statusline.h"

#include "ui/theme/format.h"
#include "ui/theme/stylepaint.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/elidedlabel.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>

namespace ra::ui {

namespace {

/// A flat button in the size of the line's text, underlined when reached.
class LineButton : public QPushButton {
public:
    using QPushButton::QPushButton;
    QSize sizeHint() const override {
        return {QFontMetrics(captionFont()).horizontalAdvance(text()) + 2, QFontMetrics(captionFont()).height()};
    }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *) override {
        QPainter painter(this);
        QFont font = captionFont();
        font.setUnderline(isEnabled() && (underMouse() || hasFocus()));
        painter.setFont(font);
        painter.setPen(property("alarm").toBool() ? warningColors().line : tokens().textSecondary);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextSingleLine, text());
    }
};

} // namespace

QString liveText(const live::LiveSnapshot &snapshot, bool following) {
    if (!following)
        return StatusLine::tr("Not following any folder");
    QString text = withCount(StatusLine::tr("Following %n source(s)", nullptr, snapshot.sources), snapshot.sources);
    const qint64 rate = qRound64(snapshot.linesPerSecond);
    text += withCount(StatusLine::tr(" · %n line(s)/s", nullptr, int(rate)), rate);
    if (snapshot.linesPerSecond > 0)
        text += StatusLine::tr(" · %1 behind").arg(duration(snapshot.lag));
    return text;
}

QString storeText(const StoreInfo &info) {
    QString text = withCount(StatusLine::tr("%n run(s)", nullptr, int(info.runs)), qint64(info.runs));
    text += StatusLine::tr(" · store %1").arg(bytes(info.bytes));
    if (info.growthBytesPerDay >= 1)
        text += StatusLine::tr(" · +%1 a day").arg(bytes(quint64(info.growthBytesPerDay)));
    return text;
}

StatusLine::StatusLine(QWidget *parent)
    : QWidget(parent) {
    setFixedHeight(measure::statusBar);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(28, 1, measure::gapS, 0);
    layout->setSpacing(measure::gapXs);
    const auto label = [this](const QString &name) {
        auto *made = new ElidedLabel(this);
        made->setFont(captionFont());
        made->setTone(PlainLabel::Tone::Secondary);
        made->setObjectName(name);
        return made;
    };
    m_left = label(QStringLiteral("liveText"));
    m_left->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed); // it gives way to what the store holds
    m_bar = new QProgressBar(this);
    m_bar->setTextVisible(false);
    m_bar->setFixedSize(140, 12);
    m_bar->setAccessibleName(tr("Progress of indexing"));
    m_cancel = new LineButton(tr("Cancel"), this);
    m_cancel->setToolTip(tr("Stop indexing; what was read is kept"));
    m_cancel->setFocusPolicy(Qt::TabFocus);
    m_store = label(QStringLiteral("storeText"));
    m_store->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_rejected = new LineButton(this);
    m_rejected->setFocusPolicy(Qt::TabFocus);
    m_rejected->setCursor(Qt::PointingHandCursor);
    m_rejected->setObjectName(QStringLiteral("rejected"));
    m_rejected->setToolTip(tr("Lines that could not be read, with their reason"));
    layout->addWidget(m_left, 1);
    layout->addWidget(m_bar);
    layout->addWidget(m_cancel);
    layout->addSpacing(measure::gapM);
    layout->addWidget(m_store);
    layout->addWidget(m_rejected);
    m_bar->hide();
    m_cancel->hide();
    m_rejected->hide();
    connect(m_cancel, &QPushButton::clicked, this, &StatusLine::cancelRequested);
    connect(m_rejected, &QPushButton::clicked, this, &StatusLine::rejectedClicked);
}

void StatusLine::setLive(const live::LiveSnapshot &snapshot, bool following) {
    m_liveText = snapshot.notice.empty()
                     ? liveText(snapshot, following)
                     : liveText(snapshot, following) + QStringLiteral(" · ") + plain(snapshot.notice);
    const Light light = !snapshot.notice.empty() ? Light::Warning : (following ? Light::Live : Light::Off);
    if (light != m_light) {
        m_light = light;
        update();
    }
    if (!m_indexing && m_left->text() != m_liveText)
        m_left->setText(m_liveText);
}

void StatusLine::measureRate(std::uint64_t done) {
    if (!m_rateTime.isValid() || done < m_rateDone) {
        m_rateTime.start();
        m_rateDone = done;
        m_bytesPerSecond = 0;
        return;
    }
    const qint64 ms = m_rateTime.elapsed();
    if (ms < 250)
        return;
    const double now = double(done - m_rateDone) * 1000 / double(ms);
    m_bytesPerSecond = m_bytesPerSecond <= 0 ? now : 0.7 * m_bytesPerSecond + 0.3 * now;
    m_rateTime.restart();
    m_rateDone = done;
}

void StatusLine::setProgress(const Progress &progress) {
    if (progress.total > 0 && progress.done >= progress.total) {
        endProgress();
        return;
    }
    m_indexing = true;
    measureRate(progress.done);
    QString text = progress.item.empty() ? tr("Indexing") : tr("Indexing %1").arg(plain(progress.item));
    if (progress.total > 0) {
        m_bar->setRange(0, 1000);
        m_bar->setValue(int(1000.0 * double(progress.done) / double(progress.total)));
        text = tr("%1 · %2 of %3").arg(text, bytes(progress.done), bytes(progress.total));
    } else {
        m_bar->setRange(0, 0);
    }
    if (m_bytesPerSecond > 0) {
        text += tr(" · %1/s").arg(bytes(quint64(m_bytesPerSecond)));
        if (progress.total > 0)
            text += tr(" · %1 left")
                        .arg(duration(durationFromSeconds(double(progress.total - progress.done) / m_bytesPerSecond)));
    }
    m_left->setText(text);
    m_bar->show();
    m_cancel->show();
    update();
}

void StatusLine::endProgress() {
    m_indexing = false;
    m_rateTime.invalidate();
    m_bar->hide();
    m_cancel->hide();
    m_left->setText(m_liveText);
    update();
}

void StatusLine::setStore(const StoreInfo &info) {
    m_store->setText((m_readOnly ? tr("%1 · read-only").arg(storeText(info)) : storeText(info)) + QStringLiteral(" ·"));
    const QString rejected = withCount(tr("%n rejected line(s)", nullptr, int(info.rejected)), qint64(info.rejected));
    m_rejected->setText(rejected);
    m_rejected->setAccessibleName(rejected);
    m_rejected->setEnabled(info.rejected > 0);
    m_rejected->setProperty("alarm", info.rejected > 0);
    m_rejected->show();
    m_rejected->updateGeometry();
    m_rejected->update();
}

void StatusLine::setReadOnly(bool readOnly) {
    m_readOnly = readOnly;
}

void StatusLine::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    const Tokens &t = tokens();
    painter.fillRect(rect(), t.surface);
    painter.fillRect(QRect(0, 0, width(), 1), t.border);
    // The light tells by shape too: a disc while following, a ring when not, a half disc when something is amiss.
    const QRectF mark(measure::gapM - 1, (height() - 11) / 2.0, 12, 12);
    if (m_indexing)
        paintStatusShape(painter, mark, RunStatus::Running);
    else if (m_light == Light::Live)
        paintStatusShape(painter, mark, RunStatus::Completed);
    else if (m_light == Light::Warning)
        paintStatusShape(painter, mark, RunStatus::Partial);
    else
        paintStatusShape(painter, mark, StepStatus::NotReached);
}

} // namespace ra::ui
