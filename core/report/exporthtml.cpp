// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/export.h"

#include "core/report/htmlpictures.h"
#include "core/report/text.h"

namespace ra::report {

using namespace Qt::StringLiterals;

namespace {

/// The light colours of the look by role, once, as custom properties; core knows no theme.
constexpr QLatin1String sheet(
    ":root{--text:#1B2430;--second:#56616F;--border:#DDE2E8;--grid:#E9EDF1;--window:#F4F6F8;--surface:#FFF;"
    "--completed:#0B7A5B;--completed-fill:#BFE3D6;--failed:#B84A00;--failed-fill:#F7D3BC;--partial:#8F6200;"
    "--partial-fill:#F6E2B3;--running:#0A63A0;--running-fill:#C4DEF2;--rejected:#9B4C7B;--rejected-fill:#F1DCE8;"
    "--unknown:#6B7684;--unknown-fill:#DDE1E6}\n"
    "body{margin:0;background:var(--window);color:var(--text);font:14px/1.45 Inter,\"DejaVu Sans\",sans-serif;"
    "font-variant-numeric:tabular-nums}\n"
    "main{max-width:960px;margin:24px auto;padding:32px;background:var(--surface);border:1px solid var(--border);"
    "border-radius:8px}\n"
    "h1{font-size:26px;margin:0}h2{font-size:16px;margin:28px 0 8px}.second,h2 "
    "small{color:var(--second);font-weight:400}\n"
    ".lead{font-size:17px}.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:12px;"
    "margin:20px 0}\n"
    ".figure{border:1px solid var(--border);border-radius:8px;padding:12px}.figure b{font-size:24px}\n"
    "table{border-collapse:collapse;width:100%}th,td{padding:5px 8px;border-bottom:1px solid "
    "var(--border);text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}th{color:var(--second);font-weight:600}.right{text-align:right;"
    "white-space:nowrap}\n"
    "pre{margin:6px 0;padding:8px 12px;background:var(--window);border-left:3px solid "
    "var(--border);white-space:pre-wrap;"
    "overflow-wrap:anywhere;font:12px/1.4 \"DejaVu Sans Mono\",monospace}\n"
    ".bad{color:var(--failed)}.good{color:var(--completed)}dt{font-weight:600}dd{margin:0 0 "
    "8px}svg{width:100%;height:auto}\n"
    "@media "
    "print{body{background:none}main{border:0;margin:0;padding:0;max-width:none}tr,.figure{break-inside:avoid}}\n");

QString escaped(const QString &text) {
    return text.toHtmlEscaped();
}

QString toneClass(Tone tone) {
    return tone == Tone::Bad ? u" class=\"bad\""_s : tone == Tone::Good ? u" class=\"good\""_s : QString();
}

QString heading(const QString &title, const QString &note) {
    if (title.isEmpty())
        return {};
    return u"<h2>"_s + escaped(title) + (note.isEmpty() ? QString() : u" <small>"_s + escaped(note) + u"</small>"_s) +
           u"</h2>\n"_s;
}

QString paragraph(const QString &text) {
    return text.isEmpty() ? QString() : u"<p class=\"second\">"_s + escaped(text) + u"</p>\n"_s;
}

QString html(const Figures &block) {
    QString out = u"<div class=\"figures\">\n"_s;
    for (const Figure &figure : block.items) {
        out += u"<div class=\"figure\"><div class=\"second\">"_s + escaped(figure.label) + u"</div><b>"_s +
               (figure.state ? stateMark(*figure.state) + u' ' : QString()) + escaped(figure.value) + u"</b> "_s +
               escaped(figure.unit) + u' ' + u"<span class=\"second\">"_s + escaped(figure.interval) +
               u"</span><br><span"_s + toneClass(figure.tone) + u'>' + escaped(figure.change) +
               u"</span> <span class=\"second\">"_s + escaped(figure.note) + u"</span></div>\n"_s;
    }
    return out + u"</div>\n"_s;
}

QString html(const Paragraph &block) {
    QString out = heading(block.title, {});
    for (const QString &sentence : block.sentences)
        out += u"<p>"_s + escaped(sentence) + u"</p>\n"_s;
    return out;
}

QString html(const Table &block) {
    QString out = heading(block.title, block.note) + u"<table><thead><tr>"_s;
    const auto side = [](const Column &column) {
        return column.align == Align::Right ? u" class=\"right\""_s : QString();
    };
    for (const Column &column : block.columns)
        out += u"<th scope=\"col\""_s + side(column) + u'>' + escaped(column.title) + u"</th>"_s;
    out += u"</tr></thead><tbody>\n"_s;
    for (const std::vector<Cell> &row : block.rows) {
        out += u"<tr>"_s;
        for (std::size_t i = 0; i < row.size(); ++i) {
            out += u"<td"_s + side(block.columns[i]) + u"><span"_s + toneClass(row[i].tone) + u'>' +
                   (row[i].state ? stateMark(*row[i].state) + u' ' : QString()) + escaped(row[i].text) +
                   u"</span></td>"_s;
        }
        out += u"</tr>\n"_s;
    }
    return out + u"</tbody></table>\n"_s + paragraph(block.leftOut);
}

QString html(const Timeline &block) {
    return heading(block.title, block.note) + svgOf(block) + paragraph(shownOf(block, qint64(block.rows.size())));
}

QString html(const Outcomes &block) {
    return heading(block.title, block.note) + svgOf(block);
}

QString html(const Failures &block) {
    QString out = heading(block.title, block.note);
    for (const Failure &item : block.items) {
        out += u"<p>"_s + stateMark(item.state) + u" <b>"_s + escaped(item.place) + u"</b> <span class=\"second\">"_s +
               escaped(item.detail) + u"</span><br>"_s +
               (item.type.isEmpty() ? QString() : escaped(item.type) + u": "_s) + escaped(item.message) + u"</p>\n"_s;
        if (item.traceback.empty())
            continue;
        out += u"<pre>"_s;
        for (const QString &line : item.traceback)
            out += escaped(line) + u'\n';
        out += u"</pre>"_s + paragraph(item.leftOut);
    }
    return out + paragraph(shownOf(block, qint64(block.items.size())));
}

QString html(const Notes &block) {
    QString out = heading(block.title, {}) + u"<dl>\n"_s;
    for (const auto &[label, text] : block.items)
        out += u"<dt>"_s + escaped(label) + u"</dt><dd>"_s + escaped(text) + u"</dd>\n"_s;
    return out + u"</dl>\n"_s;
}

} // namespace

QByteArray toHtml(const ReportDocument &document) {
    QString out =
        u"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>"_s +
        escaped(document.title) + u"</title>\n<style>\n"_s + sheet + u"</style></head><body><main>\n"_s;
    out += u"<header><h1>"_s + (document.status ? stateMark(*document.status) + u' ' : QString()) +
           escaped(document.title) + u"</h1>\n"_s + paragraph(document.subtitle) + u"</header>\n"_s;
    for (const QString &sentence : document.conclusions)
        out += u"<p class=\"lead\">"_s + escaped(sentence) + u"</p>\n"_s;
    for (const std::vector<Block> *blocks : {&document.summary, &document.details}) {
        for (const Block &block : *blocks)
            out += std::visit([](const auto &content) { return html(content); }, block);
    }
    out += u"<footer class=\"second\">"_s +
           escaped(Words::tr("Recipe Analytics, generated %1").arg(document.generated)) +
           u"</footer>\n</main></body></html>\n"_s;
    return out.toUtf8();
}

} // namespace ra::report
