// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTranslator>

namespace ra::ui {

/// Counted texts stand in the sources in English with one form: "%n run(s)" or "%n runs". This gives them their number,
/// by rule rather than by a catalogue that every new text would have to be entered into. Catalogues of other languages
/// are installed after it and asked before it.
class EnglishPlurals : public QTranslator {
    Q_OBJECT
public:
    using QTranslator::QTranslator;

    [[nodiscard]] bool isEmpty() const override { return false; }
    [[nodiscard]] QString translate(const char *context, const char *source, const char *disambiguation,
                                    int n) const override;

    /// Installs it into the application, once.
    static void install();
};

} // namespace ra::ui
