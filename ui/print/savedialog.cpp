// SPDX-License-Identifier: GPL-3.0-or-later
// Printing from the window: ask the store, ask for a place, write in the background, say where it is. Nothing here
// waits.
#include "core/engine/engine.h"
#include "core/report/compile.h"
#include "core/report/export.h"
#include "ui/models/whenfinished.h"
#include "ui/print/blocks.h"
#include "ui/print/paper.h"
#include "ui/print/perioddialog.h"
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

QString usualFolder() {
    const QString last = QSettings().value(u"report/folder"_s).toString();
    // Not every system has a folder of documents, though each names one.
    for (const QString &folder : {last, QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation)}) {
        if (!folder.isEmpty() && QDir(folder).exists())
            return folder;
    }
    return QDir::homePath();
}

/// One report on its way to a file. Lives as long as the widget that it was asked from, or until it is done; what is
/// still being written then is given up before it replaces anything.
class Job : public QObject {
public:
    explicit Job(QWidget *window)
        : QObject(window)
        , m_window(window) {}
    ~Job() override { m_stop.request_stop(); }

    /// Asks for the place when the report is known.
    void start(engine::Engine &engine, Question question) {
        ask(engine, std::move(question), [this](Document document) { choosePlace(std::move(document)); });
    }

    void start(engine::Engine &engine, Question question, const QString &path, QPageSize::PageSizeId paper) {
        ask(engine, std::move(question),
            [this, path, paper](const Document &document) { write(document, path, paper); });
    }

private:
    void ask(engine::Engine &engine, Question question, std::function<void(Document)> then) {
        showProgress(Words::tr("Reading the runs of the report…"));
        whenFinished(engine.ask<Document>(std::move(question), m_stop.get_token()), this,
                     [this, then = std::move(then)](Result<Document> document) {
                         if (m_stop.stop_requested()) {
                             finish(cancelled());
                         } else if (document) {
                             endProgress();
                             then(std::move(*document));
                         } else {
                             finish(document.error());
                         }
                     });
    }

    /// Shown only when it takes long enough to be read.
    void showProgress(const QString &text) {
        endProgress();
        m_progress = new QProgressDialog(text, Words::tr("Cancel"), 0, 0, m_window);
        m_progress->setObjectName(u"reportProgress"_s);
        m_progress->setWindowTitle(Words::tr("Report"));
        m_progress->setMinimumDuration(400);
        m_progress->setAutoClose(false);
        m_progress->setValue(0);
        connect(m_progress, &QProgressDialog::canceled, this, [this] { m_stop.request_stop(); });
    }

    void endProgress() {
        if (m_progress)
            m_progress->deleteLater();
        m_progress = nullptr;
    }

    static Error cancelled() {
        return {.kind = ErrorKind::Cancelled, .what = "write the report", .where = {}, .why = {}, .hint = {}};
    }

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
                [this, document = std::move(document)](const QString &path) { write(document, path, usualPaper()); });
        dialog->open();
    }

    void write(const Document &document, const QString &path, QPageSize::PageSizeId paper) {
        QSettings().setValue(u"report/folder"_s, QFileInfo(path).absolutePath());
        showProgress(Words::tr("Writing the report…"));
        const auto written = inBackground([document, path, paper, stop = m_stop.get_token()]() -> Result<void> {
            const Result<QByteArray> pdf = pdfOf(document, paper);
            if (!pdf)
                return fail(pdf.error());
            if (stop.stop_requested())
                return fail(cancelled());
            return report::saveFile(path, *pdf);
        });
        whenFinished(written, this, [this, path](const Result<void> &done) {
            if (!done) {
                finish(done.error());
                return;
            }
            endProgress();
            tell(QMessageBox::Information, Words::tr("The report is saved."), QDir::toNativeSeparators(path));
        });
    }

    void finish(const Error &error) {
        endProgress();
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
    QPointer<QProgressDialog> m_progress;
    std::stop_source m_stop;
};

report::Style styleOfWindow() {
    return {.zone = displayZone(), .locale = QLocale()};
}

} // namespace

void printRunReport(engine::Engine &engine, const QString &runId, QWidget *parent) {
    (new Job(parent))
        ->start(engine,
                [id = runId.toStdString(), style = styleOfWindow()](query::Reader &reader, const std::stop_token &) {
                    return report::compileRunReport(reader, id, now(), style);
                });
}

void printPeriodReport(engine::Engine &engine, const TimeRange &proposed, QWidget *parent) {
    auto *dialog = new PeriodDialog(proposed, usualFolder(), parent);
    QObject::connect(dialog, &QDialog::accepted, parent, [&engine, dialog, parent] {
        const Time generatedAt = now();
        const PeriodDialog::Choice choice = dialog->choice(generatedAt);
        auto question = [period = choice.period, generatedAt, style = styleOfWindow()](query::Reader &reader,
                                                                                       const std::stop_token &stop) {
            return report::compilePeriodReport(reader, period, generatedAt, style, stop);
        };
        (new Job(parent))->start(engine, std::move(question), choice.path, choice.paper);
    });
    dialog->open();
}

} // namespace ra::ui
