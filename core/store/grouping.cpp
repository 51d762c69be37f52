// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/grouping.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace ra::store {

namespace {

using namespace std::chrono_literals;

/// Sources whose runs are further apart than this cannot speak of the same run.
constexpr std::int64_t reach = std::chrono::nanoseconds(10s).count();
/// More sightings than this that all agree with their neighbours are taken in pieces, in the order of time: comparing
/// each with each would take for ever, and no real log comes near.
constexpr std::size_t largestComponent = 512;

} // namespace

Grouping::Grouping(SQLite::Database &db, RunWriter &writer, SourceTable &sources)
    : m_writer(writer)
    , m_sources(sources)
    , m_finder(db)
    , m_ofNumber(db, "SELECT id FROM runs WHERE run_id = ? AND shown = 1")
    , m_anyAlternative(db, "SELECT 1 FROM runs WHERE alt_id IS NOT NULL LIMIT 1")
    , m_taken(db, "SELECT EXISTS(SELECT 1 FROM runs WHERE run_id = ?1 AND shown = 1) "
                  "OR EXISTS(SELECT 1 FROM runs WHERE alt_id = ?1 AND alt_id IS NOT NULL AND shown = 1)") {
    forget();
}

void Grouping::forget() {
    m_finder.forget();
    m_anyVague = m_finder.anyVague();
}

void Grouping::focus(std::int64_t sourceId, std::int64_t first, std::int64_t last, bool addsVague) {
    m_anyVague = m_anyVague || addsVague;
    m_near.clear();
    for (const Source *source : m_sources.all()) {
        if (source->state.sourceId != sourceId && source->first && last >= *source->first - reach &&
            first <= *source->last + reach)
            m_near.push_back(source);
    }
}

bool Grouping::isSurelyAlone(const RunRow &row) const {
    if (m_anyVague || row.mergedInto || !row.start || row.has(Headless))
        return false;
    return std::none_of(m_near.begin(), m_near.end(), [&](const Source *source) {
        return *row.start >= *source->first - reach && *row.start <= *source->last + reach;
    });
}

Grouping::Member *Grouping::member(std::int64_t id) {
    if (const auto known = m_members.find(id); known != m_members.end())
        return &known->second;
    const std::optional<RunRow> row = m_writer.loader().row(id);
    if (!row || !row->sourceId)
        return nullptr;
    return &m_members.emplace(id, Member{*row, {}, row->shown || row->mergedInto, false}).first->second;
}

const ingest::Sighting &Grouping::sighting(Member &member) {
    if (!member.sighting) {
        const RunRow &row = member.row;
        member.sighting = {m_writer.loader().run(row),
                           row.has(StandsAlone),
                           row.has(Headless),
                           *row.sourceId,
                           row.firstOffset,
                           row.part};
        // Its own number, not the one under which it is shown at the moment: that depends on the others.
        member.sighting->run.id = runIdText(row.runId);
    }
    return *member.sighting;
}

std::vector<Grouping::Ids> Grouping::components(Ids seeds) {
    std::map<std::int64_t, std::int64_t> parent; // union-find over rows that agree
    const auto root = [&](std::int64_t id) {
        while (parent.at(id) != id)
            id = parent.at(id) = parent.at(parent.at(id));
        return id;
    };
    for (const std::int64_t id : seeds)
        parent.emplace(id, id);
    Ids frontier = std::move(seeds);
    while (!frontier.empty()) {
        std::vector<RunRow> rows;
        rows.reserve(frontier.size());
        for (const std::int64_t id : frontier)
            rows.push_back(member(id)->row);
        frontier.clear();
        for (const auto &[index, other] : m_finder.find(rows)) {
            Member *candidate = member(other);
            if (!candidate || ingest::agreement(sighting(*member(rows[index].id)), sighting(*candidate)) <= 0)
                continue;
            if (parent.emplace(other, other).second)
                frontier.push_back(other);
            const std::int64_t a = root(rows[index].id);
            const std::int64_t b = root(other);
            parent[std::max(a, b)] = std::min(a, b);
        }
    }
    std::map<std::int64_t, Ids> byRoot;
    for (const auto &[id, above] : parent)
        byRoot[root(id)].push_back(id);
    std::vector<Ids> result;
    for (auto &[id, members] : byRoot)
        result.push_back(std::move(members));
    return result;
}

std::vector<Grouping::Ids> Grouping::groupsOf(Ids component) {
    if (component.size() == 1)
        return {component};
    if (component.size() > largestComponent) {
        std::map<std::int64_t, Place> places;
        for (const std::int64_t id : component)
            places.emplace(id, placeOf(member(id)->row));
        std::sort(component.begin(), component.end(), [&](std::int64_t a, std::int64_t b) {
            return std::tie(member(a)->row.start, places.at(a)) < std::tie(member(b)->row.start, places.at(b));
        });
    }
    std::vector<Ids> groups;
    for (std::size_t begin = 0; begin < component.size(); begin += largestComponent) {
        const std::size_t end = std::min(component.size(), begin + largestComponent);
        std::vector<ingest::Sighting> sightings;
        for (std::size_t i = begin; i < end; ++i)
            sightings.push_back(sighting(*member(component[i])));
        for (const std::vector<std::size_t> &group : ingest::groupSightings(sightings)) {
            Ids ids;
            for (const std::size_t index : group)
                ids.push_back(component[begin + index]);
            groups.push_back(std::move(ids));
        }
    }
    return groups;
}

void Grouping::regroup(const std::vector<Touched> &touched, CommitSummary &summary) {
    m_members.clear();
    m_retired.clear();
    m_numbers.clear();
    m_finder.forget(); // a new path may be like an old one
    std::set<std::int64_t> seeds;
    for (const Touched &one : touched) {
        m_numbers.insert(one.runIdBefore);
        if (one.mergedBefore) {
            m_retired.insert(*one.mergedBefore);
            for (const std::int64_t id : m_writer.loader().members(*one.mergedBefore))
                seeds.insert(id);
        }
        if (one.removed) { // maybe put earlier in this very commit
            m_members.erase(one.row.id);
            seeds.erase(one.row.id);
        } else {
            m_members.insert_or_assign(one.row.id, Member{one.row, {}, one.wasShown, true});
            seeds.insert(one.row.id);
        }
    }
    std::vector<Ids> groups;
    for (Ids &component : components({seeds.begin(), seeds.end()})) {
        for (Ids &group : groupsOf(std::move(component)))
            groups.push_back(std::move(group));
    }
    std::vector<Shown> shown;
    rewrite(groups, shown);
    numberAll();
    for (const Shown &one : shown) {
        const std::string id = runIdText(m_writer.loader().row(one.row)->number());
        (one.added ? summary.added : summary.updated).push_back(id);
    }
}

void Grouping::rewrite(const std::vector<Ids> &groups, std::vector<Shown> &shown) {
    std::set<std::int64_t> regrouped;
    for (const Ids &group : groups) {
        for (const std::int64_t id : group) {
            const RunRow &row = member(id)->row;
            regrouped.insert(id);
            m_numbers.insert(row.runId);
            if (row.mergedInto)
                m_retired.insert(*row.mergedInto);
        }
    }
    std::set<std::int64_t> taken; // rows that speak for a group, or for members that are not looked at here
    for (const std::int64_t id : m_retired) {
        const Ids members = m_writer.loader().members(id);
        if (std::any_of(members.begin(), members.end(), [&](std::int64_t m) { return !regrouped.contains(m); }))
            taken.insert(id);
    }
    for (const Ids &group : groups) {
        const bool standsAlone = std::any_of(group.begin(), group.end(),
                                             [this](std::int64_t id) { return member(id)->row.has(StandsAlone); });
        if (group.size() == 1 || !standsAlone) {
            showAlone(group, shown);
            continue;
        }
        std::int64_t into = 0;
        for (const std::int64_t id : group) {
            const auto &before = member(id)->row.mergedInto;
            if (before && !taken.contains(*before) && (into == 0 || *before < into))
                into = *before;
        }
        taken.insert(showMerged(group, into, shown));
    }
    for (const std::int64_t id : m_retired) {
        if (taken.contains(id))
            continue;
        if (const auto row = m_writer.loader().row(id)) {
            m_numbers.insert(row->runId);
            m_writer.remove(*row);
        }
    }
}

void Grouping::showAlone(const Ids &group, std::vector<Shown> &shown) {
    for (const std::int64_t id : group) {
        const Member &alone = *member(id);
        const bool show = alone.row.has(StandsAlone);
        const bool moved = alone.row.mergedInto || alone.row.shown != show;
        m_writer.setShown(alone.row, show, std::nullopt);
        if (show && (alone.changed || moved))
            shown.push_back({id, !alone.wasShown});
    }
}

std::int64_t Grouping::showMerged(const Ids &group, std::int64_t into, std::vector<Shown> &shown) {
    std::vector<ingest::Sighting> sightings;
    bool wasShown = false;
    bool changed = false;
    for (const std::int64_t id : group) {
        Member &one = *member(id);
        sightings.push_back(sighting(one));
        wasShown = wasShown || one.wasShown;
        changed = changed || one.changed;
    }
    const RunWriter::Outcome merged = m_writer.putMerged(into, ingest::mergeSightings(sightings));
    for (const std::int64_t id : group) {
        const RunRow &row = member(id)->row;
        changed = changed || row.mergedInto != merged.row.id;
        m_writer.setShown(row, false, merged.row.id);
    }
    m_numbers.insert(merged.row.runId);
    if (!merged.added)
        m_numbers.insert(merged.before.runId);
    if (changed || merged.changed)
        shown.push_back({merged.row.id, !wasShown});
    return merged.row.id;
}

Grouping::Place Grouping::placeOf(const RunRow &row) {
    const auto place = [this](const RunRow &r) {
        const Source *source = m_sources.byId(r.sourceId.value_or(0));
        return Place(source ? source->state.path : std::string(), r.firstOffset, r.part);
    };
    if (row.sourceId)
        return place(row);
    std::optional<Place> first;
    for (const std::int64_t id : m_writer.loader().members(row.id)) {
        if (const auto member = m_writer.loader().row(id)) {
            const Place its = place(*member);
            first = first ? std::min(*first, its) : its;
        }
    }
    return first.value_or(place(row));
}

bool Grouping::isTaken(std::int64_t number) {
    m_taken.bind(number);
    const ResetAtEnd reset(m_taken);
    return m_taken.step() && m_taken.integer(0) != 0;
}

void Grouping::numberAll() {
    std::set<std::int64_t> done;
    for (const std::int64_t runId : m_numbers) {
        if (!done.contains(runId))
            number(runId, done);
    }
}

void Grouping::number(std::int64_t runId, std::set<std::int64_t> &done) {
    // Nearly always there is one row of that number and no other row has had to give way.
    int rows = 0;
    m_ofNumber.bind(runId);
    while (m_ofNumber.step())
        ++rows;
    if (rows <= 1) {
        const ResetAtEnd reset(m_anyAlternative);
        if (!m_anyAlternative.step())
            return;
    }
    // All shown rows of a stretch of taken numbers around this one: they are numbered together, so that what comes out
    // depends on which rows there are and not on which was first. Unsigned, since numbers wrap around.
    const auto next = [](std::int64_t number, std::uint64_t by) {
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(number) + by);
    };
    constexpr std::uint64_t minusOne = UINT64_MAX;
    std::int64_t first = runId;
    while (isTaken(next(first, minusOne)))
        first = next(first, minusOne);
    std::int64_t end = next(runId, 1);
    while (isTaken(end))
        end = next(end, 1);

    std::set<std::int64_t> used;
    std::vector<RunRow> further; // all but the first of each run_id, in order
    for (std::int64_t base = first; base != end; base = next(base, 1)) {
        done.insert(base);
        Ids ids;
        m_ofNumber.bind(base);
        while (m_ofNumber.step())
            ids.push_back(m_ofNumber.integer(0));
        std::vector<std::pair<Place, RunRow>> same;
        for (const std::int64_t id : ids) {
            RunRow row = *m_writer.loader().row(id);
            Place place = ids.size() > 1 ? placeOf(row) : Place();
            same.emplace_back(std::move(place), row);
        }
        std::sort(same.begin(), same.end(), [](const auto &a, const auto &b) {
            return std::tie(a.first, a.second.id) < std::tie(b.first, b.second.id);
        });
        for (std::size_t i = 0; i < same.size(); ++i) {
            if (i == 0)
                renumber(same[i].second, std::nullopt);
            else
                further.push_back(same[i].second);
        }
        if (!same.empty())
            used.insert(base);
    }
    for (const RunRow &row : further) {
        std::int64_t free = next(row.runId, 1);
        while (used.contains(free))
            free = next(free, 1);
        used.insert(free);
        renumber(row, free);
    }
}

void Grouping::renumber(const RunRow &row, std::optional<std::int64_t> alternative) {
    if (row.altId == alternative)
        return;
    m_writer.setAlternative(row.id, alternative);
    if (row.altId)
        m_writer.setAlias(*row.altId, row.id); // links to the old number go on
}

} // namespace ra::store
