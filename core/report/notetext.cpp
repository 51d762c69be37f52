// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/notetext.h"

#include "core/report/text.h"

namespace ra::report {

namespace {

QString sentenceOf(std::string_view note, bool suspect) {
    if (note == "clock-set-back")
        return Words::tr("The clock was set back while it ran: some of its times contradict each other.");
    if (note == "lines-missing")
        return Words::tr("Lines that end a step are missing from the log: how such a step ended is not known.");
    if (note == "first-line-missing")
        return Words::tr("The line that begins it is missing from the log: what that line alone tells is not known.");
    if (note == "shares-runner-name") {
        return suspect
                   ? Words::tr("Several processes wrote under one name, and too little was kept to tell them apart: "
                               "some of its steps and lines may be another's.")
                   : Words::tr("Several processes wrote under one name: its steps are told apart by their times, "
                               "the counts at the end and the recipe.");
    }
    return Words::tr("It has a remark that this version has no words for: %1.").arg(visible(note, 120));
}

} // namespace

std::vector<QString> noteSentences(const Run &run) {
    std::vector<QString> sentences;
    sentences.reserve(run.notes.size());
    for (const std::string &note : run.notes)
        sentences.push_back(sentenceOf(note, run.suspect));
    if (run.suspect && sentences.empty())
        sentences.push_back(Words::tr("Something about this run contradicts itself."));
    return sentences;
}

} // namespace ra::report
