// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QDBusVariant;

namespace ra::ui {

/// Whether the desktop is dark. Qt 6.4 cannot tell, so: the desktop portal's setting where there is one, else the
/// lightness of the palette that the platform brought. The portal is asked without waiting for it.
class SystemScheme : public QObject {
    Q_OBJECT
public:
    /// First called before the application's palette is replaced.
    static SystemScheme &instance();

    [[nodiscard]] bool isDark() const { return m_dark; }

Q_SIGNALS:
    void changed();

private:
    SystemScheme();
    void askPortal();
    void setDark(bool dark);
    /// org.freedesktop.appearance color-scheme: 1 prefers dark, 2 prefers light, 0 has no preference.
    void take(const QVariant &value);

private Q_SLOTS:
    void onSettingChanged(const QString &group, const QString &key, const QDBusVariant &value);

private:
    bool m_dark = false;
    bool m_platformDark = false;
};

} // namespace ra::ui
