// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace ra::ui {

class TimelineView;

/// Makes assistive technology see timelines; any number of calls.
void installTimelineAccessibility();
/// Tells assistive technology that the timeline's current row or bar is another one.
void announceTimelineCurrent(TimelineView *view);

} // namespace ra::ui
