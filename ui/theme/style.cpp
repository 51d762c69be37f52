// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/style.h"

#include "ui/theme/palettes.h"
#include "ui/theme/stylepaint.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QComboBox>
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>

namespace ra::ui {

namespace {

Qt::ArrowType arrowOf(QStyle::PrimitiveElement element) {
    switch (element) {
    case QStyle::PE_IndicatorArrowUp:
    case QStyle::PE_IndicatorSpinUp:
        return Qt::UpArrow;
    case QStyle::PE_IndicatorArrowLeft:
        return Qt::LeftArrow;
    case QStyle::PE_IndicatorArrowRight:
        return Qt::RightArrow;
    default:
        return Qt::DownArrow;
    }
}

} // namespace

Style::Style()
    : QProxyStyle(QStringLiteral("Fusion")) {}

QPalette Style::standardPalette() const {
    return paletteOf(theme());
}

void Style::polish(QWidget *widget) {
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton *>(widget) != nullptr || qobject_cast<QComboBox *>(widget) != nullptr ||
        qobject_cast<QLineEdit *>(widget) != nullptr || qobject_cast<QScrollBar *>(widget) != nullptr)
        widget->setAttribute(Qt::WA_Hover);
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const {
    switch (metric) {
    case PM_ScrollBarExtent:
        return 12;
    case PM_ScrollBarSliderMin:
        return 28;
    case PM_DefaultFrameWidth:
        return 1;
    case PM_MenuPanelWidth:
        return 1;
    case PM_MenuVMargin:
        return measure::gapXs;
    case PM_MenuHMargin:
        return 0;
    case PM_HeaderMargin:
    case PM_FocusFrameHMargin: // what item views keep free beside their text
        return 10;
    case PM_HeaderMarkSize:
        return 12;
    case PM_ToolTipLabelFrameWidth:
        return 6;
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
        return 16;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return 16;
    case PM_SplitterWidth:
        return measure::gapM;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    case PM_LayoutLeftMargin:
    case PM_LayoutRightMargin:
    case PM_LayoutTopMargin:
    case PM_LayoutBottomMargin:
        return measure::gapM;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return measure::gapS;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                     QStyleHintReturn *returnData) const {
    switch (hint) {
    case SH_Table_GridLineColor:
        return int(tokens().grid.rgb());
    case SH_ToolTipLabel_Opacity:
        return 255;
    case SH_Widget_Animation_Duration: // nothing here moves, so nothing has to be turned off for those who ask for less
        return 0;
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_ComboBox_Popup:
    case SH_ScrollView_FrameOnlyAroundContents:
    case SH_DialogButtonBox_ButtonsHaveIcons:
        return 0;
    case SH_ItemView_ShowDecorationSelected:
    case SH_ScrollBar_LeftClickAbsolutePosition:
        return 1;
    default:
        return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &contents,
                              const QWidget *widget) const {
    QSize size = QProxyStyle::sizeFromContents(type, option, contents, widget);
    switch (type) {
    case CT_PushButton:
        size = QSize(std::max(contents.width() + 2 * measure::gapM, 64), std::max(contents.height() + 10, 28));
        break;
    case CT_LineEdit:
    case CT_ComboBox:
        size.setHeight(std::max(size.height(), 28));
        break;
    case CT_HeaderSection:
        size.setHeight(std::max(size.height(), measure::row));
        break;
    case CT_MenuItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option)) {
            if (item->menuItemType == QStyleOptionMenuItem::Separator) {
                size.setHeight(item->text.isEmpty() ? 9 : 26);
            } else {
                // Our own margins: 36 for the mark, 12 to the right, a gap before the shortcut.
                const QStringList parts = item->text.split(QLatin1Char('\t'));
                const QFontMetrics metrics(item->font);
                int width = 36 + metrics.boundingRect(QRect(), Qt::TextShowMnemonic, parts.first()).width() + 28;
                if (paint::hasMarkAndIcon(*item))
                    width += paint::menuIconStep;
                if (parts.size() > 1)
                    width += 28 + metrics.horizontalAdvance(parts.last());
                size = QSize(std::max(width, 140), 28);
            }
        }
        break;
    default:
        break;
    }
    return size;
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl sub,
                            const QWidget *widget) const {
    if (control == CC_ScrollBar) {
        if (const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option)) {
            const QRect r = bar->rect;
            const bool horizontal = bar->orientation == Qt::Horizontal;
            const int length = horizontal ? r.width() : r.height();
            const qint64 range = qint64(bar->maximum) - bar->minimum;
            int slider = length;
            if (range > 0)
                slider = std::clamp(int(qint64(bar->pageStep) * length / (range + bar->pageStep)),
                                    std::min(length, pixelMetric(PM_ScrollBarSliderMin, option, widget)), length);
            const int start = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition, length - slider,
                                                      bar->upsideDown);
            QRect part;
            switch (sub) {
            case SC_ScrollBarGroove:
                part = r;
                break;
            case SC_ScrollBarSlider:
                part = horizontal ? QRect(r.left() + start, r.top(), slider, r.height())
                                  : QRect(r.left(), r.top() + start, r.width(), slider);
                break;
            case SC_ScrollBarSubPage:
                part = horizontal ? QRect(r.left(), r.top(), start, r.height())
                                  : QRect(r.left(), r.top(), r.width(), start);
                break;
            case SC_ScrollBarAddPage:
                part = horizontal ? QRect(r.left() + start + slider, r.top(), length - start - slider, r.height())
                                  : QRect(r.left(), r.top() + start + slider, r.width(), length - start - slider);
                break;
            default: // no arrow buttons
                break;
            }
            return visualRect(bar->direction, r, part);
        }
    }
    return QProxyStyle::subControlRect(control, option, sub, widget);
}

QRect Style::subElementRect(SubElement element, const QStyleOption *option, const QWidget *widget) const {
    if (element == SE_LineEditContents) {
        if (const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
            frame != nullptr && frame->lineWidth > 0)
            return option->rect.adjusted(6, 1, -6, -1);
    }
    return QProxyStyle::subElementRect(element, option, widget);
}

QIcon Style::standardIcon(StandardPixmap which, const QStyleOption *option, const QWidget *widget) const {
    switch (which) {
    case SP_MessageBoxInformation:
        return icon(QStringLiteral("info"));
    case SP_MessageBoxWarning:
    case SP_MessageBoxCritical:
        return icon(QStringLiteral("warning"));
    case SP_LineEditClearButton:
        return icon(QStringLiteral("close"));
    case SP_ArrowLeft: // the calendar's months
    case SP_ArrowBack:
    case SP_FileDialogBack:
        return icon(QStringLiteral("back"));
    case SP_ArrowRight:
    case SP_ArrowForward:
        return icon(QStringLiteral("forward"));
    case SP_ArrowUp:
    case SP_FileDialogToParent:
        return icon(QStringLiteral("up"));
    case SP_FileDialogNewFolder:
        return icon(QStringLiteral("plus"));
    case SP_FileDialogListView:
        return icon(QStringLiteral("grid"));
    case SP_FileDialogDetailedView:
        return icon(QStringLiteral("runs"));
    case SP_FileIcon:
    case SP_FileLinkIcon:
        return icon(QStringLiteral("log"));
    case SP_DirIcon:
    case SP_DirOpenIcon:
    case SP_DirClosedIcon:
    case SP_DirLinkIcon:
    case SP_DirLinkOpenIcon:
    case SP_DirHomeIcon:
    case SP_DesktopIcon:
    case SP_ComputerIcon:
    case SP_DriveHDIcon:
    case SP_DriveNetIcon:
        return icon(QStringLiteral("folder"));
    default:
        return QProxyStyle::standardIcon(which, option, widget);
    }
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                          const QWidget *widget) const {
    const Tokens &t = tokens();
    switch (element) {
    case PE_PanelButtonCommand:
        if (const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option)) {
            paint::button(*painter, *button);
            return;
        }
        break;
    case PE_PanelButtonTool:
        paint::toolButton(*painter, *option);
        return;
    case PE_PanelLineEdit:
    case PE_FrameLineEdit:
        if (const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option)) {
            paint::lineEdit(*painter, *frame);
            return;
        }
        break;
    case PE_FrameFocusRect:
        if (qobject_cast<const QAbstractButton *>(widget) != nullptr && option->state & State_KeyboardFocusChange)
            paint::focusFrame(*painter, option->rect, 4);
        else if (qobject_cast<const QAbstractItemView *>(widget) != nullptr)
            paint::focusFrame(*painter, option->rect, 3);
        return;
    case PE_FrameDefaultButton:
        return;
    case PE_Frame:
    case PE_FrameWindow:
    case PE_FrameGroupBox:
        paint::box(*painter, option->rect, {}, t.border, 0);
        return;
    case PE_PanelMenu:
        painter->fillRect(option->rect, t.dark ? t.raised : t.surface);
        return;
    case PE_FrameMenu:
        paint::box(*painter, option->rect, {}, t.borderStrong, 0);
        return;
    case PE_PanelTipLabel:
        paint::box(*painter, option->rect, t.raised, t.borderStrong, 0);
        return;
    case PE_PanelStatusBar:
    case PE_FrameStatusBarItem:
        return;
    case PE_IndicatorArrowUp:
    case PE_IndicatorArrowDown:
    case PE_IndicatorArrowLeft:
    case PE_IndicatorArrowRight:
    case PE_IndicatorSpinUp:
    case PE_IndicatorSpinDown:
        paint::chevron(*painter, option->rect, arrowOf(element),
                       option->state & State_Enabled ? t.textSecondary : t.textFaint);
        return;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        paint::checkMark(*painter, *option, false);
        return;
    case PE_IndicatorRadioButton:
        paint::checkMark(*painter, *option, true);
        return;
    case PE_PanelItemViewRow: // the cells paint themselves, and nothing alternates
        return;
    case PE_PanelItemViewItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionViewItem *>(option)) {
            if (item->backgroundBrush.style() != Qt::NoBrush)
                painter->fillRect(item->rect, item->backgroundBrush);
            if (item->state & State_Selected)
                painter->fillRect(item->rect, t.selection);
            else if (item->state & State_MouseOver && item->state & State_Enabled)
                painter->fillRect(item->rect, t.dark ? t.raised : t.window);
            return;
        }
        break;
    default:
        break;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void Style::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                        const QWidget *widget) const {
    switch (element) {
    case CE_PushButtonLabel:
        if (const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
            button != nullptr && button->features & QStyleOptionButton::DefaultButton &&
            button->state & State_Enabled) {
            QStyleOptionButton onFill = *button;
            onFill.palette.setColor(QPalette::ButtonText, paint::onAccent());
            QProxyStyle::drawControl(element, &onFill, painter, widget);
            return;
        }
        break;
    case CE_MenuItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option)) {
            // A combo box without a line edit borrows menu items for its list; ours has a list of its own.
            painter->fillRect(option->rect, tokens().dark ? tokens().raised : tokens().surface);
            paint::menuItem(*painter, *item);
            return;
        }
        break;
    case CE_MenuEmptyArea:
        return;
    case CE_HeaderSection:
        if (const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option)) {
            paint::headerSection(*painter, *header);
            return;
        }
        break;
    case CE_Header: // the base class would place the sort arrow by its own rules
        if (const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option)) {
            drawControl(CE_HeaderSection, header, painter, widget);
            paint::headerLabel(*painter, *header);
            return;
        }
        break;
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, tokens().surface);
        painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1), tokens().border);
        return;
    case CE_ProgressBar:
        if (const auto *bar = qstyleoption_cast<const QStyleOptionProgressBar *>(option)) {
            paint::progressBar(*painter, *bar);
            return;
        }
        break;
    case CE_Splitter:
        if (option->state & (State_MouseOver | State_Sunken)) {
            const QPointF c = QRectF(option->rect).center();
            const bool upright = option->state & State_Horizontal;
            paint::box(*painter,
                       upright ? QRectF(c.x() - 1.5, c.y() - 16, 3, 32) : QRectF(c.x() - 16, c.y() - 1.5, 32, 3),
                       tokens().borderStrong, {}, 1.5);
        }
        return;
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                               const QWidget *widget) const {
    if (control == CC_ScrollBar) {
        if (const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option)) {
            if (bar->maximum > bar->minimum)
                paint::scrollBar(*painter, *bar, subControlRect(control, option, SC_ScrollBarSlider, widget));
            return;
        }
    }
    if (control == CC_ComboBox) {
        if (const auto *combo = qstyleoption_cast<const QStyleOptionComboBox *>(option)) {
            QStyleOptionButton frame;
            frame.QStyleOption::operator=(*combo);
            frame.type = QStyleOption::SO_Button;
            frame.features = QStyleOptionButton::None;
            frame.state &= ~State_On;
            paint::button(*painter, frame);
            const QRect arrow = subControlRect(control, option, SC_ComboBoxArrow, widget);
            paint::chevron(*painter, arrow, Qt::DownArrow, tokens().textSecondary);
            return;
        }
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

} // namespace ra::ui
