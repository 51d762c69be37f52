// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/print/composition.h"

#include "ui/print/blocks.h"

#include <algorithm>

namespace ra::ui::print {

namespace {

constexpr double side = 48, headBaseline = 34, bodyTop = 58, footTop = 36; // points from the paper's edges

Fragments summaryOf(const report::ReportDocument &document, double width, const Canvas &canvas, const Limits &limits) {
    Fragments fragments = mastheadFragments(document, width, canvas);
    for (const report::Block &block : document.summary) {
        for (Fragment &fragment : fragmentsOf(block, width, canvas, limits))
            fragments.push_back(std::move(fragment));
    }
    return fragments;
}

/// The summary on one page: rows and failures are left to the details, the least important first, until it fits.
Fragments fittingSummary(const report::ReportDocument &document, const QSizeF &area, const Canvas &canvas) {
    Fragments fragments;
    for (int rows = 24; rows >= 1; --rows) {
        const int items = rows >= 6 ? 3 : rows >= 3 ? 2 : 1;
        fragments = summaryOf(document, area.width(), canvas,
                              {.rows = rows, .items = items, .messageLines = rows >= 6 ? 2 : 1});
        if (heightOf(fragments) <= area.height())
            break;
    }
    return fragments;
}

} // namespace

Composition::Composition(const report::ReportDocument &document, const QSizeF &paper, const Canvas &canvas)
    : m_document(document)
    , m_paper(paper) {
    const QRectF area(side, bodyTop, paper.width() - 2 * side, paper.height() - bodyTop - footTop - 22);
    m_summary = fittingSummary(document, area.size(), canvas);
    for (const report::Block &block : document.details) {
        for (Fragment &fragment : fragmentsOf(block, area.width(), canvas, {}))
            m_details.push_back(std::move(fragment));
    }
    m_pages = flow(m_summary, area);
    for (Page &page : flow(m_details, area))
        m_pages.push_back(std::move(page));
}

void Composition::paint(Canvas &canvas, std::size_t page) const {
    paintHead(canvas, page);
    for (const Placed &placed : m_pages[page]) {
        if (placed.fragment->paint)
            placed.fragment->paint(canvas, placed.rect);
    }
    paintFoot(canvas, page);
}

void Composition::paintHead(Canvas &canvas, std::size_t page) const {
    const Tokens &colors = lightTokens();
    const double width = m_paper.width() - 2 * side;
    if (page == 0) {
        // A short bar in the accent colour and the kind of the document; the title below says the rest.
        canvas.box({side, headBaseline - 7.2, 14, 7.2}, colors.accent);
        canvas.onBaseline(side + 20, headBaseline, Type::CaptionStrong, colors.textSecondary,
                          m_document.kind == QLatin1String("run") ? Words::tr("Run report")
                                                                  : Words::tr("Period report"));
        return;
    }
    const QString title = canvas.elided(Type::CaptionStrong, m_document.title, width * 0.4);
    const double end = canvas.onBaseline(side, headBaseline, Type::CaptionStrong, colors.text, title);
    canvas.onBaseline(end + 8, headBaseline, Type::Caption, colors.textSecondary,
                      canvas.elided(Type::Caption, m_document.subtitle, side + width - end - 8));
    canvas.line({side, headBaseline + 6}, {side + width, headBaseline + 6}, colors.border, 0.6);
}

void Composition::paintFoot(Canvas &canvas, std::size_t page) const {
    const Tokens &colors = lightTokens();
    const double width = m_paper.width() - 2 * side;
    const double top = m_paper.height() - footTop;
    canvas.line({side, top - 6}, {side + width, top - 6}, colors.border, 0.6);
    const QRectF line(side, top - 3, width, canvas.lineHeight(Type::Caption));
    const QString number = Words::tr("Page %1 of %2").arg(page + 1).arg(m_pages.size());
    const double room = width - canvas.width(Type::Caption, number) - 12;
    canvas.text(
        line, Type::Caption, colors.textSecondary,
        canvas.elided(Type::Caption, Words::tr("Recipe Analytics, generated %1").arg(m_document.generated), room));
    canvas.text(line, Type::Caption, colors.textSecondary, number, Qt::AlignRight);
}

} // namespace ra::ui::print
