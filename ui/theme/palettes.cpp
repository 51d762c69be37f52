// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/palettes.h"

namespace ra::ui {

namespace {

QColor rgb(unsigned value) {
    return QColor::fromRgb(value);
}

Theme makeLight() {
    Theme t;
    t.tokens = {.window = rgb(0xF4F6F8),
                .surface = rgb(0xFFFFFF),
                .raised = rgb(0xFBFCFD),
                .border = rgb(0xDDE2E8),
                .borderStrong = rgb(0xB9C2CD),
                .grid = rgb(0xE9EDF1),
                .text = rgb(0x1B2430),
                .textSecondary = rgb(0x56616F),
                .textFaint = rgb(0x7A8594),
                .accent = rgb(0x1F5FBF),
                .selection = rgb(0xE1ECFB),
                .dark = false};
    t.roles[int(StateRole::Completed)] = {rgb(0x0B7A5B), rgb(0xBFE3D6)};
    t.roles[int(StateRole::Failed)] = {rgb(0xB84A00), rgb(0xF7D3BC)};
    t.roles[int(StateRole::Partial)] = {rgb(0x8F6200), rgb(0xF6E2B3)};
    t.roles[int(StateRole::Running)] = {rgb(0x0A63A0), rgb(0xC4DEF2)};
    t.roles[int(StateRole::Rejected)] = {rgb(0x9B4C7B), rgb(0xEBD3E0)};
    t.roles[int(StateRole::Unknown)] = {rgb(0x6B7684), rgb(0xDDE1E6)};
    return t;
}

Theme makeDark() {
    Theme t;
    t.tokens = {.window = rgb(0x12161C),
                .surface = rgb(0x1A2028),
                .raised = rgb(0x202732),
                .border = rgb(0x2C3541),
                .borderStrong = rgb(0x44505F),
                .grid = rgb(0x252D38),
                .text = rgb(0xE6EBF2),
                .textSecondary = rgb(0xA7B2C1),
                .textFaint = rgb(0x7F8B9B),
                .accent = rgb(0x6FA8FF),
                .selection = rgb(0x203653),
                .dark = true};
    t.roles[int(StateRole::Completed)] = {rgb(0x4CC9A0), rgb(0x1D4A3D)};
    t.roles[int(StateRole::Failed)] = {rgb(0xFF9A5C), rgb(0x5A2E14)};
    t.roles[int(StateRole::Partial)] = {rgb(0xF0BE4E), rgb(0x4D3B11)};
    t.roles[int(StateRole::Running)] = {rgb(0x69B7EE), rgb(0x173B57)};
    t.roles[int(StateRole::Rejected)] = {rgb(0xE09AC3), rgb(0x4A2A3E)};
    t.roles[int(StateRole::Unknown)] = {rgb(0x95A1B0), rgb(0x2E3743)};
    return t;
}

} // namespace

const Theme &lightTheme() {
    static const Theme t = makeLight();
    return t;
}

const Theme &darkTheme() {
    static const Theme t = makeDark();
    return t;
}

QPalette paletteOf(const Theme &theme) {
    const Tokens &t = theme.tokens;
    QPalette p;
    p.setColor(QPalette::Window, t.window);
    p.setColor(QPalette::WindowText, t.text);
    p.setColor(QPalette::Base, t.surface);
    p.setColor(QPalette::AlternateBase, t.raised);
    p.setColor(QPalette::Text, t.text);
    p.setColor(QPalette::PlaceholderText, t.textSecondary);
    p.setColor(QPalette::Button, t.surface);
    p.setColor(QPalette::ButtonText, t.text);
    p.setColor(QPalette::BrightText, theme.role(StateRole::Failed).line);
    p.setColor(QPalette::ToolTipBase, t.raised);
    p.setColor(QPalette::ToolTipText, t.text);
    p.setColor(QPalette::Link, t.accent);
    p.setColor(QPalette::LinkVisited, t.accent);
    // A selection keeps the text's own colour: states inside selected rows stay readable by their colours.
    p.setColor(QPalette::Highlight, t.selection);
    p.setColor(QPalette::HighlightedText, t.text);
    p.setColor(QPalette::Light, t.raised);
    p.setColor(QPalette::Midlight, t.grid);
    p.setColor(QPalette::Mid, t.border);
    p.setColor(QPalette::Dark, t.borderStrong);
    p.setColor(QPalette::Shadow, t.borderStrong);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        p.setColor(QPalette::Disabled, role, t.textFaint);
    p.setColor(QPalette::Disabled, QPalette::Highlight, t.grid);
    return p;
}

} // namespace ra::ui
