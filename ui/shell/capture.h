// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/engine/engine.h"

#include <QString>

#include <functional>

namespace ra::ui {

class MainWindow;

/// Renders every page, light and dark, at 1280x800 and 2560x1440, into PNGs "<page>-<theme>-<width>x<height>.png" below
/// dir. Returns at once; works through the pictures on the event loop, giving each page time to read what it shows, and
/// calls `done` at the end. Window, engine and folder must live until then. The stored settings are not touched.
void capture(engine::Engine &engine, MainWindow &window, const QString &dir, std::function<void(Result<void>)> done);

} // namespace ra::ui
