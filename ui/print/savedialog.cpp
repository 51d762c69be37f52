// SPDX-License-Identifier: GPL-3.0-or-later
// Printing from the window: ask the store, ask for a place, write in the background, say where it is. Nothing here
// waits.
#include "core/engine/engine.h"
#include "core/report/compile.h"
#include "core/report/export.h"
#include "ui/models/whenfinished.h"
#include "ui/print/blocks.h"
#include "ui/print/printreport.h"
#include "ui/theme/displayzone.h"

#include <QDir>
#include <QFileDialog>
#include <QMessageBox>
#include <QPointer>
#include <QProgressDialog>
#include <QSettings>
#include <QStandardPaths>

#include <stop_token>

namespace ra::ui {

using namespace Qt::StringLiterals;
using print::Words;

namespace {

using Document = report::ReportDocument;
using Question = std::function<Result<Document>(query::Reader &, std::stop_token)>;

QPageSize::PageSizeId usualPaper() {
    return QLocale().measurementSystem() == QLocale::ImperialUSSystem ? QPageSize::Letter : QPageSize::A4;
}

QString usualFolder() {
    const QString last = QSettings().value(u"report/folder"_s).toString();
    return !last.isEmpty() && QDir(last).exists() ? last
                                                  : QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
}

/// One report on its way to a file. Lives as long as the widget that it was asked from, or until it is done; what is
/// still being written then is given up before it replaces anything.
class Job : public QObject {
public:
    explicit Job(QWidget *window)
        : QObject(window)
        , m_window(window) {}
    ~Job() override { m_stop.request_stop(); }

    void start(engine::Engine &engine, Question question) {
        whenFinished(engine.ask<Document>(std::move(question), m_stop.get_token()), this,
                     [this](Result<Document> document) {
                         if (document)
                             choosePlace(std::move(*document));
                         else
                             finish(document.error());
                     });
    }

private:
    void choosePlace(Document document) {
        auto *dialog = new QFileDialog(m_window, Words::tr("Save the report"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setObjectName(u"saveReport"_s);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setFileMode(QFileDialog::AnyFile);
        dialog->setDefaultSuffix(u"pdf"_s);
        dialog->setNameFilter(Words::tr("PDF documents (*.pdf)"));
        dialog->setDirectory(usualFolder());
        dialog->selectFile(document.fileStem + u".pdf"_s);
        connect(dialog, &QFileDialog::rejected, this, &QObject::deleteLater);
        connect(dialog, &QFileDialog::fileSelected, this,
                [this, document = std::move(document)](const QString &path) { write(document, path); });
        dialog->open();
    }

    void write(const Document &document, const QString &path) {
        QSettings().setValue(u"report/folder"_s, QFileInfo(path).absolutePath());
        // Shown only when it takes long enough to be read.
        auto *progress = new QProgressDialog(Words::tr("Writing the report…"), Words::tr("Cancel"), 0, 0, m_window);
        progress->setObjectName(u"reportProgress"_s);
        progress->setMinimumDuration(400);
        progress->setValue(0);
        connect(progress, &QProgressDialog::canceled, this, [this] { m_stop.request_stop(); });
        const auto written =
            inBackground([document, path, paper = usualPaper(), stop = m_stop.get_token()]() -> Result<void> {
                const Result<QByteArray> pdf = pdfOf(document, paper);
                if (!pdf)
                    return fail(pdf.error());
                if (stop.stop_requested())
                    return fail(
                        {.kind = ErrorKind::Cancelled, .what = "write the report", .where = {}, .why = {}, .hint = {}});
                return report::saveFile(path, *pdf);
            });
        whenFinished(written, this, [this, path, progress = QPointer(progress)](const Result<void> &done) {
            if (progress)
                progress->deleteLater();
            if (!done)
                finish(done.error());
            else
                tell(QMessageBox::Information, Words::tr("The report is saved."), QDir::toNativeSeparators(path));
        });
    }

    void finish(const Error &error) {
        if (error.kind == ErrorKind::Cancelled)
            deleteLater();
        else
            tell(QMessageBox::Warning, Words::tr("There is no report."), QString::fromStdString(error.sentence()));
    }

    void tell(QMessageBox::Icon icon, const QString &text, const QString &detail) {
        // All in the one text that can be told to be plain: the informative text takes paths for markup.
        auto *box = new QMessageBox(icon, Words::tr("Report"), text + u"\n\n"_s + detail, QMessageBox::Ok, m_window);
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->setObjectName(u"reportDone"_s);
        box->setTextFormat(Qt::PlainText);
        box->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        connect(box, &QMessageBox::finished, this, &QObject::deleteLater);
        box->open();
    }

    QWidget *m_window;
    std::stop_source m_stop;
};

report::Style styleOfWindow() {
    return {.zone = displayZone(), .locale = QLocale()};
}

} // namespace

void printRunReport(engine::Engine &engine, const QString &runId, QWidget *parent) {
    (new Job(parent))
        ->start(engine, [id = runId.toStdString(), style = styleOfWindow()](query::Reader &reader, std::stop_token) {
            return report::compileRunReport(reader, id, now(), style);
        });
}

void printPeriodReport(engine::Engine &engine, int days, QWidget *parent) {
    (new Job(parent))->start(engine, [days, style = styleOfWindow()](query::Reader &reader, std::stop_token stop) {
        return report::compilePeriodReport(reader, days, now(), style, std::move(stop));
    });
}

} // namespace ra::ui
