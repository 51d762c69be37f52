// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/export.h"

#include <QFile>
#include <QFileInfo>
#include <QUuid>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace ra::report {

using namespace Qt::StringLiterals;

namespace {

tl::unexpected<Error> failed(const QString &path, int code) {
    Error error{.what = "write the report", .where = path.toStdString(), .why = std::strerror(code), .hint = {}};
    if (code == ENOSPC || code == EDQUOT)
        error.hint = "Free some space or choose another folder";
    else if (code == EACCES || code == EROFS || code == EPERM)
        error.hint = "Choose a folder that you may write to";
    else if (code == ENOENT || code == ENOTDIR)
        error.hint = "Choose a folder that exists";
    return fail(std::move(error));
}

/// 0 or the error of the first call that failed.
int writeAll(int fd, const QByteArray &content) {
    qsizetype done = 0;
    while (done < content.size()) {
        const ssize_t n = ::write(fd, content.constData() + done, std::size_t(content.size() - done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        done += n;
    }
    return ::fsync(fd) == 0 ? 0 : errno;
}

void syncFolder(const QByteArray &folder) {
    // The file is complete and in its place by now; a file system that cannot sync folders is no reason to fail.
    const int fd = ::open(folder.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    ::fsync(fd);
    ::close(fd);
}

} // namespace

Result<void> saveFile(const QString &path, const QByteArray &content) {
    const QFileInfo target(path);
    if (target.isDir())
        return failed(path, EISDIR);
    const QString folder = target.absolutePath();
    const QByteArray temporary =
        QFile::encodeName(folder + u"/."_s + target.fileName() + u'.' + QUuid::createUuid().toString(QUuid::Id128));
    const QByteArray final = QFile::encodeName(folder + u'/' + target.fileName());
    const int fd = ::open(temporary.constData(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return failed(path, errno);
    int code = writeAll(fd, content);
    if (::close(fd) != 0 && code == 0)
        code = errno;
    if (code == 0 && ::rename(temporary.constData(), final.constData()) != 0)
        code = errno;
    if (code != 0) {
        ::unlink(temporary.constData());
        return failed(path, code);
    }
    syncFolder(QFile::encodeName(folder));
    return {};
}

} // namespace ra::report
