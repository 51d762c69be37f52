// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/plan.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ra::simulate {

namespace {

const RecipeSpec &chooseRecipe(const Moment &moment, Random &random) {
    double sum = 0;
    for (const RecipeSpec &recipe : recipes())
        sum += recipe.weight * startWeight(recipe.rhythm, moment.hour, moment.weekend);
    double left = random.uniform() * sum;
    for (const RecipeSpec &recipe : recipes()) {
        left -= recipe.weight * startWeight(recipe.rhythm, moment.hour, moment.weekend);
        if (left < 0)
            return recipe;
    }
    return recipes().back();
}

/// The machine is busier in the afternoon, and everything takes a little longer.
double busyFactor(const Moment &moment) {
    const double office = startWeight(Rhythm::Office, moment.hour, moment.weekend);
    return 1.0 + 0.2 * office;
}

double slownessOf(const RecipeSpec &recipe, int step, const Moment &moment) {
    double factor = busyFactor(moment) * (1.0 + recipe.driftPerDay * moment.days);
    if (step == recipe.regressionStep && moment.fraction >= 0.6)
        factor *= recipe.regressionFactor;
    return factor;
}

PlannedAttempt planAttempt(const StepSpec &step, double slowness, double chattiness, Random &random) {
    PlannedAttempt attempt;
    double seconds = random.logNormal(step.medianS * slowness, step.sigma);
    if (random.chance(step.faultRate)) {
        attempt.fault = step.fault;
        seconds *= random.uniform(0.05, 1.0);
    }
    attempt.work = durationFromSeconds(std::max(seconds, 0.012)); // so that "Completed in 0.00s" stays rare
    attempt.number = 1 + random.below(9999);
    attempt.lines = static_cast<int>(std::lround(step.lines * chattiness * random.uniform(0.5, 1.5)));
    return attempt;
}

PlannedStep planStep(const RecipeSpec &recipe, int index, const Moment &moment, double chattiness, Random &random) {
    const StepSpec &spec = recipe.steps[static_cast<std::size_t>(index)];
    PlannedStep step;
    for (int attempt = 0; attempt <= recipe.maxRetries; ++attempt) {
        step.attempts.push_back(planAttempt(spec, slownessOf(recipe, index, moment), chattiness, random));
        if (step.attempts.back().fault < 0)
            break;
    }
    return step;
}

void planTrouble(PlannedRun &run, Random &random) {
    const auto steps = run.steps.size();
    const auto anyStep = [&random](std::size_t count) { return static_cast<int>(random.below(count)); };
    switch (random.below(8)) {
    case 0:
        run.ending = Ending::MissingFile;
        break;
    case 1:
        run.ending = Ending::NoMapping;
        break;
    case 2:
        run.ending = Ending::BadYaml;
        break;
    case 3:
        run.ending = Ending::UnquotedDate;
        break;
    case 4:
        run.ending = Ending::Cancelled;
        run.endingStep = anyStep(steps - 1);
        break;
    case 5:
        run.steps.at(static_cast<std::size_t>(anyStep(steps))).filtered = true;
        break;
    default:
        run.ending = Ending::Vanishes;
        run.endingStep = anyStep(steps);
        break;
    }
    if (run.ending >= Ending::MissingFile) {
        constexpr std::array<std::string_view, 4> drafts = {"retired", "list", "unfinished", "dated"};
        const auto kind = static_cast<std::size_t>(run.ending) - static_cast<std::size_t>(Ending::MissingFile);
        run.path = "jobs/drafts/";
        run.path += drafts.at(kind);
        run.path += ".yaml";
        run.steps.clear();
        run.result = false;
    }
}

} // namespace

Moment momentAt(Time time, Time begin, double days) {
    using namespace std::chrono;
    Moment moment;
    moment.days = std::max(0.0, toSeconds(time - begin) / 86'400.0);
    moment.fraction = days > 0 ? moment.days / days : 1.0;
    if (days > 0)
        moment.days = std::min(moment.days, days);
    else
        moment.days = 0; // bulk logs pass through years in seconds: nothing drifts
    const auto day = floor<std::chrono::days>(time);
    moment.hour = static_cast<int>(duration_cast<hours>(time - day).count());
    const weekday name(day);
    moment.weekend = name == Saturday || name == Sunday;
    return moment;
}

PlannedRun planRun(const SimulateConfig &config, const Moment &moment, Random random) {
    PlannedRun run;
    run.recipe = &chooseRecipe(moment, random);
    run.path = run.recipe->path;
    run.salt = random.bits();
    run.structured = random.chance(config.structuredShare);
    run.result = random.chance(config.resultShare);
    for (int i = 0; i < static_cast<int>(run.recipe->steps.size()); ++i)
        run.steps.push_back(planStep(*run.recipe, i, moment, config.chattiness, random));
    if (random.chance(config.troubleShare))
        planTrouble(run, random);
    return run;
}

std::vector<std::int64_t> planStarts(std::uint64_t count, double days, Time begin, Random random) {
    std::vector<std::int64_t> starts;
    starts.reserve(count);
    double greatest = 0;
    const auto weightAt = [](const Moment &moment) {
        double sum = 0;
        for (const RecipeSpec &recipe : recipes())
            sum += recipe.weight * startWeight(recipe.rhythm, moment.hour, moment.weekend);
        return sum;
    };
    for (int hour = 0; hour < 24; ++hour)
        greatest = std::max(greatest, weightAt(Moment{.hour = hour}));
    const double span = days * 86'400e9;
    while (starts.size() < count) {
        const auto at = static_cast<std::int64_t>(random.uniform() * span);
        if (random.uniform() * greatest < weightAt(momentAt(begin + Duration(at), begin, days)))
            starts.push_back(at);
    }
    std::sort(starts.begin(), starts.end());
    return starts;
}

} // namespace ra::simulate
