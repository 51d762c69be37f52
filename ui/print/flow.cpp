// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/print/flow.h"

namespace ra::ui::print {

double heightOf(const Fragments &fragments) {
    double height = 0;
    for (std::size_t i = 0; i < fragments.size(); ++i)
        height += fragments[i].height + (i == 0 ? 0 : fragments[i].before);
    return height;
}

std::vector<Page> flow(const Fragments &fragments, const QRectF &area) {
    std::vector<Page> pages;
    double y = area.bottom();
    const auto fits = [&](double height) { return y + height <= area.bottom() + 0.01; };
    const auto place = [&](const Fragment &fragment) {
        pages.back().push_back({QRectF(area.left(), y, area.width(), fragment.height), &fragment});
        y += fragment.height;
    };
    const auto nextPage = [&](const Fragment &first) {
        pages.emplace_back();
        y = area.top();
        if (first.repeated)
            place(*first.repeated);
    };
    for (std::size_t begin = 0; begin < fragments.size();) {
        std::size_t end = begin + 1;
        double chain = fragments[begin].before + fragments[begin].height;
        while (end < fragments.size() && fragments[end - 1].keepWithNext) {
            chain += fragments[end].before + fragments[end].height;
            ++end;
        }
        if (pages.empty() || !fits(chain))
            nextPage(fragments[begin]);
        for (std::size_t i = begin; i < end; ++i) {
            const Fragment &fragment = fragments[i];
            const bool first = pages.back().empty() || (pages.back().size() == 1 && fragment.repeated &&
                                                        pages.back().front().fragment == fragment.repeated.get());
            const double before = first ? 0 : fragment.before;
            if (!first && !fits(before + fragment.height)) {
                nextPage(fragment);
                place(fragment);
                continue;
            }
            y += before;
            place(fragment);
        }
        begin = end;
    }
    return pages;
}

} // namespace ra::ui::print
