// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/widgets/card.h"

#include <QList>

#include <optional>
#include <stop_token>

class QPushButton;

namespace ra::ui {

class FilterChip;
class PlainLabel;

/// For how long the store keeps what. The user chooses, sees exactly what that would let go now, and only then can make
/// it the policy: what goes does not come back.
class RetentionCard : public Card {
    Q_OBJECT
public:
    explicit RetentionCard(engine::Engine &engine, QWidget *parent = nullptr);
    ~RetentionCard() override;

    /// Reads the policy in force, unless the user is about to choose another.
    void refresh();

    /// What would go, in a sentence.
    [[nodiscard]] static QString sentence(const Retained &gone);
    /// "90 days", "2 years", "for ever"
    [[nodiscard]] static QString periodText(const std::optional<Duration> &period);

Q_SIGNALS:
    /// Another policy is in force.
    void policyChanged();

private:
    /// Something that is kept for a time of its own.
    struct Kind {
        std::optional<Duration> RetentionPolicy::*period;
        FilterChip *chip;
    };
    void addRow(FilterChip *chip, const QString &meaning);
    void addKind(std::optional<Duration> RetentionPolicy::*period, const QString &name, const QString &meaning);
    void choosePeriod(const Kind &kind);
    void chooseFree();
    void choose(const RetentionPolicy &policy);
    void preview();
    void save();
    void showState();
    void tell(const QString &text, bool wrong = false);
    void tellChosen();

    engine::Engine &m_engine;
    QList<Kind> m_kinds;
    FilterChip *m_free = nullptr;
    PlainLabel *m_outcome = nullptr;
    QPushButton *m_preview = nullptr;
    QPushButton *m_save = nullptr;
    std::optional<RetentionPolicy> m_saved; ///< in force; nothing until it is known
    RetentionPolicy m_chosen;
    std::optional<RetentionPolicy> m_previewed; ///< of which the user has seen what it lets go
    std::optional<std::stop_source> m_running;  ///< a preview
};

} // namespace ra::ui
