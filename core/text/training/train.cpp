// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/training/train.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <linear.h>
#include <map>
#include <memory>
#include <numeric>

namespace ra::text {

namespace {

using Scores = std::array<double, errorClasses>;

/// A message as liblinear wants it: the same numbers that ErrorModel::scores() makes of the features.
std::vector<feature_node> nodesOf(const ErrorFeatures &features) {
    std::map<int, double> values;
    for (const auto group : {features.words(), features.pieces()}) {
        for (const std::uint32_t bucket : group)
            values[static_cast<int>(bucket) + 1] += 1 / std::sqrt(static_cast<double>(group.size()));
    }
    std::vector<feature_node> nodes;
    nodes.reserve(values.size() + 2);
    for (const auto &[index, value] : values)
        nodes.push_back({index, value});
    nodes.push_back({static_cast<int>(ErrorFeatures::buckets) + 1, 1});
    nodes.push_back({-1, 0});
    return nodes;
}

struct Message {
    std::vector<feature_node> nodes;
    std::size_t is = 0;
    std::size_t fold = 0;
    Scores scores{};
};

struct FreeModel {
    void operator()(model *of) const { free_and_destroy_model(&of); }
};
using Fitted = std::unique_ptr<model, FreeModel>;

/// Of all messages that are not of the fold.
Fitted fit(std::vector<Message> &messages, std::size_t without, double cost) {
    std::vector<double> classes;
    std::vector<feature_node *> rows;
    for (Message &message : messages) {
        if (message.fold == without)
            continue;
        classes.push_back(static_cast<double>(message.is));
        rows.push_back(message.nodes.data());
    }
    problem all{};
    all.l = static_cast<int>(rows.size());
    all.n = static_cast<int>(ErrorFeatures::buckets) + 1;
    all.y = classes.data();
    all.x = rows.data();
    all.bias = 1;
    parameter how{};
    how.solver_type = L2R_LR_DUAL;
    how.eps = 0.1;
    how.C = cost;
    set_print_string_function([](const char *) {});
    srand(1); // liblinear takes the order of its steps from rand()
    return Fitted(train(&all, &how));
}

/// Weights by liblinear's indices, for each class.
double weightOf(const model &of, std::size_t index, std::size_t is) {
    for (int c = 0; c < of.nr_class; ++c) {
        if (static_cast<std::size_t>(of.label[c]) == is)
            return of.w[index * static_cast<std::size_t>(of.nr_class) + static_cast<std::size_t>(c)];
    }
    return 0;
}

Scores scoresOf(const model &of, const Message &message) {
    Scores byLabel{};
    predict_values(&of, message.nodes.data(), byLabel.data());
    Scores scores{};
    scores.fill(-10); // a class that no sentence is of
    for (int c = 0; c < of.nr_class; ++c)
        scores[static_cast<std::size_t>(of.label[c])] = byLabel[static_cast<std::size_t>(c)];
    return scores;
}

Scores softmax(Scores scores, double temperature) {
    const double most = *std::max_element(scores.begin(), scores.end());
    double sum = 0;
    for (double &score : scores)
        sum += score = std::exp((score - most) / temperature);
    for (double &score : scores)
        score /= sum;
    return scores;
}

/// Mean of -log of the probability of what was right.
double lossAt(const std::vector<Message> &messages, double temperature) {
    double loss = 0;
    for (const Message &message : messages)
        loss -= std::log(std::max(softmax(message.scores, temperature)[message.is], 1e-300));
    return loss / static_cast<double>(messages.size());
}

/// By golden section: the loss is convex in the inverse of the temperature, so it has one valley.
double bestTemperature(const std::vector<Message> &messages) {
    constexpr double ratio = 0.6180339887498949;
    double low = 0.05;
    double high = 5;
    while (high - low > 1e-3) {
        const double left = high - ratio * (high - low);
        const double right = low + ratio * (high - low);
        (lossAt(messages, left) < lossAt(messages, right) ? high : low) =
            lossAt(messages, left) < lossAt(messages, right) ? right : left;
    }
    return (low + high) / 2;
}

TrainingReport reportOf(const std::vector<Message> &messages, double temperature) {
    TrainingReport report{.messages = messages.size(), .temperature = temperature};
    std::array<double, errorClasses> hits{};
    std::array<double, errorClasses> said{};
    std::array<double, errorClasses> are{};
    std::array<double, 10> surplus{};
    for (const Message &message : messages) {
        const Scores p = softmax(message.scores, temperature);
        const auto best = static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
        const bool right = best == message.is;
        hits[best] += right ? 1 : 0;
        said[best] += 1;
        are[message.is] += 1;
        surplus[std::min<std::size_t>(9, static_cast<std::size_t>(p[best] * 10))] += p[best] - (right ? 1 : 0);
    }
    const auto n = static_cast<double>(messages.size());
    report.accuracy = std::accumulate(hits.begin(), hits.end(), 0.0) / n;
    for (std::size_t c = 0; c < errorClasses; ++c)
        report.macroF1 += 2 * hits[c] / std::max(1.0, said[c] + are[c]) / errorClasses;
    for (const double bin : surplus)
        report.calibrationError += std::abs(bin) / n;
    return report;
}

} // namespace

std::optional<Trained> trainErrorModel(std::span<const Sentence> sentences, const TrainingOptions &options) {
    if (sentences.empty() || options.folds == 1 || sentences.size() < options.folds)
        return std::nullopt;
    // Neighbours are of one software and say the same in other words: whole blocks of them are left out at a time.
    const std::size_t block = options.folds == 0 ? 1 : std::clamp<std::size_t>(sentences.size() / options.folds, 1, 16);
    std::vector<Message> messages;
    ErrorFeatures features;
    for (std::size_t i = 0; i < sentences.size(); ++i) {
        const auto parts = static_cast<std::uint32_t>(partsOfLargestGroup(sentences[i].pattern));
        for (std::uint32_t variation = 0; variation < std::max(options.variations, parts); ++variation) {
            features.read(vary(sentences[i], variation));
            messages.push_back({nodesOf(features),
                                static_cast<std::size_t>(sentences[i].is),
                                options.folds == 0 ? 0 : i / block % options.folds,
                                {}});
        }
    }
    for (std::size_t fold = 0; fold < options.folds; ++fold) {
        const Fitted fitted = fit(messages, fold, options.cost);
        for (Message &message : messages) {
            if (message.fold == fold)
                message.scores = scoresOf(*fitted, message);
        }
    }
    Trained trained;
    double temperature = options.temperature;
    if (options.folds > 0) {
        temperature = bestTemperature(messages);
        trained.report = reportOf(messages, temperature);
    }
    constexpr std::size_t noFold = std::numeric_limits<std::size_t>::max();
    const Fitted fitted = fit(messages, noFold, options.cost);
    for (std::size_t c = 0; c < errorClasses; ++c) {
        const auto is = static_cast<ErrorClass>(c);
        for (std::uint32_t bucket = 0; bucket < ErrorFeatures::buckets; ++bucket)
            trained.model.setWeight(bucket, is, weightOf(*fitted, bucket, c) / temperature);
        // liblinear is given the constant as a feature of its own, behind the buckets.
        trained.model.setBias(is, weightOf(*fitted, ErrorFeatures::buckets, c) / temperature);
    }
    return trained;
}

} // namespace ra::text
