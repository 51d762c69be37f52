// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/text/training/sentences.h"

#include <cstdint>
#include <span>

namespace ra::text {

struct TrainingOptions {
    /// Of each sentence, or as many as its largest group has parts if these are more.
    std::uint32_t variations = 4;
    /// Weight of the losses against that of the weights (C of liblinear). Of 1, 4 and 16 the least whose
    /// accuracy in cross-validation over the shipped sentences is within a standard error of the best (T. Hastie et
    /// al., "The elements of statistical learning", section 7.10).
    double cost = 4;
    /// Parts of the cross-validation that finds the temperature and makes the report. It takes several times as long as
    /// the training itself, so that 0 leaves it out: `temperature` is then taken as it is.
    std::uint32_t folds = 0;
    double temperature = 1.1; ///< as cross-validation found it for the shipped sentences
};

/// How well the sentences tell of each other, if there were folds: each was classified by a model that had not seen it
/// in any variation.
struct TrainingReport {
    std::size_t messages = 0;
    double accuracy = 0; ///< of the nine classes
    double macroF1 = 0;
    double temperature = 1;      ///< that the scores are divided by
    double calibrationError = 0; ///< expected, over ten equal bins of the highest probability
};

struct Trained {
    ErrorModel model;
    TrainingReport report;
};

/// One logistic regression a class against all others (liblinear, L2-regularised), joined by a softmax whose
/// temperature minimises the loss in cross-validation (C. Guo et al., "On calibration of modern neural networks", ICML
/// 2017). Deterministic. Nothing if there is no sentence, or fewer than folds, or one fold.
[[nodiscard]] std::optional<Trained> trainErrorModel(std::span<const Sentence> sentences,
                                                     const TrainingOptions &options = {});

} // namespace ra::text
