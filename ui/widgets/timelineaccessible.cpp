// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/timelineaccessible.h"

#include "ui/theme/format.h"
#include "ui/widgets/timelineview.h"

#include <QAccessibleWidget>
#include <QCoreApplication>

namespace ra::ui {

namespace {

/// A timeline as one element whose value is a sentence about what is current. The full data are in the table twin,
/// which has an accessible cell each.
class TimelineAccessible : public QAccessibleWidget {
public:
    explicit TimelineAccessible(TimelineView *view)
        : QAccessibleWidget(view, QAccessible::Chart)
        , m_view(view) {}

    QString text(QAccessible::Text what) const override {
        if (what != QAccessible::Value)
            return QAccessibleWidget::text(what);
        if (m_view->current().row >= 0)
            return m_view->describe(m_view->current());
        return QCoreApplication::translate("ra::ui::Timeline", "%1 rows, nothing selected")
            .arg(count(static_cast<qint64>(m_view->data().rows.size())));
    }

private:
    TimelineView *m_view;
};

QAccessibleInterface *factory(const QString &, QObject *object) {
    auto *view = qobject_cast<TimelineView *>(object);
    return view ? new TimelineAccessible(view) : nullptr;
}

} // namespace

void installTimelineAccessibility() {
    static const bool installed = [] {
        QAccessible::installFactory(factory);
        return true;
    }();
    Q_UNUSED(installed)
}

void announceTimelineCurrent(TimelineView *view) {
    if (!QAccessible::isActive())
        return;
    QAccessibleValueChangeEvent event(view, view->describe(view->current()));
    QAccessible::updateAccessibility(&event);
}

} // namespace ra::ui
