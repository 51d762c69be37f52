// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/document.h"

#include <cstdlib>

using namespace ra::ingest;

/// A file of any bytes to the format named RA_FORMAT: it is read, or there is an error with a reason.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char *>(data), size);
    for (const DocumentFormat &format : documentFormats()) {
        if (format.name != RA_FORMAT)
            continue;
        static_cast<void>(format.recognises("file", bytes));
        const auto document = format.read("file", bytes);
        if (!document && document.error().why.empty())
            std::abort();
        return 0;
    }
    std::abort();
}
