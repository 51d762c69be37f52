// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of a model: magic, biases, rows that are not zero, each with its distance to the row before, checksum.
#include "core/stats/varint.h"
#include "core/text/errormodel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <xxhash.h>

namespace ra::text {

namespace {

constexpr std::string_view magic = "RAEC1\n";

void putChecksum(std::string &out, std::string_view of) {
    const std::uint64_t checksum = XXH3_64bits(of.data(), of.size());
    for (unsigned shift = 0; shift < 64; shift += 8)
        out.push_back(static_cast<char>(checksum >> shift));
}

} // namespace

void ErrorModel::serialise(std::string &out) const {
    const std::size_t begin = out.size();
    out += magic;
    stats::putVarint(out, ErrorFeatures::bucketBits);
    for (const std::int32_t bias : m_bias)
        stats::putSigned(out, bias);
    const auto isSet = [](const Row &row) { return row != Row{}; };
    stats::putVarint(out, static_cast<std::uint64_t>(std::count_if(m_rows.begin(), m_rows.end(), isSet)));
    std::size_t next = 0;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (!isSet(m_rows[i]))
            continue;
        stats::putVarint(out, i - next);
        next = i + 1;
        for (std::size_t c = 0; c < errorClasses; ++c)
            stats::putSigned(out, m_rows[i][c]);
    }
    putChecksum(out, std::string_view(out).substr(begin));
}

Result<ErrorModel> ErrorModel::deserialise(std::string_view bytes) {
    const auto damaged = [](const char *why) {
        return fail({.kind = ErrorKind::Damaged, .what = "read the model of error classes", .where = {}, .why = why});
    };
    if (bytes.size() < magic.size() + 8 || !bytes.starts_with(magic))
        return damaged("it does not begin like one");
    const std::string_view body = bytes.substr(0, bytes.size() - 8);
    std::string checksum;
    putChecksum(checksum, body);
    if (!bytes.ends_with(checksum))
        return damaged("its checksum is wrong");
    stats::ByteReader in(body.substr(magic.size()));
    if (in.varint() != ErrorFeatures::bucketBits)
        return damaged("it is of features of another kind");
    ErrorModel model;
    bool sound = true;
    const auto weight = [&] {
        const std::int64_t value = in.signedVarint();
        sound = sound && std::abs(value) <= limit;
        return sound ? value : 0;
    };
    for (std::int32_t &bias : model.m_bias)
        bias = static_cast<std::int32_t>(weight());
    std::uint64_t next = 0;
    for (std::uint64_t left = in.varint(); left > 0 && in.ok() && sound; --left) {
        const std::uint64_t distance = in.varint();
        if (distance >= model.m_rows.size() - next)
            return damaged("it has more rows than there are");
        Row &row = model.m_rows[next + distance];
        for (std::size_t c = 0; c < errorClasses; ++c)
            row[c] = static_cast<std::int16_t>(weight());
        next += distance + 1;
    }
    if (!in.ok() || in.left() > 0 || !sound)
        return damaged("it is cut short, too long or has a weight beyond the limits");
    return model;
}

} // namespace ra::text
