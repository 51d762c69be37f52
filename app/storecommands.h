// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/command.h"

namespace ra::app {

/// Adds retain, pin, unpin and compact to the subcommand `store`.
void addStoreCare(CLI::App &store, Action &action);

/// Adds archive and attach to it.
void addStoreArchive(CLI::App &store, Action &action);

} // namespace ra::app
