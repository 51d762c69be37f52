// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/document.h"
#include "ui/print/canvas.h"
#include "ui/print/flow.h"

namespace ra::ui::print {

/// A document laid out on pages of one size. The first page holds the summary, however much of it has to be left to
/// the details for that; the details begin on the second.
class Composition {
public:
    /// `paper` in points. The document and the canvas must outlive the composition.
    Composition(const report::ReportDocument &document, const QSizeF &paper, const Canvas &canvas);

    [[nodiscard]] std::size_t pageCount() const { return m_pages.size(); }
    /// Paints one page with its running head and foot.
    void paint(Canvas &canvas, std::size_t page) const;

private:
    void paintHead(Canvas &canvas, std::size_t page) const;
    void paintFoot(Canvas &canvas, std::size_t page) const;

    const report::ReportDocument &m_document;
    QSizeF m_paper;
    Fragments m_summary;
    Fragments m_details;
    std::vector<Page> m_pages;
};

} // namespace ra::ui::print
