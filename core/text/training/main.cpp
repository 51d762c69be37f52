// SPDX-License-Identifier: GPL-3.0-or-later
// Trains the model of error classes that is shipped: train_errors OUT SENTENCES... With --check before all else it
// first says how good and how well calibrated it is, by cross-validation, which takes some minutes.
#include "core/text/training/train.h"

#include <fstream>
#include <iostream>
#include <iterator>

using namespace ra::text;

int main(int argc, char **argv) {
    const bool check = argc > 1 && std::string_view(argv[1]) == "--check";
    const int first = check ? 2 : 1;
    if (argc < first + 2) {
        std::cerr << "usage: train_errors [--check] OUT SENTENCES...\n";
        return 2;
    }
    std::vector<Sentence> sentences;
    for (int i = first + 1; i < argc; ++i) {
        std::ifstream file(argv[i], std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        auto read = readSentences(text, argv[i]);
        if (!read) {
            std::cerr << read.error().sentence() << '\n';
            return 1;
        }
        sentences.insert(sentences.end(), read->begin(), read->end());
    }
    TrainingOptions options;
    if (check)
        options.folds = 4;
    const auto trained = trainErrorModel(sentences, options);
    if (!trained) {
        std::cerr << "Cannot train: too few sentences\n";
        return 1;
    }
    const TrainingReport &report = trained->report;
    if (check)
        std::cout << sentences.size() << " sentences, " << report.messages
                  << " messages; in cross-validation: accuracy " << report.accuracy << ", macro F1 " << report.macroF1
                  << ", temperature " << report.temperature << ", expected calibration error "
                  << report.calibrationError << '\n';
    std::string bytes;
    trained->model.serialise(bytes);
    std::ofstream out(argv[first], std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) {
        std::cerr << "Cannot write " << argv[first] << '\n';
        return 1;
    }
    return 0;
}
