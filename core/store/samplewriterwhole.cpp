// SPDX-License-Identifier: GPL-3.0-or-later
// The samples of documents: what one tells now takes the place of what it told before.
#include "core/store/samplewriter.h"

#include "core/store/segmenttotals.h"

#include <algorithm>
#include <tuple>

namespace ra::store {

SampleWriter::Entries SampleWriter::toldBy(std::int64_t document) {
    Entries told;
    for (Statement *rows : {&m_ofOrigin, &m_claimsOf}) {
        rows->bind(document);
        while (rows->step())
            told.push_back({rows->integer(0), rows->integer(1), rows->real(2), false});
    }
    SampleColumns sealed;
    for (const SegmentRow &row : m_sealer.segments().ofOrigin(document)) {
        sealed.clear();
        m_sealer.segments().readAll(row, sealed);
        for (std::size_t i = 0; i < sealed.size(); ++i)
            told.push_back({row.series, sealed.times[i], sealed.values[i], false});
    }
    std::sort(told.begin(), told.end(),
              [](const Entry &a, const Entry &b) { return std::tie(a.series, a.time) < std::tie(b.series, b.time); });
    return told;
}

std::uint64_t SampleWriter::putWhole(const SampleSet &set, std::int64_t document, bool keepEarlier) {
    Entries now;
    append(set, now);
    sortOnce(now);
    Entries before = toldBy(document);
    std::erase_if(before, [this](const Entry &entry) { return entry.time < m_horizon; }); // of pinned runs
    if (keepEarlier && !now.empty()) {
        const auto byTime = [](const Entry &x, const Entry &y) { return x.time < y.time; };
        const std::int64_t first = std::min_element(now.begin(), now.end(), byTime)->time;
        std::erase_if(before, [&](const Entry &entry) { return entry.time < first; });
    }
    Entries gone;
    Entries come;
    const auto place = [](const Entry &entry) { return std::tie(entry.series, entry.time); };
    auto a = before.begin();
    auto b = now.begin();
    while (a != before.end() || b != now.end()) {
        if (b == now.end() || (a != before.end() && place(*a) < place(*b))) {
            gone.push_back(*a++);
        } else if (a == before.end() || place(*b) < place(*a)) {
            come.push_back(*b++);
        } else {
            if (!isSame(a->value, b->value)) {
                gone.push_back(*a);
                come.push_back(*b);
            }
            ++a;
            ++b;
        }
    }
    withdraw(gone, document);
    const std::uint64_t added = add(std::move(come), document);
    m_sealer.noteDamaged(m_rollups.flush());
    // A moment whose value has changed is not new.
    const auto changed = static_cast<std::uint64_t>(std::count_if(gone.begin(), gone.end(), [&](const Entry &entry) {
        return std::binary_search(now.begin(), now.end(), entry,
                                  [&](const Entry &x, const Entry &y) { return place(x) < place(y); });
    }));
    return added - std::min(added, changed);
}

void SampleWriter::withdraw(const Entries &gone, std::int64_t document) {
    m_rows = gone.empty() ? std::vector<SegmentRow>() : m_sealer.segments().ofOrigin(document);
    for (const Entry &entry : gone) {
        m_claim.bind(entry.series, entry.time, document);
        bool claimed = false;
        {
            const ResetAtEnd reset(m_claim);
            claimed = m_claim.step();
        }
        if (claimed) { // another one's value counted
            m_dropClaim.bind(entry.series, entry.time, document);
            m_dropClaim.run();
            continue;
        }
        Stored stored{entry.time, entry.value, document, 0};
        {
            m_one.bind(entry.series, entry.time);
            const ResetAtEnd reset(m_one);
            if (!m_one.step()) {
                const auto row = std::find_if(m_rows.begin(), m_rows.end(), [&](const SegmentRow &one) {
                    return one.series == entry.series && one.tMin <= entry.time && entry.time <= one.tMax;
                });
                if (row == m_rows.end())
                    continue;
                stored.segment = row->id;
            }
        }
        m_bestClaim.bind(entry.series, entry.time);
        std::optional<std::pair<std::int64_t, double>> heir;
        {
            const ResetAtEnd reset(m_bestClaim);
            if (m_bestClaim.step())
                heir = std::pair(m_bestClaim.integer(0), m_bestClaim.real(1));
        }
        if (heir) {
            m_dropClaim.bind(entry.series, entry.time, heir->first);
            m_dropClaim.run();
            setEffective(entry.series, stored, heir->first, heir->second);
        } else if (stored.segment == 0) {
            m_delete.bind(entry.series, entry.time);
            m_delete.run();
        } else {
            auto &[segment, edits] = m_edits[stored.segment];
            segment = *std::find_if(m_rows.begin(), m_rows.end(),
                                    [&](const SegmentRow &one) { return one.id == stored.segment; });
            edits.push_back({entry.time, std::nullopt});
        }
    }
    applyEdits();
}

} // namespace ra::store
