// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/models/pacer.h"
#include "ui/widgets/card.h"

class QGridLayout;

namespace ra::ui {

class PlainLabel;
class StoreMeter;

/// What the store holds, what of it takes how much room, and how it grows.
class StoreCard : public Card {
    Q_OBJECT
public:
    explicit StoreCard(engine::Engine &engine, QWidget *parent = nullptr);

    /// Asks the store anew. While it can be seen, it does so by itself where runs are stored.
    void refresh();

    /// How a store grows, and when that fills the disk.
    [[nodiscard]] static QString growth(const StoreInfo &info);

private:
    PlainLabel *addRow(QGridLayout &rows, const QString &name);
    void ask();
    void showInfo(const StoreInfo &info);

    engine::Engine &m_engine;
    Pacer m_pacer;
    StoreMeter *m_meter = nullptr;
    PlainLabel *m_failed = nullptr;
    PlainLabel *m_file = nullptr;
    PlainLabel *m_runs = nullptr;
    PlainLabel *m_lines = nullptr;
    PlainLabel *m_samples = nullptr;
    PlainLabel *m_growth = nullptr;
    QWidget *m_rows = nullptr;
};

} // namespace ra::ui
