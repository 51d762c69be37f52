// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/text/errorfeatures.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ra::text {

/// What kind of mishap an error message tells of.
enum class ErrorClass : std::uint8_t {
    Timeout,
    Network,
    Permission,
    MissingFile, ///< a file, module, command or rule that is not there
    OutOfMemory,
    ResourceExhaustion, ///< disk, descriptors, processes, quotas
    Validation,         ///< of data, types, formats, constraints
    Configuration,      ///< options, settings, environment variables
    Unknown,
};
inline constexpr std::size_t errorClasses = 9;

/// As in files and JSON: "timeout", "missing_file".
[[nodiscard]] std::string_view nameOf(ErrorClass is);
[[nodiscard]] std::optional<ErrorClass> errorClassNamed(std::string_view name);

/// What a model thinks of a message.
struct ErrorVerdict {
    ErrorClass best = ErrorClass::Unknown; ///< the most probable of the classes but Unknown
    double probability = 0;                ///< of `best`, of all nine
    /// `best` if it is probable enough to be said, else Unknown.
    ErrorClass said = ErrorClass::Unknown;

    bool operator==(const ErrorVerdict &) const = default;
};

/// A linear model of the features of messages, one score a class, and probabilities by softmax.
///
/// Weights are whole multiples of 1/1024 and add up exactly: answers are the same on every machine, and a model that is
/// written and read again is the same. classify() needs no memory; it may be called by any number of threads, each with
/// its own ErrorFeatures.
class ErrorModel {
public:
    static constexpr double unit = 1.0 / 1024;
    /// Below it the class is not said: less likely right than wrong.
    static constexpr double threshold = 0.5;

    /// All classes are as likely as each other.
    ErrorModel();

    /// The scores of a message: the bias, and the mean weight of its words and of its pieces times the root of their
    /// number (as if each of both groups were a vector of length 1). Indexed by ErrorClass.
    [[nodiscard]] std::array<double, errorClasses> scores(const ErrorFeatures &features) const;
    [[nodiscard]] std::array<double, errorClasses> probabilities(const ErrorFeatures &features) const;
    [[nodiscard]] ErrorVerdict classify(std::string_view message, ErrorFeatures &scratch) const;

    /// Learns from a correction: the least change of weights by which the message's score for the class exceeds all
    /// others by `margin` (passive-aggressive, K. Crammer et al., "Online passive-aggressive algorithms", JMLR 7, 2006,
    /// section 8); none if it does already. One step moves against the one class that is ahead; several are made until
    /// it holds.
    void learn(std::string_view message, ErrorClass is);
    static constexpr double margin = 2;

    /// Weights of a bucket, and the bias; rounded to `unit` and held within what 16 bits can say.
    void setWeight(std::uint32_t bucket, ErrorClass of, double weight);
    void setBias(ErrorClass of, double bias);

    /// Appends the model. Equal models give equal bytes.
    void serialise(std::string &out) const;
    /// The other way; kind Damaged for bytes that are no model.
    [[nodiscard]] static Result<ErrorModel> deserialise(std::string_view bytes);

    bool operator==(const ErrorModel &) const = default;

private:
    static constexpr std::int64_t limit = 32767; ///< of a weight, in units
    static constexpr std::size_t stride = 16;    ///< a row is half a line of the cache
    using Row = std::array<std::int16_t, stride>;

    std::array<std::int32_t, errorClasses> m_bias{}; ///< in units, as the rows are
    std::vector<Row> m_rows;
};

} // namespace ra::text
