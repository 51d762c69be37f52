// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/consolidate.h"

#include "core/text/evidence.h"
#include "core/text/slots.h"

#include <algorithm>
#include <deque>
#include <map>
#include <numeric>
#include <unordered_map>

namespace ra::text {

namespace {

/// Shapes that are one template so far.
struct Group {
    std::vector<WordId> words;
    std::vector<std::uint32_t> members; ///< shapes
    std::uint64_t lines = 0;
};

/// Groups with the same separators.
struct Bucket {
    std::string structure;
    std::vector<Group> groups;
};

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
    hash ^= value + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2);
    hash *= 0xff51afd7ed558ccdULL;
    return hash ^ (hash >> 32);
}

class Consolidation {
public:
    explicit Consolidation(const Evidence &evidence)
        : m_evidence(evidence)
        , m_judge(m_words, evidence) {}

    Grouping run(std::span<const Shape> shapes) {
        sort(shapes);
        for (int round = 0; round < maxRounds; ++round) {
            bool changed = false;
            for (Bucket &bucket : m_buckets)
                changed |= joinPlaces(bucket);
            for (Bucket &bucket : m_buckets)
                changed |= joinRoots(bucket);
            m_judge.learn(m_newValues);
            m_newValues.clear();
            if (!changed)
                break;
        }
        return result(shapes);
    }

private:
    static constexpr int maxRounds = 6;

    void sort(std::span<const Shape> shapes) {
        std::vector<std::uint32_t> order(shapes.size());
        std::iota(order.begin(), order.end(), 0U);
        std::sort(order.begin(), order.end(), [&](auto a, auto b) { return shapes[a].hash < shapes[b].hash; });
        std::unordered_map<std::string, std::size_t> bucketOf;
        std::unordered_map<std::string_view, std::pair<std::size_t, std::size_t>> groupOf;
        for (const std::uint32_t shape : order) {
            std::string joined = joinLists(shapes[shape].masked);
            const auto known = groupOf.find(joined);
            if (known != groupOf.end()) {
                add(m_buckets[known->second.first].groups[known->second.second], shape, shapes[shape].lines);
                continue;
            }
            const std::string_view text = m_texts.emplace_back(std::move(joined));
            const Slots slots = slotsOf(text);
            const auto [at, isNew] = bucketOf.try_emplace(slots.structure, m_buckets.size());
            if (isNew)
                m_buckets.push_back({slots.structure, {}});
            Bucket &bucket = m_buckets[at->second];
            groupOf.emplace(text, std::pair(at->second, bucket.groups.size()));
            Group &group = bucket.groups.emplace_back();
            for (const std::string_view word : slots.words)
                group.words.push_back(m_words.id(word));
            add(group, shape, shapes[shape].lines);
        }
    }

    static void add(Group &group, std::uint32_t shape, std::uint64_t lines) {
        group.members.push_back(shape);
        group.lines += lines;
    }

    template <typename Groups>
    Seen seenAt(const Groups &groups, std::size_t place) const {
        Seen seen;
        for (const Group *group : groups) {
            if (group->words[place] == variableWord)
                seen.hasVariable = true;
            else
                seen.words.push_back(group->words[place]);
        }
        std::sort(seen.words.begin(), seen.words.end());
        seen.words.erase(std::unique(seen.words.begin(), seen.words.end()), seen.words.end());
        return seen;
    }

    static std::size_t literals(const Group &group, std::size_t but) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < group.words.size(); ++i)
            count += i != but && group.words[i] != variableWord;
        return count;
    }

    /// Rule 2: places one by one.
    bool joinPlaces(Bucket &bucket) {
        bool changed = false;
        const std::size_t places = bucket.groups.empty() ? 0 : bucket.groups.front().words.size();
        for (std::size_t place = 0; place < places && bucket.groups.size() > 1; ++place) {
            std::map<std::uint64_t, std::vector<Group *>> alike;
            for (Group &group : bucket.groups) {
                std::uint64_t key = 0;
                for (std::size_t i = 0; i < places; ++i)
                    key = mix(key, i == place ? 0 : group.words[i]);
                alike[key].push_back(&group);
            }
            bool joined = false;
            for (auto &[key, groups] : alike) {
                if (groups.size() < 2)
                    continue;
                const Seen seen = seenAt(groups, place);
                if (m_judge.isVariable(seen, bucket.structure, place, literals(*groups.front(), place)))
                    joined |= join(groups, {place});
            }
            if (joined)
                dropEmpty(bucket);
            changed |= joined;
        }
        return changed;
    }

    /// Makes the groups one with variables in the places; the others are left empty.
    bool join(const std::vector<Group *> &groups, const std::vector<std::size_t> &places) {
        for (const std::size_t place : places) {
            const Seen seen = seenAt(groups, place);
            if (seen.words.size() >= m_evidence.words)
                m_newValues.insert(m_newValues.end(), seen.words.begin(), seen.words.end());
        }
        Group &into = **std::min_element(groups.begin(), groups.end());
        for (const std::size_t place : places)
            into.words[place] = variableWord;
        for (Group *group : groups) {
            if (group == &into)
                continue;
            into.members.insert(into.members.end(), group->members.begin(), group->members.end());
            into.lines += group->lines;
            group->members.clear();
        }
        return true;
    }

    static void dropEmpty(Bucket &bucket) {
        std::erase_if(bucket.groups, [](const Group &group) { return group.members.empty(); });
    }

    /// Rule 3.
    bool joinRoots(Bucket &bucket) {
        if (bucket.groups.size() < 2)
            return false;
        const std::size_t places = bucket.groups.front().words.size();
        std::unordered_map<std::uint64_t, std::uint64_t> frequency;
        const auto placed = [](std::size_t place, WordId word) { return (std::uint64_t{place} << 32) | word; };
        for (const Group &group : bucket.groups) {
            for (std::size_t i = 0; i < places; ++i)
                frequency[placed(i, group.words[i])] += group.lines;
        }
        std::map<std::uint64_t, std::vector<Group *>> roots;
        std::map<std::uint64_t, std::uint64_t> frequencyOfRoot;
        for (Group &group : bucket.groups) {
            std::map<std::uint64_t, std::size_t> sizes;
            for (std::size_t i = 0; i < places; ++i) {
                if (group.words[i] != variableWord)
                    ++sizes[frequency[placed(i, group.words[i])]];
            }
            if (sizes.empty())
                continue;
            const auto best = std::max_element(sizes.begin(), sizes.end(), [](const auto &a, const auto &b) {
                return std::pair(a.second, a.first) < std::pair(b.second, b.first);
            });
            std::uint64_t key = 0;
            for (std::size_t i = 0; i < places; ++i) {
                const WordId word = group.words[i];
                const bool isRoot = word != variableWord && frequency[placed(i, word)] == best->first;
                key = mix(key, isRoot ? word : variableWord);
            }
            roots[key].push_back(&group);
            frequencyOfRoot[key] = best->first;
        }
        bool changed = false;
        for (const auto &[key, groups] : roots) {
            if (groups.size() > 1)
                changed |=
                    split(groups, bucket.structure, [&, root = frequencyOfRoot[key]](std::size_t i, WordId word) {
                        return frequency[placed(i, word)] > root;
                    });
        }
        if (changed)
            dropEmpty(bucket);
        return changed;
    }

    /// Separates groups at the places that are no variables until those that are left differ in variables only. A
    /// word that stands in different places of sentences that are equal else is a value: "from NEW to RUNNING", "from
    /// RUNNING to DONE".
    template <typename IsCommon>
    bool split(const std::vector<Group *> &groups, std::string_view structure, const IsCommon &isCommon) {
        bool changed = false;
        std::vector<std::vector<Group *>> waiting{groups};
        while (!waiting.empty()) {
            const std::vector<Group *> some = std::move(waiting.back());
            waiting.pop_back();
            if (some.size() < 2)
                continue;
            std::vector<std::size_t> varying;
            std::size_t equal = 0, separator = std::string_view::npos, fewest = 0;
            const std::size_t places = some.front()->words.size();
            for (std::size_t i = 0; i < places; ++i) {
                const Seen seen = seenAt(some, i);
                if (seen.different() > 1)
                    varying.push_back(i);
                else
                    equal += !seen.hasVariable;
            }
            std::unordered_map<WordId, std::size_t> placesOf;
            for (const std::size_t i : varying) {
                for (const WordId word : seenAt(some, i).words)
                    ++placesOf[word];
            }
            for (const std::size_t i : varying) {
                const Seen seen = seenAt(some, i);
                const auto isWandering = [&](WordId w) { return placesOf[w] > 1; };
                const auto isCommonHere = [&](WordId w) { return isCommon(i, w); };
                const bool isState = i > 0 && std::any_of(seen.words.begin(), seen.words.end(), isWandering);
                const bool mayVary = isState || (std::none_of(seen.words.begin(), seen.words.end(), isCommonHere) &&
                                                 m_judge.isVariable(seen, structure, i, equal));
                const std::size_t different = seen.words.size();
                if ((equal <= varying.size() || !mayVary) &&
                    (separator == std::string_view::npos || different < fewest)) {
                    separator = i;
                    fewest = different;
                }
            }
            if (separator == std::string_view::npos) {
                changed |= join(some, varying);
                continue;
            }
            std::map<WordId, std::vector<Group *>> parts;
            for (Group *group : some)
                parts[group->words[separator]].push_back(group);
            for (auto &[word, part] : parts)
                waiting.push_back(std::move(part));
        }
        return changed;
    }

    Grouping result(std::span<const Shape> shapes) const {
        Grouping grouping;
        grouping.groupOf.resize(shapes.size());
        for (const Bucket &bucket : m_buckets) {
            for (const Group &group : bucket.groups) {
                for (const std::uint32_t shape : group.members)
                    grouping.groupOf[shape] = static_cast<std::uint32_t>(grouping.masked.size());
                const std::string_view first = shapes[group.members.front()].masked;
                const bool isOneText = std::all_of(group.members.begin(), group.members.end(),
                                                   [&](std::uint32_t m) { return shapes[m].masked == first; });
                std::vector<std::string_view> words;
                for (const WordId word : group.words)
                    words.push_back(m_words.text(word));
                std::string pattern = textOf(bucket.structure, words);
                grouping.masked.push_back(isOneText ? std::string(first) : pattern);
                grouping.patterns.push_back(std::move(pattern));
            }
        }
        return grouping;
    }

    Evidence m_evidence;
    Words m_words;
    std::deque<std::string> m_texts; ///< what the words are views of
    std::vector<Bucket> m_buckets;
    Judge m_judge;
    std::vector<WordId> m_newValues;
};

} // namespace

Grouping consolidate(std::span<const Shape> shapes, const Evidence &evidence) {
    return Consolidation(evidence).run(shapes);
}

} // namespace ra::text
