// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/forkcluster.h"

#include "core/ingest/forkclusterarchive.h"

#include <xxhash.h>

#include <algorithm>

namespace ra::ingest {

namespace {

constexpr std::uint32_t dataVersion = 1;

} // namespace

void ForkCluster::addOther(std::uint64_t offset, std::uint32_t length) {
    const auto after = static_cast<std::uint32_t>(facts.size() - 1);
    if (!dirty && given.back() >= 0) {
        const auto run = static_cast<std::size_t>(given.back());
        addSpan(*runs[run], offset, length, Certainty::Possible);
        addSpan(resolved[run].spans, offset, length, Certainty::Possible);
    }
    if (!others.empty() && others.back().first == after) {
        LineSpan &last = others.back().second;
        const bool joins = last.offset + last.length == offset && last.certainty == Certainty::Possible;
        if (joins && std::uint64_t(last.length) + length <= 0xFFFF'FFFF) {
            last.length += length;
            return;
        }
    }
    others.emplace_back(after, LineSpan{offset, length, Certainty::Possible});
}

bool ForkCluster::isOver() const {
    const auto ends = std::count_if(facts.begin(), facts.end(), [](const Fact &fact) {
        return fact.record.kind == RecordKind::RunFinished || fact.record.kind == RecordKind::RunFailed;
    });
    return static_cast<std::size_t>(ends) >= ids.size() || isFull();
}

void ForkCluster::resolve(const RecipeBook *book) {
    const std::uint64_t known = book == nullptr ? 0 : book->revision();
    if (!search || known != revision)
        search = std::make_unique<ForkSearch>(book);
    revision = known;
    for (std::size_t i = search->size(); i < facts.size(); ++i) {
        const Fact &fact = facts[i];
        search->take({fact.record.kind, toNs(fact.time), fact.text, fact.record.durationNs, fact.record.a,
                      fact.record.b, fact.thread});
    }
    given = search->assignment();
    std::vector<std::unique_ptr<OpenRun>> before;
    before.swap(runs);
    std::vector<std::pair<std::size_t, LineSpan>> spans;
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < facts.size(); ++i) {
        const Fact &fact = facts[i];
        if (fact.record.kind == RecordKind::RunStarted) {
            paths.push_back(fact.text);
            auto run = std::make_unique<OpenRun>(beginRun(fact.view(), fact.time));
            run->run.id = ids[runs.size()];
            run->run.notes.emplace_back("shares-runner-name");
            run->replaceSpans = true;
            runs.push_back(std::move(run));
        } else if (given[i] >= 0) {
            applyRunnerRecord(*runs[static_cast<std::size_t>(given[i])], fact.view(), fact.time);
        }
        if (given[i] >= 0)
            spans.emplace_back(given[i], LineSpan{fact.record.offset, fact.record.length, Certainty::Likely});
    }
    for (const auto &[fact, span] : others) {
        if (fact < given.size() && given[fact] >= 0)
            spans.emplace_back(given[fact], span);
    }
    std::sort(spans.begin(), spans.end(),
              [](const auto &x, const auto &y) { return x.second.offset < y.second.offset; });
    for (const auto &[run, span] : spans)
        addSpan(*runs[run], span.offset, span.length, span.certainty);
    resolved.resize(runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
        Resolved now{runs[i]->run, runs[i]->spans};
        if (i < before.size() && now == resolved[i])
            runs[i] = std::move(before[i]); // perhaps taken already, perhaps found abandoned since
        else
            resolved[i] = std::move(now);
    }
    basis = forkBasis(paths, book);
    dirty = false;
}

ForkRecord ForkCluster::record() {
    ForkRecord record;
    record.firstOffset = facts.front().record.offset;
    record.basis = basis;
    for (const Fact &fact : facts) {
        if (fact.record.kind == RecordKind::RunStarted)
            record.recipePaths.push_back(fact.text);
    }
    SavingArchive archive;
    std::uint32_t version = dataVersion;
    io(archive, version);
    io(archive, *this);
    record.data = archive.take();
    return record;
}

std::optional<ForkCluster> ForkCluster::load(std::string_view data) {
    LoadingArchive archive(data);
    std::uint32_t version = 0;
    io(archive, version);
    ForkCluster cluster;
    if (version == dataVersion)
        io(archive, cluster);
    if (version != dataVersion || !archive.ok() || !archive.atEnd())
        return std::nullopt;
    return cluster;
}

std::uint64_t forkBasis(std::span<const std::string> recipePaths, const RecipeBook *book) {
    std::string known;
    for (const std::string &path : recipePaths) {
        const Recipe *recipe = book == nullptr ? nullptr : book->find(path);
        known.append(path).push_back('\n');
        if (recipe == nullptr)
            continue;
        for (const RecipeStep &step : recipe->steps)
            known.append(step.name).push_back('\0');
    }
    return XXH3_64bits(known.data(), known.size());
}

} // namespace ra::ingest
