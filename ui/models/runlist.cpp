// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/runlist.h"
#include "ui/models/whenfinished.h"

#include "ui/theme/displayzone.h"

#include <QtConcurrentRun>

#include <algorithm>

namespace ra::ui {

namespace {

using namespace std::chrono_literals;
using Columns = std::shared_ptr<const query::RunColumns>;

constexpr std::size_t firstPage = 500;

struct Outcome {
    std::shared_ptr<const RunView> view;
    RunViewChange change;
};

} // namespace

RunList::RunList(engine::Engine &engine, QObject *parent)
    : QObject(parent)
    , m_engine(engine) {
    m_pool.setMaxThreadCount(1);
    m_refresh.setSingleShot(true);
    connect(&m_refresh, &QTimer::timeout, this, [this] {
        if (m_shown)
            loadAll();
    });
    connect(&engine, &engine::Engine::runsCommitted, this, &RunList::onCommitted);
    load();
}

RunList::~RunList() {
    for (std::stop_source *stop : {&m_loadStop, &m_searchStop, &m_computeStop})
        stop->request_stop();
    m_pool.waitForDone();
}

void RunList::load() {
    const auto first = m_engine.ask<Columns>(
        [](query::Reader &reader, const std::stop_token &) { return reader.newestRunColumns(firstPage); });
    whenFinished(first, this, [this](const Result<Columns> &columns) {
        if (columns && m_columns == nullptr)
            take(*columns, (*columns)->size() >= firstPage);
    });
    loadAll();
}

void RunList::loadAll() {
    m_loading = true;
    m_stale = false;
    m_measuring = true;
    m_loadTime.start();
    const auto all = m_engine.ask<Columns>(
        [](query::Reader &reader, const std::stop_token &stop) { return reader.runColumns(stop); },
        m_loadStop.get_token());
    whenFinished(all, this, [this](const Result<Columns> &columns) {
        m_loading = false;
        if (columns) {
            take(*columns, false);
            if (!m_question.filter.text.empty())
                searchText();
        } else if (columns.error().kind != ErrorKind::Cancelled) {
            Q_EMIT failed(columns.error());
        }
        if (m_stale)
            onCommitted();
    });
}

void RunList::onCommitted() {
    m_stale = true;
    if (!m_shown || m_loading || m_refresh.isActive())
        return;
    // Reading a million runs takes most of a second: the more it takes, the rarer it is, so that at most a fifth of the
    // time goes there.
    m_refresh.start(std::clamp<std::chrono::milliseconds>(m_lastCost * 4, 150ms, 10s));
}

void RunList::setShown(bool shown) {
    m_shown = shown;
    if (m_shown && m_stale && !m_loading && !m_refresh.isActive())
        loadAll();
}

void RunList::take(Columns columns, bool partial) {
    m_columns = std::move(columns);
    m_facts.reset();
    m_partial = partial;
    compute();
}

void RunList::ask(const Question &question) {
    const bool newText = question.filter.text != m_question.filter.text;
    m_question = question;
    if (newText) {
        m_textRows.reset();
        searchText();
    }
    compute();
}

void RunList::searchText() {
    m_searchStop.request_stop();
    m_searchStop = {};
    const std::uint64_t generation = ++m_searchGeneration;
    const bool wanted = !m_question.filter.text.empty();
    if (wanted != m_searching) {
        m_searching = wanted;
        Q_EMIT searchingChanged();
    }
    if (!wanted)
        return;
    const auto found = m_engine.ask<std::vector<std::int64_t>>(
        [text = m_question.filter.text](query::Reader &reader, const std::stop_token &stop) {
            auto rows = reader.runsWithText(text, stop);
            if (rows)
                std::sort(rows->begin(), rows->end());
            return rows;
        },
        m_searchStop.get_token());
    whenFinished(found, this, [this, generation](Result<std::vector<std::int64_t>> rows) {
        if (generation != m_searchGeneration)
            return;
        m_searching = false;
        if (rows) {
            m_textRows = std::make_shared<const std::vector<std::int64_t>>(std::move(*rows));
            compute();
        } else if (rows.error().kind != ErrorKind::Cancelled) {
            Q_EMIT failed(rows.error());
        }
        Q_EMIT searchingChanged();
    });
}

void RunList::compute() {
    if (m_columns == nullptr)
        return;
    m_computeStop.request_stop();
    m_computeStop = {};
    const std::uint64_t generation = ++m_computeGeneration;

    RunQuery query{.filter = m_question.filter,
                   .textRows = m_textRows,
                   .sortBy = m_question.sortBy,
                   .descending = m_question.descending};
    const TimeRange::Bounds bounds = m_question.range.bounds(now(), displayZone());
    query.filter.since = bounds.since;
    query.filter.until = bounds.until;

    auto job = [columns = m_columns, facts = m_facts, partial = m_partial, query, before = m_view,
                stop = m_computeStop.get_token()]() mutable -> Outcome {
        if (facts == nullptr)
            facts = std::make_shared<const RunFacts>(factsOf(*columns, lastRunsPerRecipe, stop));
        auto view = std::make_shared<RunView>();
        view->rows = orderRuns(*columns, query, stop);
        if (stop.stop_requested())
            return {};
        view->columns = std::move(columns);
        view->facts = std::move(facts);
        view->partial = partial;
        const RunViewChange change = changeBetween(*before, *view);
        return {std::move(view), change};
    };
    whenFinished(QtConcurrent::run(&m_pool, std::move(job)), this, [this, generation](const Outcome &outcome) {
        if (generation != m_computeGeneration || outcome.view == nullptr)
            return;
        if (outcome.view->columns == m_columns)
            m_facts = outcome.view->facts;
        m_view = outcome.view;
        if (!m_partial && m_measuring) {
            m_measuring = false;
            m_lastCost = std::chrono::milliseconds(m_loadTime.elapsed());
        }
        Q_EMIT viewChanged(outcome.view, outcome.change);
    });
}

} // namespace ra::ui
