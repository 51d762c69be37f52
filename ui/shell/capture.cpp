// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/capture.h"
#include "ui/models/whenfinished.h"

#include "ui/shell/mainwindow.h"

#include <QDir>
#include <QPixmap>
#include <QTimer>

#include <algorithm>
#include <array>

namespace ra::ui {

namespace {

using namespace std::chrono_literals;

struct Shot {
    QString name;
    Link link;
    enum class Extra { None, Shortcuts } extra = Extra::None;
};

/// Works through the pictures: show, wait, grab, next. Deletes itself at the end.
class Photographer : public QObject {
public:
    Photographer(MainWindow &window, QString dir, QList<Shot> shots, std::function<void(Result<void>)> done)
        : QObject(&window)
        , m_window(window)
        , m_dir(std::move(dir))
        , m_shots(std::move(shots))
        , m_done(std::move(done))
        , m_theme(currentTheme()) {
        next();
    }

private:
    static constexpr std::array sizes{QSize(1280, 800), QSize(2560, 1440)};
    static constexpr auto settle = 700ms;
    static constexpr std::array themes{ThemeChoice::Light, ThemeChoice::Dark};

    void next() {
        const int shots = int(m_shots.size());
        if (m_at == shots * int(sizes.size() * themes.size()))
            return end({});
        const Shot &shot = m_shots[m_at % shots];
        const QSize size = sizes[std::size_t(m_at / shots) % sizes.size()];
        applyTheme(theme());
        m_window.resize(size);
        m_window.navigate(shot.link);
        m_window.show();
        m_waited = 0;
        QTimer::singleShot(settle, this, [this] { waitForPage(); });
    }

    /// A page that still reads has its time; one that reads for ever does not.
    void waitForPage() {
        if (m_window.currentPage()->isLoading() && ++m_waited < 300)
            QTimer::singleShot(100ms, this, [this] { waitForPage(); });
        else if (m_waited > 0)
            QTimer::singleShot(settle, this, [this] { shoot(); }); // what was read is laid out and painted
        else
            shoot();
    }

    [[nodiscard]] ThemeChoice theme() const {
        return themes[std::size_t(m_at / int(m_shots.size())) / sizes.size() % themes.size()];
    }

    void shoot() {
        const Shot &shot = m_shots[m_at % m_shots.size()];
        const QSize size = m_window.size();
        const QString file =
            QStringLiteral("%1/%2-%3-%4x%5.png")
                .arg(m_dir, shot.name, theme() == ThemeChoice::Dark ? QStringLiteral("dark") : QStringLiteral("light"))
                .arg(size.width())
                .arg(size.height());
        if (shot.extra == Shot::Extra::Shortcuts)
            m_window.showShortcuts();
        const QPixmap picture = m_window.grab();
        if (auto *overlay = m_window.findChild<QWidget *>(QStringLiteral("shortcutOverlay")))
            overlay->close();
        if (!picture.save(file)) {
            return end(fail({.kind = ErrorKind::Failed,
                             .what = "write the picture",
                             .where = file.toStdString(),
                             .why = "the file cannot be written",
                             .hint = {}}));
        }
        ++m_at;
        next();
    }

    void end(const Result<void> &result) {
        applyTheme(m_theme);
        deleteLater();
        m_done(result);
    }

    MainWindow &m_window;
    QString m_dir;
    QList<Shot> m_shots;
    std::function<void(Result<void>)> m_done;
    ThemeChoice m_theme;
    qsizetype m_at = 0;
    int m_waited = 0;
};

/// A run worth a picture: the newest partial one, which has something of everything, else the newest.
std::string runToShow(const std::vector<Run> &runs) {
    const auto partial =
        std::find_if(runs.begin(), runs.end(), [](const Run &run) { return run.status == RunStatus::Partial; });
    if (partial != runs.end())
        return partial->id;
    return runs.empty() ? std::string() : runs.front().id;
}

} // namespace

void capture(engine::Engine &engine, MainWindow &window, const QString &dir, std::function<void(Result<void>)> done) {
    using Runs = std::vector<Run>;
    const auto asked =
        engine.ask<Runs>([](query::Reader &reader, std::stop_token stop) { return reader.runs({}, 200, stop); });
    whenFinished(asked, &window, [&window, dir, done = std::move(done)](const Result<Runs> &runs) {
        if (!runs) {
            done(fail(runs.error()));
            return;
        }
        QList<Shot> shots;
        for (const PageEntry &entry : pageEntries()) {
            Link link;
            link.page = entry.name;
            if (entry.name == QLatin1String("run")) {
                link.runId = QString::fromStdString(runToShow(*runs));
                if (link.runId.isEmpty())
                    continue;
            }
            shots.append({entry.name, link, Shot::Extra::None});
        }
        Link runsLink;
        runsLink.page = QStringLiteral("runs");
        shots.append({QStringLiteral("shortcuts"), runsLink, Shot::Extra::Shortcuts});
        new Photographer(window, dir, shots, done);
    });
}

} // namespace ra::ui
