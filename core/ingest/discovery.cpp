// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/discovery.h"

#include "core/ingest/bytesource.h"
#include "core/ingest/classify.h"
#include "core/ingest/rotation.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <sys/stat.h>

namespace ra::ingest {

namespace {

namespace fs = std::filesystem;

class Walk {
public:
    Walk(const DiscoveryOptions &options, const std::stop_token &stop, const ProgressSink &progress)
        : m_options(options)
        , m_stop(stop)
        , m_progress(progress) {}

    void add(const std::string &path) {
        struct stat status {};
        if (stat(path.c_str(), &status) != 0) {
            report("look for logs in", path, std::make_error_code(static_cast<std::errc>(errno)).message());
        } else if (S_ISDIR(status.st_mode)) {
            folder(path, status);
        } else {
            file(path, status, true);
        }
        while (!m_folders.empty() && !m_stop.stop_requested()) {
            const std::string next = std::move(m_folders.back());
            m_folders.pop_back();
            enter(next);
        }
    }

    Result<Discovery> take() {
        if (m_stop.stop_requested())
            return fail(
                {.kind = ErrorKind::Cancelled, .what = "look for logs", .where = {}, .why = "stopped", .hint = {}});
        std::vector<FoundSource> &sources = m_found.sources;
        std::sort(sources.begin(), sources.end(),
                  [](const FoundSource &a, const FoundSource &b) { return isReadBefore(a.path, b.path); });
        if (m_progress)
            m_progress({.stage = "scan", .item = {}, .done = m_found.looked, .total = m_found.looked});
        return std::move(m_found);
    }

private:
    using Key = std::pair<std::uint64_t, std::uint64_t>;

    void report(const char *what, const std::string &where, std::string why) {
        m_found.errors.push_back(
            {.kind = ErrorKind::Failed, .what = what, .where = where, .why = std::move(why), .hint = {}});
    }

    void folder(const std::string &path, const struct stat &status) {
        // Links can form loops; the folder itself is what counts.
        if (m_seenFolders.insert({status.st_dev, status.st_ino}).second)
            m_folders.push_back(path);
    }

    void enter(const std::string &path) {
        std::error_code error;
        fs::directory_iterator entries(path, error);
        for (; !error && entries != fs::directory_iterator() && !m_stop.stop_requested(); entries.increment(error)) {
            const std::string entry = entries->path().string();
            struct stat status {};
            if (stat(entry.c_str(), &status) != 0)
                continue; // a link to nowhere, or gone since
            const bool hidden = entries->path().filename().string().starts_with('.');
            if (S_ISDIR(status.st_mode)) {
                if (!hidden || m_options.hiddenFolders)
                    folder(entry, status);
            } else if (S_ISREG(status.st_mode)) {
                file(entry, status, false);
            }
        }
        if (error)
            report("look for logs in", path, error.message());
    }

    void file(const std::string &path, const struct stat &status, bool named) {
        const Key key(status.st_dev, status.st_ino);
        if (const auto seen = m_seenFiles.find(key); seen != m_seenFiles.end()) {
            // A link was met first: call the file by its own name.
            if (seen->second && fs::is_symlink(m_found.sources[*seen->second].path) && !fs::is_symlink(path))
                m_found.sources[*seen->second].path = path;
            return;
        }
        m_seenFiles[key] = std::nullopt;
        if (m_progress && m_found.looked % 64 == 0)
            m_progress({.stage = "scan", .item = path, .done = m_found.looked, .total = 0});
        ++m_found.looked;
        auto source = ByteSource::open(path);
        if (!source) {
            m_found.errors.push_back(source.error());
            return;
        }
        m_head.resize(classifyHeadSize);
        const Result<std::size_t> length = source->read(0, m_head);
        if (!length) {
            m_found.errors.push_back(length.error());
            return;
        }
        const Classification what = classify(path, {m_head.data(), *length});
        if (what.kind == Classification::Database && named)
            report("read the log", path, "it is a database");
        if (what.kind == Classification::Database || (what.kind == Classification::Unknown && !named))
            return;
        m_seenFiles[key] = m_found.sources.size();
        m_found.sources.push_back({.path = path,
                                   .format = what.kind == Classification::Unknown ? "text" : std::string(what.format),
                                   .document = what.document,
                                   .fileSize = static_cast<std::uint64_t>(status.st_size),
                                   .device = status.st_dev,
                                   .inode = status.st_ino});
    }

    const DiscoveryOptions &m_options;
    const std::stop_token &m_stop;
    const ProgressSink &m_progress;
    Discovery m_found;
    std::vector<std::string> m_folders;
    std::set<Key> m_seenFolders;
    std::map<Key, std::optional<std::size_t>> m_seenFiles; ///< to the place in m_found.sources if it is one
    std::vector<char> m_head;
};

} // namespace

Result<Discovery> discover(std::span<const std::string> paths, const DiscoveryOptions &options,
                           const std::stop_token &stop, const ProgressSink &progress) {
    Walk walk(options, stop, progress);
    for (const std::string &path : paths)
        walk.add(path);
    return walk.take();
}

} // namespace ra::ingest
