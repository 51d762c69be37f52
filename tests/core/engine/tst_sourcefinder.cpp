// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/sourcefinder.h"
#include "core/ingest/bytesource.h"
#include "tests/core/engine/enginefixture.h"

#include <filesystem>

using namespace ra;
using namespace ra::test;

class TestSourceFinder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aFileIsFoundAgain_data();
    void aFileIsFoundAgain();
};

void TestSourceFinder::aFileIsFoundAgain_data() {
    QTest::addColumn<QString>("what");
    QTest::addColumn<bool>("same");
    QTest::newRow("unchanged") << QStringLiteral("unchanged") << true;
    QTest::newRow("grown from a few bytes") << QStringLiteral("grown") << true;
    QTest::newRow("renamed") << QStringLiteral("renamed") << true;
    QTest::newRow("packed, the first gone") << QStringLiteral("packed") << true;
    QTest::newRow("rewritten, longer") << QStringLiteral("rewritten") << false;
    QTest::newRow("emptied and begun anew") << QStringLiteral("emptied") << false;
    QTest::newRow("copied, the first still there") << QStringLiteral("copied") << false;
}

void TestSourceFinder::aFileIsFoundAgain() {
    QFETCH(const QString, what);
    QFETCH(const bool, same);
    const LogFolder folder;
    const std::string text = wholeRun(0, 7, "daily");
    folder.write("app.log", what == QLatin1String("grown") ? text.substr(0, 100) : text);
    engine::WriterThread writer(need(store::Store::open(folder.store())), {});
    const auto identityOf = [&](const std::string &name) {
        auto source = need(ingest::ByteSource::open(folder.path(name)));
        return need(source.identity());
    };
    ingest::Batch batch;
    batch.path = folder.path("app.log");
    batch.identity = identityOf("app.log");
    batch.format = "runner-text";
    batch.zone = "UTC";
    batch.checkpoint = {100, 1, "state"};
    writer.push(std::move(batch));

    std::string name = "app.log";
    if (what == QLatin1String("grown")) {
        folder.append(name, text.substr(100));
    } else if (what == QLatin1String("renamed")) {
        std::filesystem::rename(folder.path(name), folder.path("app.log.1"));
        name = "app.log.1";
    } else if (what == QLatin1String("packed")) {
        folder.writeGzip("app.log.1.gz", text);
        std::filesystem::remove(folder.path(name));
        name = "app.log.1.gz";
    } else if (what == QLatin1String("rewritten")) {
        folder.write(name, wholeRun(60, 8, "other") + text + text + text);
    } else if (what == QLatin1String("emptied")) {
        folder.write(name, "2026");
    } else if (what == QLatin1String("copied")) {
        std::filesystem::copy_file(folder.path(name), folder.path("copy.log"));
        name = "copy.log";
    }
    const auto found = need(engine::findSource(writer, identityOf(name), folder.path(name)));
    QCOMPARE(found.has_value(), same);
    if (found)
        QCOMPARE(found->checkpoint.state, "state");
}

QTEST_GUILESS_MAIN(TestSourceFinder)
#include "tst_sourcefinder.moc"
