// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/follower.h"

#include "followerfixture.h"

#include <QDir>
#include <QFile>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <latch>

#include <fcntl.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

using namespace ra::ingest;
using namespace ra::ingest::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

class tst_follower : public QObject, private FollowerFixture {
    Q_OBJECT
private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void aFileIsReadAndReadOn_data() { ways(); }
    void aFileIsReadAndReadOn();
    void halfLinesAreHandedOnAtOnce_data() { ways(); }
    void halfLinesAreHandedOnAtOnce();
    void renamingIsFollowed_data() { ways(); }
    void renamingIsFollowed();
    void aWholeRowRotates_data() { ways(); }
    void aWholeRowRotates();
    void truncatingBeginsAGeneration_data() { ways(); }
    void truncatingBeginsAGeneration();
    void truncatedAndLongerAgainIsNoticed_data() { ways(); }
    void truncatedAndLongerAgainIsNoticed();
    void rewrittenInPlaceIsNoticed_data() { ways(); }
    void rewrittenInPlaceIsNoticed();
    void deletedAndMadeAnewIsAnotherFile_data() { ways(); }
    void deletedAndMadeAnewIsAnotherFile();
    void replacedByRenamingIsAnotherFile_data() { ways(); }
    void replacedByRenamingIsAnotherFile();
    void aDeletedFileIsReadUntilItsWriterStops_data() { ways(); }
    void aDeletedFileIsReadUntilItsWriterStops();
    void filesRenamedWhileTheyAreOpenedAreRead_data() { ways(); }
    void filesRenamedWhileTheyAreOpenedAreRead();
    void touchingChangesNothing_data() { ways(); }
    void touchingChangesNothing();
    void linksAreFollowed_data() { ways(); }
    void linksAreFollowed();
    void foldersComeAndGo_data() { ways(); }
    void foldersComeAndGo();
    void theRootComesAndGoes_data() { ways(); }
    void theRootComesAndGoes();
    void aRenamedFolderTakesItsFilesAlong_data() { ways(); }
    void aRenamedFolderTakesItsFilesAlong();
    void linkedFolders_data() { ways(); }
    void linkedFolders();
    void rightsLostAndRegained_data() { ways(); }
    void rightsLostAndRegained();
    void aFolderLockedForAWhile();
    void documentsAreReportedWhenComplete_data() { ways(); }
    void documentsAreReportedWhenComplete();
    void filesAreLookedAtAgainWhenTheyGrow_data() { ways(); }
    void filesAreLookedAtAgainWhenTheyGrow();
    void singleFiles_data() { ways(); }
    void singleFiles();
    void aSingleFileThatIsNotThereYet_data() { ways(); }
    void aSingleFileThatIsNotThereYet();
    void checkpoints_data() { ways(); }
    void checkpoints();
    void compressedFilesAreReadWhenComplete_data() { ways(); }
    void compressedFilesAreReadWhenComplete();
    void removedFoldersAreGone_data() { ways(); }
    void removedFoldersAreGone();
    void filesByNameOutliveTheirFolder_data() { ways(); }
    void filesByNameOutliveTheirFolder();

    void jobsAreDoneBetweenCallbacks_data() { ways(); }
    void jobsAreDoneBetweenCallbacks();
    void theRecordedRotationIsReplayed();
};

void tst_follower::aFileIsReadAndReadOn() {
    std::string all = line("one");
    write(at("a.log"), all);
    write(at("notes"), "nothing known\n");
    FollowerLog &log = follow();
    QTRY_COMPARE(log.text(at("a.log")), all);
    for (int i = 0; i < 50; ++i) {
        all += line("more " + std::to_string(i));
        append(at("a.log"), line("more " + std::to_string(i)));
    }
    QTRY_COMPARE(log.text(at("a.log")), all);
    QTRY_VERIFY(log.content(at("a.log")).atEnd);
    const FollowerLog::Content content = log.content(at("a.log"));
    QCOMPARE(content.file.generation, 0U);
    QCOMPARE(std::string(content.file.format), std::string("runner-text"));
    QCOMPARE(content.file.identity.headLength, static_cast<std::uint32_t>(std::min<std::size_t>(1024, all.size())));
    // A file made later, and one larger than a piece.
    std::string large;
    while (large.size() < 3'000'000)
        large += line(std::string(1000, 'x'));
    write(at("b.log"), large);
    QTRY_VERIFY(log.text(at("b.log")) == large);
    QCOMPARE(log.content(at("b.log")).file.identity.headLength, 1024U);
    QCOMPARE(log.count(), 2U);
}

void tst_follower::halfLinesAreHandedOnAtOnce() {
    FollowerLog &log = follow();
    write(at("a.log"), line("one") + "2026-11-23 16:5");
    QTRY_COMPARE(log.text(at("a.log")), line("one") + "2026-11-23 16:5");
    append(at("a.log"), "9:2");
    QTRY_COMPARE(log.text(at("a.log")), line("one") + "2026-11-23 16:59:2");
    // A new file is read once its first line can be told.
    append(at("b.log"), "2026-11-23 16:59:2");
    append(at("b.log"), line("x").substr(18));
    QTRY_COMPARE(log.text(at("b.log")), line("x"));
}

void tst_follower::renamingIsFollowed() {
    write(at("a.log"), line("one"));
    FollowerLog &log = follow();
    QTRY_COMPARE(log.text(at("a.log")), line("one"));
    const std::uint64_t id = log.content(at("a.log")).file.id;
    std::ofstream writer(at("a.log"), std::ios::app);
    writer << line("two") << std::flush;
    fs::rename(at("a.log"), at("a.log.1"));
    writer << line("three") << std::flush;
    write(at("a.log"), line("new"));
    writer << line("four") << std::flush;
    QTRY_COMPARE(log.text(at("a.log.1")), line("one") + line("two") + line("three") + line("four"));
    QTRY_COMPARE(log.text(at("a.log")), line("new"));
    QCOMPARE(log.content(at("a.log.1")).file.id, id);
    QCOMPARE(log.content(at("a.log.1")).file.generation, 0U);
    QVERIFY(log.content(at("a.log")).file.id != id);
    QCOMPARE(log.count(), 2U);
}

void tst_follower::aWholeRowRotates() {
    FollowerLog &log = follow();
    std::vector<std::string> expected;
    for (int round = 0; round < 8; ++round) {
        for (int i = 6; i > 0; --i) {
            const std::string from = at(i == 1 ? "a.log" : "a.log." + std::to_string(i - 1));
            if (fs::exists(from))
                fs::rename(from, at("a.log." + std::to_string(i)));
        }
        write(at("a.log"), line("round " + std::to_string(round)));
        append(at("a.log"), line("more"));
        QTRY_COMPARE(log.text(at("a.log")), line("round " + std::to_string(round)) + line("more"));
    }
    for (int i = 1; i <= 6; ++i)
        QTRY_COMPARE(log.text(at("a.log." + std::to_string(i))), line("round " + std::to_string(7 - i)) + line("more"));
    QCOMPARE(log.count(), 8U);
    QTRY_COMPARE(std::ranges::count_if(log.files(), [](const auto &f) { return f.second.gone; }), 1);
}

void tst_follower::truncatingBeginsAGeneration() {
    write(at("a.log"), line("one") + line("two"));
    FollowerLog &log = follow();
    QTRY_COMPARE(log.text(at("a.log")), line("one") + line("two"));
    fs::resize_file(at("a.log"), 0);
    QTRY_COMPARE(log.content(at("a.log")).file.generation, 1U);
    append(at("a.log"), line("three"));
    QTRY_COMPARE(log.text(at("a.log")), line("three"));
    const FollowerLog::Content content = log.content(at("a.log"));
    QCOMPARE(content.file.generation, 1U);
    QCOMPARE(content.generations.at(0), line("one") + line("two"));
    QCOMPARE(log.count(), 1U);
}

void tst_follower::truncatedAndLongerAgainIsNoticed() {
    write(at("a.log"), line("one"));
    FollowerLog &log = follow();
    QTRY_COMPARE(log.text(at("a.log")), line("one"));
    std::string next = line("another beginning");
    for (int i = 0; i < 100; ++i)
        next += line("filling " + std::to_string(i));
    write(at("a.log"), next); // empties and writes before anybody can look
    QTRY_COMPARE(log.text(at("a.log")), next);
    QVERIFY(log.content(at("a.log")).file.generation >= 1);
    QCOMPARE(log.count(), 1U);
}

void tst_follower::rewrittenInPlaceIsNoticed() {
    const std::string head = [] {
        std::string text;
        while (text.size() < 2000)
            text += line("the same beginning");
        return text;
    }();
    write(at("head.log"), line("aaa") + line("zzz"));
    write(at("tail.log"), head + line("aaa"));
    FollowerLog &log = follow();
    QTRY_COMPARE(log.text(at("head.log")), line("aaa") + line("zzz"));
    QTRY_COMPARE(log.text(at("tail.log")), head + line("aaa"));
    // The modification time must differ for a poller to see it at all.
    overwrite(at("head.log"), line("bbb") + line("zzz"));
    overwrite(at("tail.log"), head + line("bbb"));
    fs::last_write_time(at("head.log"), fs::last_write_time(at("head.log")) + 1s);
    fs::last_write_time(at("tail.log"), fs::last_write_time(at("tail.log")) + 1s);
    QTRY_COMPARE(log.text(at("head.log")), line("bbb") + line("zzz"));
    QTRY_COMPARE(log.text(at("tail.log")), head + line("bbb"));
    QCOMPARE(log.content(at("tail.log")).file.generation, 1U);
    QCOMPARE(log.count(), 2U);
}

void tst_follower::deletedAndMadeAnewIsAnotherFile() {
    write(at("a.log"), line("one"));
    FollowerLog &log = follow();
    QTRY_COMPARE(log.text(at("a.log")), line("one"));
    const std::uint64_t id = log.content(at("a.log")).file.id;
    fs::remove(at("a.log"));
    write(at("a.log"), line("two"));
    QTRY_COMPARE(log.text(at("a.log")), line("two"));
    QVERIFY(log.content(at("a.log")).file.id != id);
    QTRY_VERIFY(log.files().at(id).gone);
    QCOMPARE(log.files().at(id).generations.at(0), line("one"));
    QCOMPARE(log.content(at("a.log")).file.generation, 0U);
}

void tst_follower::replacedByRenamingIsAnotherFile() {
    write(at("a.log"), line("one"));
    FollowerLog &log = follow();
    QTRY_COMPARE(log.text(at("a.log")), line("one"));
    const std::uint64_t id = log.content(at("a.log")).file.id;
    // Same size, atomically.
    const std::string elsewhere = m_folder->filePath(QStringLiteral("new")).toStdString();
    write(elsewhere, line("eno"));
    fs::rename(elsewhere, at("a.log"));
    QTRY_COMPARE(log.text(at("a.log")), line("eno"));
    QTRY_VERIFY(log.files().at(id).gone);
    // Moved out of sight and back again it is the same file.
    append(at("a.log"), line("two"));
    QTRY_COMPARE(log.text(at("a.log")), line("eno") + line("two"));
    fs::rename(at("a.log"), elsewhere);
    append(elsewhere, line("three"));
    fs::rename(elsewhere, at("b.log"));
    QTRY_COMPARE(log.text(at("b.log")), line("eno") + line("two") + line("three"));
    QCOMPARE(log.count(), 2U);
}

void tst_follower::aDeletedFileIsReadUntilItsWriterStops() {
    write(at("a.log"), line("one"));
    FollowerLog &log = follow();
    QTRY_COMPARE(log.text(at("a.log")), line("one"));
    const std::uint64_t id = log.content(at("a.log")).file.id;
    std::ofstream writer(at("a.log"), std::ios::app);
    std::string all = line("one");
    fs::remove(at("a.log"));
    // Longer than the grace for files without a name.
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; timer.elapsed() < 400; ++i) {
        writer << line(std::to_string(i)) << std::flush;
        all += line(std::to_string(i));
        QTRY_COMPARE(log.files().at(id).generations.at(0), all);
        QTest::qWait(20);
    }
    QVERIFY(!log.files().at(id).gone);
    QTRY_VERIFY(log.files().at(id).gone);
    QCOMPARE(log.files().at(id).generations.at(0), all);
}

/// The name may change between any two system calls of the follower, and nothing is written to the file after that.
void tst_follower::filesRenamedWhileTheyAreOpenedAreRead() {
    FollowerLog &log = follow();
    constexpr int files = 1500;
    for (int i = 0; i < files; ++i) {
        const std::string name = std::to_string(i);
        write(at("new"), line(name));
        fs::rename(at("new"), at(name + "-1"));
        fs::rename(at(name + "-1"), at(name + "-2"));
        fs::rename(at(name + "-2"), at(name + ".log"));
    }
    for (int i = 0; i < files; ++i)
        QTRY_COMPARE(log.text(at(std::to_string(i) + ".log")), line(std::to_string(i)));
}

void tst_follower::touchingChangesNothing() {
    write(at("a.log"), line("one"));
    FollowerLog &log = follow();
    QTRY_COMPARE(log.text(at("a.log")), line("one"));
    fs::last_write_time(at("a.log"), fs::last_write_time(at("a.log")) + 5s);
    fs::permissions(at("a.log"), fs::perms::owner_read | fs::perms::owner_write);
    fs::create_hard_link(at("a.log"), at("hard.log"));
    append(at("a.log"), line("two"));
    QTRY_COMPARE(log.text(at("a.log")), line("one") + line("two"));
    fs::remove(at("a.log")); // the other name remains
    append(at("hard.log"), line("three"));
    QTRY_COMPARE(log.text(at("hard.log")), line("one") + line("two") + line("three"));
    QCOMPARE(log.content(at("hard.log")).file.generation, 0U);
    QCOMPARE(log.count(), 1U);
}

void tst_follower::linksAreFollowed() {
    const std::string outside = m_folder->path().toStdString();
    write(outside + "/first", line("one"));
    write(outside + "/second", line("other"));
    fs::create_symlink(outside + "/first", at("current.log"));
    FollowerLog &log = follow();
    QTRY_COMPARE(log.text(at("current.log")), line("one"));
    append(outside + "/first", line("two"));
    QTRY_COMPARE(log.text(at("current.log")), line("one") + line("two"));
    fs::create_symlink(outside + "/second", at("next"));
    fs::rename(at("next"), at("current.log"));
    QTRY_COMPARE(log.text(at("current.log")), line("other"));
    append(outside + "/second", line("more"));
    QTRY_COMPARE(log.text(at("current.log")), line("other") + line("more"));
    // The link stays, what it leads to is replaced.
    fs::remove(outside + "/second");
    write(outside + "/second", line("anew"));
    QTRY_COMPARE(log.text(at("current.log")), line("anew"));
    fs::create_symlink("nowhere", at("broken.log"));
    fs::create_symlink("self.log", at("self.log"));
    append(outside + "/second", line("still here"));
    QTRY_COMPARE(log.text(at("current.log")), line("anew") + line("still here"));
}

void tst_follower::foldersComeAndGo() {
    FollowerLog &log = follow();
    fs::create_directories(at("x/y/z"));
    write(at("x/y/z/a.log"), line("deep"));
    QTRY_COMPARE(log.text(at("x/y/z/a.log")), line("deep"));
    const std::uint64_t id = log.content(at("x/y/z/a.log")).file.id;
    fs::remove_all(at("x"));
    QTRY_VERIFY(log.files().at(id).gone);
    fs::create_directories(at("x/y/z"));
    write(at("x/y/z/a.log"), line("again"));
    QTRY_COMPARE(log.text(at("x/y/z/a.log")), line("again"));
    fs::create_directories(at(".hidden"));
    write(at(".hidden/a.log"), line("secret"));
    write(at("x/b.log"), line("seen"));
    QTRY_COMPARE(log.text(at("x/b.log")), line("seen"));
    QCOMPARE(log.text(at(".hidden/a.log")), std::string("(none)"));
    // Gone and there again at once.
    fs::remove_all(at("x"));
    fs::create_directories(at("x/y"));
    write(at("x/y/c.log"), line("third"));
    QTRY_COMPARE(log.text(at("x/y/c.log")), line("third"));
    append(at("x/y/c.log"), line("fourth"));
    QTRY_COMPARE(log.text(at("x/y/c.log")), line("third") + line("fourth"));
}

void tst_follower::theRootComesAndGoes() {
    fs::remove(m_root);
    FollowerLog &log = follow();
    fs::create_directory(m_root);
    write(at("a.log"), line("one"));
    QTRY_COMPARE(log.text(at("a.log")), line("one"));
    fs::remove_all(m_root);
    QTRY_VERIFY(log.content(at("a.log")).gone);
    fs::create_directory(m_root);
    write(at("a.log"), line("two"));
    QTRY_COMPARE(log.text(at("a.log")), line("two"));
    fs::rename(m_root, m_root + "-old");
    fs::create_directory(m_root);
    write(at("b.log"), line("three"));
    QTRY_COMPARE(log.text(at("b.log")), line("three"));
    fs::remove_all(m_root);
    write(m_root, "a file in the folder's place");
    QTRY_VERIFY(log.content(at("b.log")).gone);
    fs::remove(m_root);
    fs::create_directory(m_root);
    write(at("c.log"), line("four"));
    QTRY_COMPARE(log.text(at("c.log")), line("four"));
}

void tst_follower::aRenamedFolderTakesItsFilesAlong() {
    fs::create_directories(at("day/deep"));
    write(at("day/deep/a.log"), line("one"));
    FollowerLog &log = follow();
    QTRY_COMPARE(log.text(at("day/deep/a.log")), line("one"));
    const std::uint64_t id = log.content(at("day/deep/a.log")).file.id;
    std::ofstream writer(at("day/deep/a.log"), std::ios::app);
    fs::rename(at("day"), at("yesterday"));
    writer << line("two") << std::flush;
    QTRY_COMPARE(log.text(at("yesterday/deep/a.log")), line("one") + line("two"));
    QCOMPARE(log.content(at("yesterday/deep/a.log")).file.id, id);
    fs::create_directories(at("day/deep"));
    write(at("day/deep/a.log"), line("new"));
    QTRY_COMPARE(log.text(at("day/deep/a.log")), line("new"));
    append(at("yesterday/deep/a.log"), line("three"));
    QTRY_COMPARE(log.text(at("yesterday/deep/a.log")), line("one") + line("two") + line("three"));
}

void tst_follower::linkedFolders() {
    const std::string outside = m_folder->filePath(QStringLiteral("outside")).toStdString();
    const std::string other = m_folder->filePath(QStringLiteral("other")).toStdString();
    fs::create_directory(outside);
    fs::create_directory(other);
    write(outside + "/a.log", line("one"));
    write(other + "/a.log", line("two"));
    fs::create_directory_symlink(m_root, at("loop"));
    FollowerLog &log = follow();
    fs::create_directory_symlink(outside, at("link"));
    QTRY_COMPARE(log.text(at("link/a.log")), line("one"));
    append(outside + "/a.log", line("more"));
    QTRY_COMPARE(log.text(at("link/a.log")), line("one") + line("more"));
    fs::remove(at("link"));
    fs::create_directory_symlink(other, at("link"));
    QTRY_COMPARE(log.text(at("link/a.log")), line("two"));
    QCOMPARE(log.count(), 2U);
}

void tst_follower::rightsLostAndRegained() {
    // The follower's thread has an ordinary user's rights, also where the tests run as root.
    fs::permissions(m_folder->path().toStdString(), fs::perms(0755));
    fs::permissions(m_root, fs::perms(0755));
    write(at("a.log"), line("one"));
    write(at("b.log"), line("closed"));
    fs::permissions(at("a.log"), fs::perms(0644));
    fs::permissions(at("b.log"), fs::perms(0));
    FollowerLog &log = follow({}, false);
    log.follower().addFolder(m_root);
    log.start([] { setfsuid(65534); });
    QTRY_COMPARE(log.text(at("a.log")), line("one"));
    QTRY_VERIFY(!log.notices().empty());
    fs::permissions(at("a.log"), fs::perms(0));
    append(at("a.log"), line("two")); // it is open
    QTRY_COMPARE(log.text(at("a.log")), line("one") + line("two"));
    fs::permissions(at("b.log"), fs::perms(0644));
    QTRY_COMPARE(log.text(at("b.log")), line("closed"));
    // The folder, too.
    fs::permissions(m_root, fs::perms(0));
    fs::permissions(m_root, fs::perms(0755));
    append(at("b.log"), line("three"));
    write(at("c.log"), line("new"));
    fs::permissions(at("c.log"), fs::perms(0644));
    QTRY_COMPARE(log.text(at("b.log")), line("closed") + line("three"));
    QTRY_COMPARE(log.text(at("c.log")), line("new"));
    QCOMPARE(log.count(), 3U);
}

void tst_follower::aFolderLockedForAWhile() {
    fs::permissions(m_folder->path().toStdString(), fs::perms(0755));
    fs::permissions(m_root, fs::perms(0755));
    fs::create_directory(at("locked"));
    write(at("locked/a.log"), line("one"));
    fs::permissions(at("locked/a.log"), fs::perms(0644));
    fs::permissions(at("locked"), fs::perms(0));
    m_log = std::make_unique<FollowerLog>();
    m_log->follower().addFolder(m_root);
    m_log->start([] { setfsuid(65534); });
    QTRY_COMPARE(m_log->notices().size(), 1U);
    QVERIFY(QString::fromStdString(m_log->notices()[0]).contains(QStringLiteral("locked")));
    fs::permissions(at("locked"), fs::perms(0755));
    QTRY_COMPARE(m_log->text(at("locked/a.log")), line("one"));
}

void tst_follower::documentsAreReportedWhenComplete() {
    const std::string recipe = "steps:\n- {module: m, function: F}\n";
    write(at("old.yaml"), recipe);
    fs::last_write_time(at("old.yaml"), fs::file_time_type::clock::now() - 1h);
    FollowerLog &log = follow();
    using List = std::vector<std::string>;
    QTRY_COMPARE(log.documents(), List{"recipe " + at("old.yaml")});
    // Written piece by piece: not before it is complete, and once.
    {
        std::ofstream writer(at("new.yaml"));
        for (const char *piece : {"steps:\n", "- {module: m, ", "function: F}\n", "- {module: m, function: G}\n"}) {
            writer << piece << std::flush;
            QTest::qWait(30);
            QCOMPARE(log.documents().size(), 1U);
        }
    }
    QTRY_COMPARE(log.documents().size(), 2U);
    QCOMPARE(log.documents()[1], "recipe " + at("new.yaml"));
    // Left open: complete once it has been quiet.
    std::ofstream writer(at("open.yaml"));
    writer << recipe << std::flush;
    QTRY_COMPARE(log.documents().size(), 3U);
    // Moved into place, and replaced by another.
    const std::string elsewhere = m_folder->filePath(QStringLiteral("new")).toStdString();
    write(elsewhere, recipe);
    fs::rename(elsewhere, at("moved.yaml"));
    QTRY_COMPARE(log.documents().size(), 4U);
    append(at("moved.yaml"), "- {module: m, function: H}\n");
    QTRY_COMPARE(log.documents().size(), 5U);
    QCOMPARE(log.documents()[4], "recipe " + at("moved.yaml"));
    // Rights and names are no news.
    fs::permissions(at("moved.yaml"), fs::perms(0600));
    fs::remove(at("old.yaml"));
    write(at("last.json"),
          R"({"recipe_path": "a", "overall_success": true, "status": "completed", "step_results": []})");
    QTRY_COMPARE(log.documents().size(), 6U);
    QCOMPARE(log.documents()[5], "runner-result " + at("last.json"));
    QCOMPARE(log.count(), 0U);
}

void tst_follower::filesAreLookedAtAgainWhenTheyGrow() {
    FollowerLog &log = follow();
    write(at("a.log"), "");
    append(at("a.log"), "a banner\n");
    append(at("a.log"), "another line\n");
    append(at("a.log"), line("one"));
    QTRY_COMPARE(log.text(at("a.log")), "a banner\nanother line\n" + line("one"));
    // What looked like a document becomes a log.
    write(at("b.log"), "{\"status\": \"error\", \"error\": \"e\", \"recipe_path\": \"a\"}\n");
    QTRY_COMPARE(log.documents().size(), 1U);
    append(at("b.log"), line("two"));
    QTRY_VERIFY(log.text(at("b.log")).ends_with(line("two")));
    // 64 KiB of something else are enough; emptied, it has another chance.
    write(at("c.log"), std::string(70'000, 'x') + "\n");
    append(at("c.log"), line("too late"));
    write(at("store.db"), std::string("SQLite format 3\0", 16));
    append(at("store.db"), "\n" + line("in a page"));
    append(at("a.log"), line("meanwhile"));
    QTRY_VERIFY(log.text(at("a.log")).ends_with(line("meanwhile")));
    QCOMPARE(log.count(), 2U);
    fs::resize_file(at("c.log"), 0);
    QTest::qWait(60); // for a poller to see it empty
    append(at("c.log"), line("in time"));
    QTRY_COMPARE(log.text(at("c.log")), line("in time"));
}

void tst_follower::singleFiles() {
    write(at("a.txt"), "no format at all\n");
    write(at("b.log"), line("not asked for"));
    write(at("c.yaml"), "steps:\n- {module: m, function: F}\n");
    FollowerLog &log = follow({}, false);
    log.follower().addFile(at("a.txt"));
    log.follower().addFile(at("c.yaml"));
    log.start();
    QTRY_COMPARE(log.text(at("a.txt")), std::string("no format at all\n"));
    QCOMPARE(std::string(log.content(at("a.txt")).file.format), std::string("text"));
    append(at("a.txt"), "more\n");
    QTRY_COMPARE(log.text(at("a.txt")), std::string("no format at all\nmore\n"));
    QTRY_COMPARE(log.documents().size(), 1U);
    // Rotated away it is still read, and what takes its name is another one.
    fs::rename(at("a.txt"), at("a.txt.1"));
    append(at("a.txt.1"), "late\n");
    write(at("a.txt"), line("fresh"));
    QTRY_COMPARE(log.text(at("a.txt.1")), std::string("no format at all\nmore\nlate\n"));
    QTRY_COMPARE(log.text(at("a.txt")), line("fresh"));
    append(at("b.log"), line("still not"));
    fs::create_directory(at("folder"));
    write(at("folder/d.log"), line("nor this"));
    append(at("a.txt"), line("end"));
    QTRY_COMPARE(log.text(at("a.txt")), line("fresh") + line("end"));
    QCOMPARE(log.count(), 2U);
    log.follower().remove(at("a.txt"));
    QTRY_VERIFY(log.content(at("a.txt")).gone);
}

void tst_follower::aSingleFileThatIsNotThereYet() {
    FollowerLog &log = follow({}, false);
    log.follower().addFile(at("later/run.log"));
    log.start();
    fs::create_directory(at("later"));
    write(at("later/run.log"), line("one"));
    QTRY_COMPARE(log.text(at("later/run.log")), line("one"));
    append(at("later/run.log"), line("two"));
    QTRY_COMPARE(log.text(at("later/run.log")), line("one") + line("two"));
    fs::remove_all(at("later"));
    QTRY_VERIFY(log.content(at("later/run.log")).gone);
    fs::create_directory(at("later"));
    write(at("later/run.log"), line("again"));
    QTRY_COMPARE(log.text(at("later/run.log")), line("again"));
}

void tst_follower::checkpoints() {
    write(at("half.log"), line("one") + line("two"));
    write(at("whole.log"), line("one"));
    write(at("skipped.log"), line("one"));
    write(at("shorter.log"), line("one"));
    FollowerLog &log = follow({}, false);
    log.checkpoint = [&](const FollowedFile &file) -> std::uint64_t {
        const std::string name = fs::path(file.path).filename();
        if (name == "half.log" || name == "whole.log")
            return line("one").size();
        return name == "skipped.log" ? Follower::skip : 1'000'000;
    };
    log.follower().addFolder(m_root);
    log.start();
    QTRY_COMPARE(log.text(at("half.log")), line("two"));
    QTRY_VERIFY(log.content(at("whole.log")).atEnd);
    QCOMPARE(log.text(at("whole.log")), std::string());
    QTRY_COMPARE(log.text(at("shorter.log")), line("one"));
    QCOMPARE(log.content(at("shorter.log")).file.generation, 1U);
    append(at("skipped.log"), line("two"));
    append(at("half.log"), line("three"));
    QTRY_COMPARE(log.text(at("half.log")), line("two") + line("three"));
    QVERIFY(log.content(at("skipped.log")).generations.empty());
    // What was before the checkpoint counts, too.
    overwrite(at("whole.log"), line("eno"));
    append(at("whole.log"), line("two"));
    QTRY_COMPARE(log.text(at("whole.log")), line("eno") + line("two"));
    QCOMPARE(log.content(at("whole.log")).file.generation, 1U);
}

void tst_follower::compressedFilesAreReadWhenComplete() {
    const std::string text = line("one") + line("two");
    FollowerLog &log = follow({.quiet = 40ms});
    const gzFile packed = gzopen(at("a.log.2.gz").c_str(), "wb");
    gzwrite(packed, text.data(), static_cast<unsigned>(text.size()));
    gzclose(packed);
    QTRY_COMPARE(log.text(at("a.log.2.gz")), text);
    QTRY_VERIFY(log.content(at("a.log.2.gz")).atEnd);
    QVERIFY(log.content(at("a.log.2.gz")).file.compressed);
    QCOMPARE(log.content(at("a.log.2.gz")).file.identity.headLength, static_cast<std::uint32_t>(text.size()));
    // Another member makes it another content.
    const gzFile more = gzopen(at("a.log.2.gz").c_str(), "ab");
    gzwrite(more, text.data(), static_cast<unsigned>(text.size()));
    gzclose(more);
    QTRY_COMPARE(log.text(at("a.log.2.gz")), text + text);
    QCOMPARE(log.content(at("a.log.2.gz")).file.generation, 1U);
    // Cut off: what there is, and a notice.
    std::string bytes;
    {
        std::ifstream in(at("a.log.2.gz"), std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(in), {});
    }
    write(at("cut.gz"), bytes.substr(0, bytes.size() - 4));
    QTRY_COMPARE(log.text(at("cut.gz")), text + text);
    QTRY_COMPARE(log.notices().size(), 1U);
    log.stop();

    FollowerLog &second = follow({}, false);
    fs::copy_file(at("a.log.2.gz"), at("same.gz"));
    second.checkpoint = [](const FollowedFile &file) {
        return file.path.ends_with("cut.gz")    ? Follower::skip
               : file.path.ends_with("same.gz") ? Follower::unchanged
                                                : 10;
    };
    second.follower().addFolder(m_root);
    second.start();
    QTRY_COMPARE(second.text(at("a.log.2.gz")), (text + text).substr(10));
    QTRY_VERIFY(second.content(at("cut.gz")).file.id != 0);
    QVERIFY(second.content(at("cut.gz")).generations.empty());
    QTRY_VERIFY(second.content(at("same.gz")).atEnd);
    QCOMPARE(second.text(at("same.gz")), std::string());
    append(at("same.gz"), bytes.substr(0, bytes.size() / 2)); // its first member
    std::string thrice = text + text;
    thrice += text;
    QTRY_COMPARE(second.text(at("same.gz")), thrice);
}

void tst_follower::removedFoldersAreGone() {
    fs::create_directories(at("inner"));
    fs::create_directories(m_root + "-2");
    write(at("a.log"), line("one"));
    write(at("inner/b.log"), line("two"));
    write(m_root + "-2/c.log", line("three"));
    FollowerLog &log = follow();
    log.follower().addFolder(m_root + "-2/");
    QTRY_COMPARE(log.count(), 3U);
    QTRY_COMPARE(log.text(m_root + "-2/c.log"), line("three"));
    log.follower().removeFolder(m_root);
    QTRY_VERIFY(log.content(at("a.log")).gone && log.content(at("inner/b.log")).gone);
    append(at("a.log"), line("unheard"));
    append(m_root + "-2/c.log", line("heard"));
    QTRY_COMPARE(log.text(m_root + "-2/c.log"), line("three") + line("heard"));
    QVERIFY(!log.content(m_root + "-2/c.log").gone);
    QCOMPARE(log.content(at("a.log")).generations.at(0), line("one"));
    log.follower().addFolder(m_root);
    QTRY_COMPARE(log.text(at("a.log")), line("one") + line("unheard"));
}

void tst_follower::filesByNameOutliveTheirFolder() {
    fs::create_directories(at("inner"));
    write(at("a.log"), line("one"));
    write(at("b.log"), line("two"));
    write(at("inner/c.log"), line("three"));
    FollowerLog &log = follow();
    log.follower().addFile(at("a.log"));
    log.follower().addFile(at("inner/c.log"));
    QTRY_COMPARE(log.count(), 3U);
    log.follower().removeFolder(m_root);
    QTRY_VERIFY(log.content(at("b.log")).gone);
    // What comes now is not asked for, and what is written then to the files that are shows that it was passed over.
    append(at("b.log"), line("unheard"));
    write(at("d.log"), line("unheard"));
    fs::create_directories(at("new"));
    write(at("new/e.log"), line("unheard"));
    write(at("inner/f.log"), line("unheard"));
    for (const std::string &text : {line("heard"), line("heard again")}) {
        const std::string before = log.text(at("inner/c.log"));
        append(at("a.log"), text);
        append(at("inner/c.log"), text);
        QTRY_COMPARE(log.text(at("inner/c.log")), before + text);
    }
    QTRY_COMPARE(log.text(at("a.log")), line("one") + line("heard") + line("heard again"));
    QCOMPARE(log.count(), 3U);
    // Its own folder is let go with the last file in it.
    log.follower().remove(at("inner/c.log"));
    QTRY_VERIFY(log.content(at("inner/c.log")).gone);
    QVERIFY(!log.content(at("a.log")).gone);
}

void tst_follower::jobsAreDoneBetweenCallbacks() {
    write(at("a.log"), line("one"));
    FollowerLog &log = follow();
    QTRY_COMPARE(log.text(at("a.log")), line("one"));
    append(at("a.log"), line("two"));
    std::atomic<bool> seen{false};
    std::atomic<bool> done{false};
    log.follower().post([&] {
        seen = log.text(at("a.log")) == line("one") + line("two"); // what was there before the job is read before it
        done = true;
    });
    QTRY_VERIFY(done.load());
    QFETCH(bool, polling);
    QVERIFY(seen.load() || polling);
}

void tst_follower::theRecordedRotationIsReplayed() {
    const QString shared = qEnvironmentVariable("RA_SHARED");
    if (shared.isEmpty())
        QSKIP("RA_SHARED does not name the folder of the corpus");
    QFile recording(shared + QStringLiteral("/framework0/corpus/31_live_tail/tail_events.jsonl"));
    QVERIFY(recording.open(QIODevice::ReadOnly));
    m_log = std::make_unique<FollowerLog>();
    m_log->follower().addFolder(m_root);
    m_log->start();
    std::map<std::string, std::string> content; // by name
    int events = 0;
    while (!recording.atEnd()) {
        const auto event = nlohmann::json::parse(recording.readLine().toStdString());
        const std::string op = event["op"];
        const std::string path = event["path"];
        const std::string name = at(fs::path(path).filename());
        if (op == "append") {
            const std::string text = event["text"];
            append(name, text);
            content[name] += text;
        } else if (op == "rename") {
            const std::string to = at(fs::path(event["to"].get<std::string>()).filename());
            fs::rename(name, to);
            content[to] = content[name];
            content.erase(name);
        } else if (op == "truncate") {
            QTRY_COMPARE(m_log->text(name), content[name]); // what is cut off unread is lost to everybody
            fs::resize_file(name, 0);
            content[name].clear();
        } else if (op == "create") {
            append(name, "");
        }
        ++events;
    }
    QVERIFY(events > 50);
    for (const auto &[name, text] : content)
        QTRY_COMPARE(m_log->text(name), text);
}

QTEST_GUILESS_MAIN(tst_follower)
#include "tst_follower.moc"
