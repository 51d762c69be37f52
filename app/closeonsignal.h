// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

#include <memory>
#include <stop_token>

namespace ra::app {

/// Ctrl-C in the terminal, or the end of the session, closes the window and the program in an orderly way for as long
/// as the timer that this gives lives.
[[nodiscard]] std::unique_ptr<QTimer> closeOnSignal(QWidget &window, const std::stop_token &stop);

} // namespace ra::app
