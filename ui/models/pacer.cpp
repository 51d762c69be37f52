// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/pacer.h"

#include <algorithm>

namespace ra::ui {

using namespace std::chrono_literals;

Pacer::Pacer(std::chrono::milliseconds least, QObject *parent)
    : QObject(parent)
    , m_least(least)
    , m_rest(least) {
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &Pacer::ask);
}

void Pacer::want() {
    if (m_asking)
        m_again = true;
    else if (!m_timer.isActive())
        m_timer.start(m_rest);
}

void Pacer::wantNow() {
    if (m_asking) {
        m_again = true;
        return;
    }
    m_timer.stop();
    ask();
}

void Pacer::ask() {
    m_asking = true;
    m_again = false;
    m_cost.start();
    Q_EMIT due();
}

void Pacer::answered() {
    m_asking = false;
    m_rest = restAfter(std::chrono::milliseconds(m_cost.elapsed()), m_least);
    if (m_again)
        want();
}

std::chrono::milliseconds Pacer::restAfter(std::chrono::milliseconds cost, std::chrono::milliseconds least) {
    return std::clamp<std::chrono::milliseconds>(4 * cost, least, std::max<std::chrono::milliseconds>(least, 1min));
}

} // namespace ra::ui
