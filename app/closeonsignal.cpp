// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/closeonsignal.h"

#include <QApplication>

namespace ra::app {

std::unique_ptr<QTimer> closeOnSignal(QWidget &window, const std::stop_token &stop) {
    auto timer = std::make_unique<QTimer>();
    QObject::connect(timer.get(), &QTimer::timeout, &window, [&window, stop] {
        if (!stop.stop_requested())
            return;
        window.close();
        QApplication::quit(); // a window that was never shown ends nothing by closing
    });
    timer->start(200);
    return timer;
}

} // namespace ra::app
