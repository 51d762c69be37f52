// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/closeonsignal.h"
#include "app/command.h"
#include "core/engine/engine.h"
#include "ui/shell/mainwindow.h"
#include "ui/theme/tokens.h"

#include <QApplication>
#include <QMessageBox>

namespace ra::app {

int showWindow(const Common &common, const std::string &folder, const std::string &link) {
    if (const auto possible = needDisplay(); !possible)
        return complain(possible.error());
    QApplication application(*common.argc, common.argv);
    QApplication::setApplicationDisplayName(QObject::tr("Recipe Analytics"));
    QApplication::setDesktopFileName(QStringLiteral("recipe-analytics"));
    ui::applyTheme(ui::ThemeChoice::System);
    engine::EngineConfig config{.storePath = common.store, .zone = {}, .folders = {}};
    if (!folder.empty())
        config.folders.push_back(folder);
    const auto engine = engine::Engine::open(std::move(config));
    if (!engine) {
        QMessageBox box(QMessageBox::Critical, QObject::tr("Recipe Analytics"),
                        QString::fromStdString(engine.error().sentence()));
        box.setTextFormat(Qt::PlainText);
        box.exec();
        return complain(engine.error());
    }
    ui::MainWindow window(**engine);
    window.show();
    const auto closing = closeOnSignal(window, common.stop);
    if (!link.empty())
        window.openUrl(QString::fromStdString(link));
    return QApplication::exec();
}

} // namespace ra::app
