// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/widgets/page.h"

#include <QKeySequence>

#include <functional>

namespace ra::ui {

/// One page of the program, as data: a new page is one more line in pages.cpp.
struct PageEntry {
    QString name;  ///< as in Link::page
    QString title; ///< for rail, menu and palette
    QString iconName;
    QKeySequence keys;
    enum class Place { Rail, RailBottom, Nowhere } place = Place::Rail; ///< Nowhere: reached by links only
    std::function<Page *(engine::Engine &, QWidget *)> make;
};

/// All pages in the order of the rail.
[[nodiscard]] QList<PageEntry> pageEntries();

} // namespace ra::ui
