// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/runtally.h"

#include "core/store/runrow.h"

#include <algorithm>

namespace ra::engine {

void RunTally::add(std::span<const std::string> ids) {
    for (const std::string &id : ids)
        m_numbers.push_back(static_cast<std::uint64_t>(store::runIdNumber(id).value_or(0)));
    constexpr std::size_t seldom = 4'096;
    if (m_numbers.size() > 2 * m_settled + seldom)
        settle();
}

void RunTally::clear() {
    m_numbers.clear();
    m_settled = 0;
}

std::size_t RunTally::count() {
    settle();
    return m_numbers.size();
}

std::size_t RunTally::countWithout(RunTally &others) {
    settle();
    others.settle();
    return static_cast<std::size_t>(std::count_if(m_numbers.begin(), m_numbers.end(), [&](std::uint64_t number) {
        return !std::binary_search(others.m_numbers.begin(), others.m_numbers.end(), number);
    }));
}

std::vector<std::string> RunTally::take() {
    settle();
    std::vector<std::string> ids;
    ids.reserve(m_numbers.size());
    for (const std::uint64_t number : m_numbers)
        ids.push_back(store::runIdText(static_cast<std::int64_t>(number)));
    m_numbers = {};
    m_settled = 0;
    return ids;
}

void RunTally::settle() {
    if (m_settled == m_numbers.size())
        return;
    const auto settled = m_numbers.begin() + static_cast<std::ptrdiff_t>(m_settled);
    std::sort(settled, m_numbers.end());
    std::inplace_merge(m_numbers.begin(), settled, m_numbers.end());
    m_numbers.erase(std::unique(m_numbers.begin(), m_numbers.end()), m_numbers.end());
    m_settled = m_numbers.size();
}

} // namespace ra::engine
