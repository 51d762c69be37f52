// SPDX-License-Identifier: GPL-3.0-or-later
// What is kept, chosen while the program runs.
#include "core/engine/engine.h"
#include "tests/core/store/populated.h"
#include "tests/support/soon.h"

#include <QSignalSpy>

using namespace ra;
using namespace ra::test;

class TestPolicy : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void whatItWouldLetGoIsToldAndThenGoes();
    void aPreviewCanBeStopped();
    void aWrongPolicyIsRefused();
    void whoOnlyReadsDoesNotDecide();

private:
    std::unique_ptr<StoreFile> m_file;

    std::unique_ptr<engine::Engine> open() { return need(engine::Engine::open({m_file->path(), "UTC", {}})); }
    std::string runs() { return ask(*m_file->reader(), "SELECT count(*) FROM runs_v"); }
};

namespace {

constexpr std::uint64_t allRuns = std::uint64_t{populatedDays} * runsADay;
/// By today's clock all that is in the store is older.
constexpr RetentionPolicy month{.samples = 30 * 24h, .log = 30 * 24h, .runs = 30 * 24h};

template <typename T>
Result<T> answer(QFuture<Result<T>> future) {
    future.waitForFinished();
    return future.result();
}

} // namespace

void TestPolicy::init() {
    m_file = std::make_unique<StoreFile>();
    populate(*m_file->open());
}

void TestPolicy::whatItWouldLetGoIsToldAndThenGoes() {
    const auto engine = open();
    QVERIFY(need(answer(engine->retention())).isEmpty());
    auto preview = engine->previewRetention(month, {});
    const Retained would = need(answer(preview));
    QCOMPARE(preview.progressMaximum(), 1000);
    QCOMPARE(preview.progressValue(), 1000);
    QCOMPARE(would.runs, allRuns);
    QVERIFY(would.logBytes > 0 && would.samples > 0);
    QCOMPARE(runs(), std::to_string(allRuns));
    QVERIFY(need(answer(engine->retention())).isEmpty());

    const QSignalSpy changed(engine.get(), &engine::Engine::runsCommitted);
    need(answer(engine->setRetention(month)));
    QVERIFY(need(answer(engine->retention())) == month);
    SOON_VERIFY(!changed.isEmpty()); // without anybody else's doing
    QVERIFY(changed.last().first().value<std::vector<std::string>>().empty());
    QCOMPARE(runs(), "0");
}

void TestPolicy::aPreviewCanBeStopped() {
    const auto engine = open();
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = answer(engine->previewRetention(month, stop.get_token()));
    QVERIFY(!stopped);
    QVERIFY(stopped.error().kind == ErrorKind::Cancelled);
    QCOMPARE(need(answer(engine->previewRetention(month, {}))).runs, allRuns);
}

void TestPolicy::aWrongPolicyIsRefused() {
    const auto engine = open();
    const RetentionPolicy wrong{.rollups = 30 * 24h};
    const auto would = answer(engine->previewRetention(wrong, {}));
    QVERIFY(!would && would.error().kind == ErrorKind::Invalid);
    const auto saved = answer(engine->setRetention(wrong));
    QVERIFY(!saved && saved.error().kind == ErrorKind::Invalid);
    QVERIFY(need(answer(engine->retention())).isEmpty());
}

void TestPolicy::whoOnlyReadsDoesNotDecide() {
    const auto writer = open();
    const auto reader = open();
    QVERIFY(reader->isReadOnly());
    const auto isBusy = [](const auto &result) { return !result && result.error().kind == ErrorKind::Busy; };
    QVERIFY(isBusy(answer(reader->retention())));
    QVERIFY(isBusy(answer(reader->previewRetention(month, {}))));
    QVERIFY(isBusy(answer(reader->setRetention(month))));
    QVERIFY(need(answer(writer->retention())).isEmpty());
}

QTEST_GUILESS_MAIN(TestPolicy)
#include "tst_policy.moc"
