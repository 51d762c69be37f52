// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/templateset.h"

#include "core/text/mask.h"
#include "core/text/slots.h"

#include <algorithm>
#include <numeric>
#include <xxhash.h>

namespace ra::text {

namespace {

constexpr std::string_view variable(&variableMark, 1);

} // namespace

std::uint64_t shapeHash(std::string_view masked) {
    return XXH3_64bits(masked.data(), masked.size());
}

std::string idText(std::uint64_t id) {
    std::string text(16, '0');
    for (std::size_t i = text.size(); i-- > 0; id >>= 4)
        text[i] = "0123456789abcdef"[id & 15];
    return text;
}

TemplateSet::TemplateSet(std::span<const Shape> shapes, const Evidence &evidence) {
    const Grouping grouping = consolidate(shapes, evidence);
    std::vector<Template> found(grouping.masked.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        found[i] = {~std::uint64_t{0}, readable(grouping.masked[i]), 0};
    for (std::size_t i = 0; i < shapes.size(); ++i) {
        Template &of = found[grouping.groupOf[i]];
        of.lines += shapes[i].lines;
        of.id = std::min(of.id, shapes[i].hash);
    }
    std::vector<std::uint32_t> order(found.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::pair(found[b].lines, found[a].id) < std::pair(found[a].lines, found[b].id);
    });
    std::vector<std::uint32_t> positionOf(found.size());
    for (std::uint32_t position = 0; position < order.size(); ++position) {
        const std::uint32_t group = order[position];
        positionOf[group] = position;
        m_templates.push_back(std::move(found[group]));
        const Slots slots = slotsOf(grouping.patterns[group]);
        Pattern pattern{{slots.words.begin(), slots.words.end()}, position, 0};
        pattern.literals = static_cast<std::uint32_t>(
            std::count_if(slots.words.begin(), slots.words.end(), [](auto word) { return word != variable; }));
        m_patterns[slots.structure].push_back(std::move(pattern));
    }
    m_ofShape.reserve(shapes.size());
    for (std::size_t i = 0; i < shapes.size(); ++i)
        m_ofShape.emplace(shapes[i].hash, positionOf[grouping.groupOf[i]]);
}

std::optional<std::uint32_t> TemplateSet::find(std::string_view line, std::string &scratch) const {
    maskLine(line, scratch);
    if (const auto known = resolve(shapeHash(scratch)))
        return known;
    return match(scratch);
}

std::optional<std::uint32_t> TemplateSet::resolve(std::uint64_t id) const {
    const auto known = m_ofShape.find(id);
    return known == m_ofShape.end() ? std::nullopt : std::optional(known->second);
}

std::optional<std::uint32_t> TemplateSet::match(std::string_view masked) const {
    const std::string joined = joinLists(masked);
    const Slots slots = slotsOf(joined);
    const auto alike = m_patterns.find(slots.structure);
    if (alike == m_patterns.end())
        return std::nullopt;
    const Pattern *best = nullptr;
    for (const Pattern &pattern : alike->second) {
        if (best != nullptr && pattern.literals <= best->literals)
            continue;
        const bool fits =
            std::equal(pattern.words.begin(), pattern.words.end(), slots.words.begin(), slots.words.end(),
                       [](std::string_view of, std::string_view word) { return of == variable || of == word; });
        if (fits)
            best = &pattern;
    }
    return best == nullptr ? std::nullopt : std::optional(best->position);
}

} // namespace ra::text
