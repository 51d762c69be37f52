// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/document.h"
#include "ui/print/canvas.h"
#include "ui/print/flow.h"

#include <QCoreApplication>

namespace ra::ui::print {

/// How much of a block may be shown: page 1 is one page whatever the document holds.
struct Limits {
    int rows = 1000;      ///< of timelines and tables
    int items = 1000;     ///< of failure lists
    int messageLines = 4; ///< of a failure
};

/// A block's fragments for that width in points, or nothing for a block without content. The canvas measures only; it
/// must outlive the fragments, as must the block.
[[nodiscard]] Fragments fragmentsOf(const report::Block &block, double width, const Canvas &canvas,
                                    const Limits &limits);

/// The same of each kind.
[[nodiscard]] Fragments figuresBlock(const report::Figures &block, double width, const Canvas &canvas);
[[nodiscard]] Fragments paragraphBlock(const report::Paragraph &block, double width, const Canvas &canvas);
[[nodiscard]] Fragments tableBlock(const report::Table &block, double width, const Canvas &canvas,
                                   const Limits &limits);
[[nodiscard]] Fragments timelineBlock(const report::Timeline &block, double width, const Canvas &canvas,
                                      const Limits &limits);
[[nodiscard]] Fragments outcomesBlock(const report::Outcomes &block, double width, const Canvas &canvas);
[[nodiscard]] Fragments failuresBlock(const report::Failures &block, double width, const Canvas &canvas,
                                      const Limits &limits);
[[nodiscard]] Fragments notesBlock(const report::Notes &block, double width, const Canvas &canvas);

/// A block's title with its note beside it; kept with what follows.
[[nodiscard]] Fragment headingFragment(const QString &title, const QString &note, double width, const Canvas &canvas);
/// A small remark below a block: what was left out.
[[nodiscard]] Fragments remarkFragments(const QString &text, double width, const Canvas &canvas);

/// What stands on top of page 1: title, subtitle and the conclusions in the colour of the state.
[[nodiscard]] Fragments mastheadFragments(const report::ReportDocument &document, double width, const Canvas &canvas);

/// Where the words of this room are looked up: the context "Print" of the translations.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(Print)
};

inline constexpr double blockGap = 20, lineGap = 4;

} // namespace ra::ui::print
