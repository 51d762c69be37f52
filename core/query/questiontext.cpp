// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/questiontext.h"

#include "core/base/zone.h"
#include "core/query/questionparser.h"

#include <QDateTime>

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace ra::query {

namespace {

constexpr const char *stages = "Stages are where, since, until, by, select, having, order, limit, offset, zone, and "
                               "aggregates such as count()";

/// Times as they are written, with where that is: what they mean depends on the zone, which may come later.
struct Written {
    std::optional<Token> since;
    std::optional<Token> until;
};

Result<Time> momentOf(const Token &token, Time now, const Zone &zone) {
    const std::string &text = token.text;
    const auto wrong = [&] {
        return fail(textError(token.column, "\"" + text.substr(0, 80) + "\" is no time",
                              "Write for example 2026-11-23, 2026-11-23T17:00:00Z, or 7d, 12h, 30m before now"));
    };
    const char last = text.empty() ? ' ' : text.back();
    if (last == 'd' || last == 'h' || last == 'm' || last == 's' || last == 'w') {
        const std::optional<double> seconds =
            last == 'w' ? numberWithUnit(text.substr(0, text.size() - 1) + "d") : numberWithUnit(text);
        constexpr double most = 3e9; // a hundred years
        if (!seconds || *seconds < 0 || *seconds * (last == 'w' ? 7 : 1) > most)
            return wrong();
        return now - durationFromSeconds(*seconds * (last == 'w' ? 7 : 1));
    }
    const QDateTime moment = QDateTime::fromString(QString::fromStdString(text), Qt::ISODateWithMs);
    constexpr int firstYear = 1700; // times are within 292 years of 1970
    constexpr int lastYear = 2250;
    if (!moment.isValid() || moment.date().year() < firstYear || moment.date().year() > lastYear)
        return wrong();
    if (moment.timeSpec() != Qt::LocalTime)
        return Time(std::chrono::milliseconds(moment.toMSecsSinceEpoch()));
    const QDateTime asUtc(moment.date(), moment.time(), Qt::UTC);
    return zone.toUtc(LocalTime(std::chrono::milliseconds(asUtc.toMSecsSinceEpoch())));
}

class Reading {
public:
    explicit Reading(std::span<const Token> tokens)
        : m_parser(tokens) {}

    Result<Question> question(Time now) {
        if (auto read = source(); !read)
            return fail(read.error());
        while (m_parser.takeSign("|")) {
            if (auto read = stage(); !read)
                return fail(read.error());
        }
        if (m_parser.peek().kind != TokenKind::End)
            return fail(m_parser.unexpected("Stages are told apart by |"));
        const Result<Zone> zone = Zone::fromName(m_question.zone);
        if (!zone)
            return fail(zone.error());
        const auto resolve = [&](const std::optional<Token> &written, std::optional<Time> &moment) -> Result<void> {
            if (!written)
                return {};
            const auto time = momentOf(*written, now, *zone);
            if (!time)
                return fail(time.error());
            moment = *time;
            return {};
        };
        if (auto resolved = resolve(m_written.since, m_question.since); !resolved)
            return fail(resolved.error());
        if (auto resolved = resolve(m_written.until, m_question.until); !resolved)
            return fail(resolved.error());
        return std::move(m_question);
    }

private:
    Result<void> source() {
        const bool isQuoted = m_parser.peek().kind == TokenKind::Text;
        const auto name =
            m_parser.name("A question begins with steps, allsteps, runs, errors, samples of METRIC, or the "
                          "name of a metric");
        if (!name)
            return fail(name.error());
        for (const Source known : {Source::Steps, Source::AllSteps, Source::Runs, Source::Errors}) {
            if (!isQuoted && *name == toString(known)) {
                m_question.source = known;
                return {};
            }
        }
        m_question.source = Source::Samples;
        m_question.metric = *name;
        if (isQuoted || *name != "samples")
            return {};
        if (!m_parser.takeWord("of"))
            return fail(m_parser.unexpected("Write: samples of METRIC"));
        const auto metric = m_parser.name("The name of a metric comes here");
        if (!metric)
            return fail(metric.error());
        m_question.metric = *metric;
        return {};
    }

    /// A list of what `one` reads.
    template <typename T>
    Result<void> list(std::vector<T> &into, Result<T> (QuestionParser::*one)()) {
        do {
            Result<T> read = (m_parser.*one)();
            if (!read)
                return fail(read.error());
            into.push_back(std::move(*read));
        } while (m_parser.takeSign(","));
        return {};
    }

    Result<void> filter(Filter &into) {
        Result<Filter> read = m_parser.condition();
        if (!read)
            return fail(read.error());
        into = both(std::move(into), std::move(*read));
        return {};
    }

    Result<void> aggregates() {
        do {
            Result<Aggregate> read = m_parser.aggregate();
            if (!read)
                return fail(read.error());
            if (m_parser.takeWord("as")) {
                const auto name = m_parser.name("The name of the column comes here");
                if (!name)
                    return fail(name.error());
                read->name = *name;
            }
            m_question.aggregates.push_back(std::move(*read));
        } while (m_parser.takeSign(","));
        return {};
    }

    Result<void> number(std::size_t &into) {
        const auto read = m_parser.count();
        if (!read)
            return fail(read.error());
        into = *read;
        return {};
    }

    Result<void> limit() {
        const std::size_t column = m_parser.peek().column;
        auto read = number(m_question.limit);
        if (read && m_question.limit == 0) {
            return fail(textError(column, "a limit of 0 leaves nothing to answer",
                                  "Write how many rows there may be, from 1 on, or no limit for all"));
        }
        return read;
    }

    Result<void> moment(std::optional<Token> &into) {
        const Token token = m_parser.peek();
        if (const auto read = m_parser.name("A time comes here: 2026-11-23, 2026-11-23T17:00:00Z, 7d, 12h"); !read)
            return fail(read.error());
        into = token;
        return {};
    }

    Result<void> zone() {
        const auto read = m_parser.name("The name of a zone comes here: Europe/Berlin, UTC");
        if (!read)
            return fail(read.error());
        m_question.zone = *read;
        return {};
    }

    /// Whether a stage has not been there yet.
    Result<void> once(const char *stage) {
        if (std::find(m_seen.begin(), m_seen.end(), stage) != m_seen.end())
            return fail(textError(m_parser.peek().column, std::string(stage) + " is there twice", "Write one of them"));
        m_seen.emplace_back(stage);
        return {};
    }

    Result<void> stage() {
        if (m_parser.takeWord("where"))
            return filter(m_question.where);
        if (m_parser.takeWord("having"))
            return filter(m_question.having);
        using Read = std::function<Result<void>()>;
        const std::pair<const char *, Read> others[] = {
            {"since", [this] { return moment(m_written.since); }},
            {"until", [this] { return moment(m_written.until); }},
            {"by", [this] { return list(m_question.by, &QuestionParser::key); }},
            {"select", [this] { return list(m_question.select, &QuestionParser::field); }},
            {"order",
             [this] {
                 m_parser.takeWord("by");
                 return list(m_question.order, &QuestionParser::order);
             }},
            {"limit", [this] { return limit(); }},
            {"offset", [this] { return number(m_question.offset); }},
            {"zone", [this] { return zone(); }},
        };
        for (const auto &[word, read] : others) {
            if (m_parser.takeWord(word)) {
                auto isFirst = once(word);
                return isFirst ? read() : isFirst;
            }
        }
        if (m_parser.peek().kind != TokenKind::Word)
            return fail(m_parser.unexpected(stages));
        const std::size_t column = m_parser.peek().column;
        Result<void> read = aggregates();
        if (!read && read.error().where == "at column " + std::to_string(column))
            read.error().hint = stages; // not even an aggregate: the whole choice
        return read;
    }

    QuestionParser m_parser;
    Question m_question;
    Written m_written;
    std::vector<std::string> m_seen;
};

} // namespace

Result<Question> parseQuestion(std::string_view text, Time now) {
    const auto tokens = tokensOf(text);
    if (!tokens)
        return fail(tokens.error());
    return Reading(*tokens).question(now);
}

} // namespace ra::query
