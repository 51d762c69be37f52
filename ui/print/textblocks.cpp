// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/print/blocks.h"

namespace ra::ui::print {

namespace {

Fragment linesFragment(Type type, const QColor &color, const QString &text, double width, const Canvas &canvas,
                       int maxLines) {
    std::vector<QString> lines = canvas.wrapped(type, text, width, maxLines);
    const double height = double(lines.size()) * canvas.lineHeight(type);
    return {.height = height, .paint = [type, color, lines = std::move(lines)](Canvas &c, const QRectF &box) {
                c.lines(box, type, color, lines);
            }};
}

/// The conclusions in a quiet box, with a bar in the colour of how it went.
Fragment conclusionsFragment(const report::ReportDocument &document, double width, const Canvas &canvas) {
    constexpr double padding = 11;
    constexpr double bar = 3;
    std::vector<std::vector<QString>> paragraphs;
    double height = 2 * padding;
    for (std::size_t i = 0; i < document.conclusions.size(); ++i) {
        const Type type = i == 0 ? Type::Lead : Type::Body;
        paragraphs.push_back(canvas.wrapped(type, document.conclusions[i], width - 2 * padding - bar, i == 0 ? 5 : 3));
        height += double(paragraphs.back().size()) * canvas.lineHeight(type) + (i == 0 ? 0 : lineGap);
    }
    const QColor color = document.status ? Canvas::colors(*document.status).line : lightTokens().accent;
    return {
        .height = height, .before = 14, .paint = [=](Canvas &c, const QRectF &box) {
            c.box(box, lightTokens().window);
            c.box({box.left(), box.top(), bar, box.height()}, color);
            double y = box.top() + padding;
            for (std::size_t i = 0; i < paragraphs.size(); ++i) {
                const Type type = i == 0 ? Type::Lead : Type::Body;
                const double lines = double(paragraphs[i].size()) * c.lineHeight(type);
                c.lines({box.left() + bar + padding, y, box.width(), lines}, type, lightTokens().text, paragraphs[i]);
                y += lines + lineGap;
            }
        }};
}

} // namespace

Fragment headingFragment(const QString &title, const QString &note, double width, const Canvas &canvas) {
    const double titleWidth = canvas.width(Type::Heading, title);
    const QString shownNote = canvas.elided(Type::Caption, note, std::max(0.0, width - titleWidth - 8));
    return {.height = canvas.lineHeight(Type::Heading) + 4,
            .before = blockGap,
            .keepWithNext = true,
            .paint = [=](Canvas &c, const QRectF &box) {
                const double baseline = box.top() + c.ascent(Type::Heading) + 1;
                const double end = c.onBaseline(box.left(), baseline, Type::Heading, lightTokens().text, title);
                if (!shownNote.isEmpty())
                    c.onBaseline(end + 8, baseline, Type::Caption, lightTokens().textSecondary, shownNote);
            }};
}

Fragments remarkFragments(const QString &text, double width, const Canvas &canvas) {
    if (text.isEmpty())
        return {};
    Fragment fragment = linesFragment(Type::Caption, lightTokens().textSecondary, text, width, canvas, 3);
    fragment.before = lineGap;
    return {std::move(fragment)};
}

Fragments mastheadFragments(const report::ReportDocument &document, double width, const Canvas &canvas) {
    Fragments fragments;
    const QString title = canvas.elided(Type::Title, document.title, width);
    fragments.push_back({.height = canvas.lineHeight(Type::Title), .paint = [=](Canvas &c, const QRectF &box) {
                             c.text(box, Type::Title, lightTokens().text, title);
                         }});
    fragments.push_back(linesFragment(Type::Body, lightTokens().textSecondary, document.subtitle, width, canvas, 2));
    fragments.back().before = 1;
    if (!document.conclusions.empty())
        fragments.push_back(conclusionsFragment(document, width, canvas));
    return fragments;
}

Fragments paragraphBlock(const report::Paragraph &block, double width, const Canvas &canvas) {
    Fragments fragments;
    if (block.sentences.empty())
        return fragments;
    if (!block.title.isEmpty())
        fragments.push_back(headingFragment(block.title, {}, width, canvas));
    for (const QString &sentence : block.sentences) {
        fragments.push_back(linesFragment(Type::Body, lightTokens().text, sentence, width, canvas, 20));
        fragments.back().before = lineGap;
    }
    return fragments;
}

Fragments notesBlock(const report::Notes &block, double width, const Canvas &canvas) {
    Fragments fragments;
    if (block.items.empty())
        return fragments;
    fragments.push_back(headingFragment(block.title, {}, width, canvas));
    double labels = 0;
    for (const auto &[label, text] : block.items)
        labels = std::max(labels, canvas.width(Type::CaptionStrong, label));
    labels = std::min(labels, width / 4) + 12;
    for (const auto &[label, text] : block.items) {
        const QString shownLabel = canvas.elided(Type::CaptionStrong, label, labels - 12);
        std::vector<QString> lines = canvas.wrapped(Type::Caption, text, width - labels, 8);
        const double height = double(lines.size()) * canvas.lineHeight(Type::Caption);
        fragments.push_back({.height = height, .before = 3, .paint = [=](Canvas &c, const QRectF &box) {
                                 c.text({box.left(), box.top(), labels, c.lineHeight(Type::Caption)},
                                        Type::CaptionStrong, lightTokens().textSecondary, shownLabel);
                                 c.lines(box.adjusted(labels, 0, 0, 0), Type::Caption, lightTokens().textSecondary,
                                         lines);
                             }});
    }
    return fragments;
}

Fragments fragmentsOf(const report::Block &block, double width, const Canvas &canvas, const Limits &limits) {
    struct Visitor {
        double width;
        const Canvas &canvas;
        const Limits &limits;
        Fragments operator()(const report::Figures &b) const { return figuresBlock(b, width, canvas); }
        Fragments operator()(const report::Paragraph &b) const { return paragraphBlock(b, width, canvas); }
        Fragments operator()(const report::Table &b) const { return tableBlock(b, width, canvas, limits); }
        Fragments operator()(const report::Timeline &b) const { return timelineBlock(b, width, canvas, limits); }
        Fragments operator()(const report::Outcomes &b) const { return outcomesBlock(b, width, canvas); }
        Fragments operator()(const report::Failures &b) const { return failuresBlock(b, width, canvas, limits); }
        Fragments operator()(const report::Notes &b) const { return notesBlock(b, width, canvas); }
    };
    return std::visit(Visitor{width, canvas, limits}, block);
}

} // namespace ra::ui::print
