// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/entities.h"

#include <QTest>

using namespace ra::text;

class TestEntities : public QObject {
    Q_OBJECT

    // What is recognised stands before the bar, what follows behind it; no bar: nothing is.
    template <typename Length>
    static void check(Length length) {
        QFETCH(QByteArray, text);
        const auto bar = text.indexOf('|');
        if (bar >= 0)
            text.remove(bar, 1);
        QCOMPARE(length(std::string_view(text.constData(), static_cast<std::size_t>(text.size()))),
                 static_cast<std::size_t>(std::max<qsizetype>(bar, 0)));
    }
    static void rows(std::initializer_list<const char *> texts) {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray();
        for (const char *text : texts)
            QTest::newRow(text) << QByteArray(text);
    }

private Q_SLOTS:
    void addresses_data() {
        rows({"10.0.0.1|", "10.0.0.1| is", "10.0.0.1:8080|", "10.0.0.1|: refused", "10.0.0.1:80|.", "10.0.0.1|.",
              "10.0.0", "10.0.0.1.2", "10.0.0.1a", "1000.0.0.1", "10.0.0.1-dsl.x", "10.0.0.1|:99a", "10..0.1"});
    }
    void addresses() { check(ipv4Length); }

    void addressesOfVersion6_data() {
        rows({"fe80::1|", "2001:db8::8a2e:370:7334| up", "::1|", "2607:f140:6000:8:c6b3:1ff:fecd:467f|)",
              "fe80::1|: lost", "12:30:59", "std::string", "dead::beef", "1:2:3:4:5:6:7:8:9", "fe80::1x", "12345::1",
              "::"});
    }
    void addressesOfVersion6() { check(ipv6Length); }

    void hardwareAddresses_data() {
        rows({"00:0d:60:ea:e0:8d| up", "00:0d:60:ea:e0:8d|", "FF:F2:9F:15:1F:72:00:0D:60:EA:E0:8D|",
              "00:0d:60:ea:e0:8d|:", "00:0d:60:ea:e0", "00:0d:60:ea:e0:8dx", "000:0d:60:ea:e0:8d"});
    }
    void hardwareAddresses() { check(macLength); }

    void uuids_data() {
        rows({"123e4567-e89b-12d3-a456-426614174000| x", "123E4567-E89B-12D3-A456-426614174000|}",
              "123e4567-e89b-12d3-a456-42661417400", "123e4567-e89b-12d3-a456-4266141740000",
              "123e4567-e89b-12d3-a456-42661417400g", "123e4567e89b12d3a456426614174000"});
    }
    void uuids() { check(uuidLength); }

    void urls_data() {
        rows({"http://a.b/c?d=e&f=1| now", "hdfs://10.0.0.1:9000/x/y:21876+7292|", "https://a.b/c|.", "https://a.b|)",
              "s3+http://bucket/key|, then", "http://", "http:/a", "://a", "file:///etc/passwd|"});
    }
    void urls() { check(urlLength); }

    void paths_data() {
        rows({"/etc/passwd|: denied", "/usr/lib/x-1.2.so.3|", "/tmp|", "./run.sh| -x", "../x|", "~/.ssh/id|",
              "/10.251.42.84:50010|", "C:\\Windows\\x.dll|, y", "\\\\server\\share\\a|'", "/x|)", "/", "/ x", "//",
              "a/b", "C:x", "/_x/y|"});
    }
    void paths() { check(pathLength); }

    void relativePaths_data() {
        rows({"src/core/main.cpp|: error", "a/b/c_d|", "lib/x86/y|", "read/write", "seq/ack/win", "2016/9/27",
              "src/core/main.cpp@x", "a/b.c"});
    }
    void relativePaths() { check(relativePathLength); }

    void hosts_data() {
        rows({"db.prod.example.com| refused", "www.example.org:443|", "191-2-3-4.user.example.com.br|", "host-1.lan|",
              "alice@example.com|", "alice@example.com|.", "a1.b.cn|", "x.co.uk|", "com.example.app",
              "java.lang.String", "mapred.task.id", "main.c", "a..com", "alice@host", "x.y.z", "example.com"});
    }
    void hosts() { check(hostLength); }

    void dates_data() {
        rows({"Fri Jun 17 07:07:00 2005|", "Jul 01 08:16:53| x", "Sat, 12 Jan 2020 10:00:00 GMT|", "Jan  2 2024|",
              "Mon Mar 4 10:00:00.123 UTC 2024| x", "Sep 9|", "May 8 09:04:50 EDT 2004|", "May be", "may 5",
              "Sun rises", "Jun seventeenth", "Jan 2x", "Marvin 5"});
    }
    void dates() { check(dateLength); }
};

QTEST_GUILESS_MAIN(TestEntities)
#include "tst_entities.moc"
