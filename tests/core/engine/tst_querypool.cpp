// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/querypool.h"
#include "tests/core/store/storefixture.h"

#include <atomic>
#include <latch>
#include <set>
#include <thread>

using namespace ra;
using namespace ra::test;
using engine::QueryPool;

class TestQueryPool : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void oneThreadAnswersInOrder();
    void twoThreadsAnswerAtOnce();
    void everyQuestionGetsAnAnswerBeforeTheEnd();
    void aStoreThatComesLaterIsFound();
};

void TestQueryPool::oneThreadAnswersInOrder() {
    const StoreFile file;
    file.open();
    std::vector<int> order;
    {
        QueryPool pool(file.path(), 1);
        for (int i = 0; i < 100; ++i)
            pool.post([&order, i](query::Reader &) { order.push_back(i); }, [](const Error &) { QFAIL("no store"); });
    }
    QCOMPARE(order.size(), 100U);
    QVERIFY(std::is_sorted(order.begin(), order.end()));
}

void TestQueryPool::twoThreadsAnswerAtOnce() {
    const StoreFile file;
    file.open();
    std::latch both(2); // neither answer ends before the other has begun
    std::set<query::Reader *> readers;
    std::mutex mutex;
    {
        QueryPool pool(file.path(), 2);
        for (int i = 0; i < 2; ++i) {
            pool.post(
                [&](query::Reader &reader) {
                    both.arrive_and_wait();
                    const std::lock_guard lock(mutex);
                    readers.insert(&reader);
                },
                [](const Error &) { QFAIL("no store"); });
        }
    }
    QCOMPARE(readers.size(), 2U); // a connection each
}

void TestQueryPool::everyQuestionGetsAnAnswerBeforeTheEnd() {
    const StoreFile file;
    file.open();
    std::atomic<int> answers{0};
    {
        QueryPool pool(file.path(), 2);
        for (int i = 0; i < 200; ++i)
            pool.post([&](query::Reader &reader) { answers += reader.info().has_value(); }, [](const Error &) {});
    }
    QCOMPARE(answers.load(), 200);
}

void TestQueryPool::aStoreThatComesLaterIsFound() {
    const StoreFile file;
    std::vector<std::string> told;
    const auto answer = [&](query::Reader &) { told.emplace_back("answer"); };
    const auto error = [&](const Error &why) {
        told.emplace_back(why.kind == ErrorKind::NotFound ? "not found" : why.sentence());
    };
    std::latch first(1);
    {
        QueryPool pool(file.path(), 1);
        pool.post(answer, [&](const Error &why) {
            error(why);
            first.count_down();
        });
        first.wait();
        file.open();
        pool.post(answer, error);
    }
    QVERIFY((told == std::vector<std::string>{"not found", "answer"}));
}

QTEST_GUILESS_MAIN(TestQueryPool)
#include "tst_querypool.moc"
