// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/storecare.h"

#include "core/store/store.h"

#include <filesystem>
#include <memory>
#include <system_error>

namespace ra::engine {

namespace {

/// A store that is there: a wrong name must not make a new one.
Result<std::unique_ptr<store::Store>> openExisting(const std::string &path) {
    std::error_code unknown;
    if (!std::filesystem::exists(path, unknown)) {
        return fail({.kind = ErrorKind::NotFound,
                     .what = "open the store",
                     .where = path,
                     .why = "there is none",
                     .hint = "Name it with --store, or read logs into it first"});
    }
    return store::Store::open(path);
}

} // namespace

Result<store::VerifyReport> verifyStore(const std::string &path, const std::stop_token &stop,
                                        const ProgressSink &progress) {
    return store::verify(path, stop, progress);
}

Result<store::RepairReport> repairStore(const std::string &path, const std::stop_token &stop,
                                        const ProgressSink &progress) {
    return store::repair(path, stop, progress);
}

Result<RetentionPolicy> retentionOf(const std::string &path) {
    const auto store = openExisting(path);
    if (!store)
        return fail(store.error());
    return (*store)->retention();
}

Result<Retained> retain(const std::string &path, const RetentionPolicy &policy, const RetainOptions &options,
                        const std::stop_token &stop, const ProgressSink &progress) {
    const auto store = openExisting(path);
    if (!store)
        return fail(store.error());
    if (options.save && !options.preview) {
        if (const auto saved = (*store)->setRetention(policy); !saved)
            return fail(saved.error());
    }
    return (*store)->retain(policy, now(), options.preview, stop, progress);
}

Result<std::vector<std::string>> pinRuns(const std::string &path, std::span<const std::string> runIds, bool on) {
    const auto store = openExisting(path);
    if (!store)
        return fail(store.error());
    if (const auto pinned = (*store)->pin(runIds, on); !pinned)
        return fail(pinned.error());
    return (*store)->pinned();
}

Result<Compacted> compactStore(const std::string &path, const std::stop_token &stop, const ProgressSink &progress) {
    const auto store = openExisting(path);
    if (!store)
        return fail(store.error());
    const auto before = (*store)->info();
    if (!before)
        return fail(before.error());
    const auto bytes = (*store)->compact(stop, progress);
    if (!bytes)
        return fail(bytes.error());
    return Compacted{before->bytes, *bytes};
}

Result<Archived> archiveStore(const std::string &path, const std::string &file, Time before, Archiving archiving,
                              const std::stop_token &stop, const ProgressSink &progress) {
    const auto store = openExisting(path);
    if (!store)
        return fail(store.error());
    return (*store)->archive(file, before, archiving == Archiving::Copy, stop, progress);
}

Result<Archived> attachArchive(const std::string &path, const std::string &file, const std::stop_token &stop,
                               const ProgressSink &progress) {
    const auto store = store::Store::open(path);
    if (!store)
        return fail(store.error());
    return (*store)->attach(file, stop, progress);
}

} // namespace ra::engine
