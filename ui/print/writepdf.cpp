// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/print/composition.h"
#include "ui/print/printreport.h"

#include "core/report/export.h"

#include <QBuffer>
#include <QDateTime>
#include <QPageLayout>
#include <QPdfWriter>

namespace ra::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int resolution = 1200; // of the device only: everything is laid out in points

/// Qt stamps the present into the file; the document has a time of its own. Overwritten in place and in the length that
/// stands there, because the table of the file's parts counts bytes.
void stamp(QByteArray &pdf, Time time) {
    const QByteArray key = "/CreationDate (D:";
    const qsizetype begin = pdf.indexOf(key);
    const qsizetype end = begin < 0 ? -1 : pdf.indexOf(')', begin);
    if (end < 0)
        return;
    const qint64 ms = toNs(time) / 1'000'000;
    QByteArray date = QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(u"yyyyMMddHHmmss"_s).toLatin1();
    const qsizetype length = end - begin - key.size();
    date += length - date.size() == 1 ? "Z" : "+00'00'";
    if (date.size() == length)
        pdf.replace(begin + key.size(), length, date);
}

} // namespace

Result<QByteArray> pdfOf(const report::ReportDocument &document, QPageSize::PageSizeId paper) {
    const QPageSize size(paper);
    const QSizeF points = size.size(QPageSize::Point);
    if (!size.isValid() || points.width() < 300 || points.height() < 400) {
        return fail({.kind = ErrorKind::Invalid,
                     .what = "lay the report out",
                     .where = size.name().toStdString(),
                     .why = "the paper is too small for it",
                     .hint = "Choose A4 or Letter"});
    }
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setResolution(resolution);
        writer.setPageLayout(QPageLayout(size, QPageLayout::Portrait, QMarginsF(), QPageLayout::Point));
        writer.setTitle(document.title + u" \u2013 "_s + document.subtitle);
        writer.setCreator(u"Recipe Analytics"_s);
        print::Canvas canvas(writer);
        const print::Composition pages(document, points, canvas);
        QPainter painter;
        if (!painter.begin(&writer)) {
            return fail({.what = "write the report",
                         .where = document.title.toStdString(),
                         .why = "the PDF writer does not start",
                         .hint = {}});
        }
        painter.setRenderHint(QPainter::Antialiasing);
        canvas.setPainter(&painter);
        for (std::size_t page = 0; page < pages.pageCount(); ++page) {
            if (page > 0)
                writer.newPage();
            pages.paint(canvas, page);
        }
        painter.end();
    }
    QByteArray pdf = buffer.data();
    stamp(pdf, document.generatedAt);
    return pdf;
}

Result<void> writePdf(const report::ReportDocument &document, const QString &path, QPageSize::PageSizeId paper) {
    const Result<QByteArray> pdf = pdfOf(document, paper);
    if (!pdf)
        return tl::unexpected(pdf.error());
    return report::saveFile(path, *pdf);
}

} // namespace ra::ui
