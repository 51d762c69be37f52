// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluate.h"

#include "app/evaluatefunctions.h"

namespace ra::app {

namespace {

using nlohmann::json;

CaseFunction functionNamed(const std::string &name) {
    for (const CaseFunctions *all : {&testFunctions(), &estimateFunctions()}) {
        if (const auto found = all->find(name); found != all->end())
            return found->second;
    }
    return nullptr;
}

tl::unexpected<Error> badCase(std::string why) {
    return fail({.kind = ErrorKind::Invalid, .what = "evaluate the case", .where = {}, .why = std::move(why)});
}

} // namespace

Result<void> evaluate(const json &given, const Samples &samples, table::JsonWriter &out) {
    if (!given.is_object() || !given.contains("fn") || !given["fn"].is_string())
        return badCase("it names no function \"fn\"");
    const CaseFunction function = functionNamed(given["fn"].get<std::string>());
    if (function == nullptr)
        return badCase("there is no function \"" + given["fn"].get<std::string>() + '"');
    const auto input = given.find("input");
    if (input == given.end() || !input->is_object())
        return badCase("it has no object \"input\"");
    // Into a writer of its own: half an output is none.
    table::JsonWriter content;
    content.beginObject();
    try {
        CaseOutput output(content);
        function(CaseInput(*input, samples), output);
    } catch (const BadInput &error) {
        return badCase(error.what());
    }
    content.endObject();
    out.key("output").raw(content.take());
    return {};
}

} // namespace ra::app
