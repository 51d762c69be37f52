// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/shipped/shippedmodel.h"

// The file as it is, between two labels: a megabyte as an array in C++ would take the compiler seconds.
asm(".section .rodata\n"
    ".global raErrorModelBegin\n"
    "raErrorModelBegin:\n"
    ".incbin \"" RA_MODEL "\"\n"
    ".global raErrorModelEnd\n"
    "raErrorModelEnd:\n"
    ".byte 0\n"
    ".text\n");

extern "C" {
extern const char raErrorModelBegin;
extern const char raErrorModelEnd;
}

namespace ra::text {

ErrorModel shippedErrorModel() {
    const char *begin = &raErrorModelBegin;
    auto model = ErrorModel::deserialise({begin, static_cast<std::size_t>(&raErrorModelEnd - begin)});
    return model ? *std::move(model) : ErrorModel(); // a test sees to it that they are sound
}

} // namespace ra::text
