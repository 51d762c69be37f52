// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/numberfilter.h"
#include "tests/core/store/storefixture.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <random>

using namespace ra;
using namespace ra::test;
using store::NumberFilter;

class TestNumberFilter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        m_file = std::make_unique<StoreFile>();
        (void)m_file->open(); // makes the tables
        m_db = std::make_unique<SQLite::Database>(m_file->path(), SQLite::OPEN_READWRITE);
    }
    void cleanup() {
        m_db.reset();
        m_file.reset();
    }

    void untilItIsAskedOftenItSaysYes() {
        NumberFilter filter;
        for (std::size_t i = 0; i < NumberFilter::patience; ++i)
            QVERIFY(filter.mayHold(static_cast<std::int64_t>(i), *m_db, {}));
        QVERIFY(!filter.mayHold(7, *m_db, {}));
    }

    void whatIsThereIsNeverDenied() {
        insert(1, 100, "NULL");
        insert(2, 200, "-5");
        NumberFilter filter;
        filter.add(300); // written before the filter is filled: it has to be found in the store
        insert(3, 300, "NULL");
        const NumberFilter::Gathered gathered{400, -401};
        askOften(filter, gathered);
        filter.add(500);
        for (const std::int64_t number : {100, 200, -5, 300, 400, -401, 500})
            QVERIFY2(filter.mayHold(number, *m_db, {}), std::to_string(number).c_str());
    }

    void aMillionNumbersAreTold() {
        NumberFilter filter;
        askOften(filter, {});
        std::mt19937_64 random(5);
        std::vector<std::int64_t> numbers;
        for (int i = 0; i < 1'000'000; ++i) {
            numbers.push_back(static_cast<std::int64_t>(random()));
            filter.add(numbers.back());
        }
        for (const std::int64_t number : numbers)
            QVERIFY(filter.mayHold(number, *m_db, {}));
        int wrong = 0;
        for (int i = 0; i < 100'000; ++i)
            wrong += filter.mayHold(static_cast<std::int64_t>(random()), *m_db, {}) ? 1 : 0;
        QVERIFY2(wrong < 1'500, std::to_string(wrong).c_str()); // four bits of 16 M, a fifth of them set: 0.2 %
    }

    void whatWasRolledBackIsForgotten() {
        NumberFilter filter;
        askOften(filter, {});
        filter.add(9);
        filter.forget();
        askOften(filter, {});
        QVERIFY(!filter.mayHold(9, *m_db, {}));
    }

private:
    void insert(int id, int runId, const char *altId) {
        m_db->exec("INSERT INTO runs(id, shown, run_id, alt_id, recipe_id, status, completed_steps, failed_steps, "
                   "skipped_steps, first_offset, part, flags, runner, pid, resolution_ns, step_count) VALUES(" +
                   std::to_string(id) + ", 1, " + std::to_string(runId) + ", " + altId +
                   ", 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)");
    }
    void askOften(NumberFilter &filter, const NumberFilter::Gathered &gathered) {
        for (std::size_t i = 0; i <= NumberFilter::patience; ++i)
            (void)filter.mayHold(1'000'000, *m_db, gathered);
    }

    std::unique_ptr<StoreFile> m_file;
    std::unique_ptr<SQLite::Database> m_db;
};

QTEST_GUILESS_MAIN(TestNumberFilter)
#include "tst_numberfilter.moc"
