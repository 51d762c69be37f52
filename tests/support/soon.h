// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTest>

// What other threads bring about holds soon; how soon is no matter of these tests, so that they pass on a machine that
// is busy with other things and under sanitizers.
#define SOON_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, 120'000)
#define SOON_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, 120'000)
