/* quarry-window-private.h: what the window's files share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-inspector.h"
#include "quarry-operations.h"
#include "quarry-query-bar.h"
#include "quarry-sidebar.h"
#include "quarry-window.h"

G_BEGIN_DECLS

struct _QuarryWindow
{
  AdwApplicationWindow  parent_instance;
  QuarrySession        *session;
  GSettings            *settings;      /* NULL where the schema is not installed */
  GtkFileChooserNative *chooser;       /* while it is open */
  GtkWidget            *tag_popover;
  GtkWidget            *dataset_popover;
  GArray               *popover_frames;  /* QuarryId: what the popover was opened for */
  AdwToast             *toast;         /* with Undo, weak; NULL where none is shown or waits */
  guint                 toast_timer;   /* takes it away */

  AdwToastOverlay      *toasts;
  gboolean              shows_sidebar, shows_inspector;      /* where there is room: a person's choice */
  AdwFlap              *sidebar_flap;
  AdwFlap              *inspector_flap;
  QuarrySidebar        *sidebar;
  QuarryInspector      *inspector;
  QuarryQueryBar       *query_bar;
  QuarryOperations     *operations;
  GtkWidget            *center;        /* parent of the popovers: its layout places them */
  GtkBox               *selection_bar;
  GtkStack             *selection_actions;
  GtkLabel             *count;
  GtkAdjustment        *size_adjustment;
  GSignalGroup         *selection;     /* follows the session's selection */
  GtkBox               *page_buttons;
  GtkStack             *stack;
};

/* quarry-window.c */
GArray     *quarry_window_dup_targets    (QuarryWindow   *self);      /* QuarryId: the selection, else the frame under the pointer or the focus; on the frame page the frame */
const char *quarry_window_get_page_name  (QuarryWindow   *self);
void        quarry_window_add_toast      (QuarryWindow   *self,
                                          const char     *title,
                                          gboolean        with_undo);

/* quarry-window-actions.c: all actions and keys */
void        quarry_window_install_keys   (GtkWidgetClass *widget_class);
void        quarry_window_add_actions    (QuarryWindow   *self);

/* quarry-window-edits.c: what the keys do to frames */
void        quarry_window_rate           (QuarryWindow   *self,
                                          int             rating);
void        quarry_window_flag           (QuarryWindow   *self,
                                          int             flag);
void        quarry_window_toggle_tag     (QuarryWindow   *self,
                                          guint           number);    /* of the tags by name, from 1 */
void        quarry_window_tag            (QuarryWindow   *self,
                                          const GArray   *frames,
                                          const char     *name);      /* "-name" takes away */
void        quarry_window_add_to_dataset (QuarryWindow   *self,
                                          const GArray   *frames,
                                          const char     *name);      /* made where it is missing */
void        quarry_window_undo           (QuarryWindow   *self);
void        quarry_window_redo           (QuarryWindow   *self);
void        quarry_window_follow_edits   (QuarryWindow   *self);      /* undo and redo as the journal has them */
void        quarry_window_ask_name       (QuarryWindow   *self,
                                          QuarryFacet     facet);     /* opens the popover */
void        quarry_window_drop_frames    (QuarryWindow   *self,
                                          QuarrySidebarItem *onto,
                                          QuarryFrameModel  *frames);

/* quarry-window-files.c: import and demo */
void        quarry_window_choose_folder  (QuarryWindow   *self);
void        quarry_window_ask_import     (QuarryWindow   *self,      /* looks at them first */
                                          const char * const *paths);
void        quarry_window_choose_files   (QuarryWindow   *self);
void        quarry_window_choose_uri     (QuarryWindow   *self);
void        quarry_window_import         (QuarryWindow   *self,
                                          const char     *path);
void        quarry_window_make_demo      (QuarryWindow   *self);
void        quarry_window_accept_folders (QuarryWindow   *self);      /* dropped onto the window */
void        quarry_window_follow_operations (QuarryWindow *self);     /* toasts of those that failed or left something out */

/* quarry-window-focus.c: where keys go */
void        quarry_window_focus_page     (QuarryWindow   *self);
void        quarry_window_return_focus   (QuarryWindow   *self,      /* when @popover closes; call it before it shows */
                                          GtkWidget      *popover);
void        quarry_window_watch_focus    (QuarryWindow   *self);

/* quarry-window-health.c */
void        quarry_window_measure_health (QuarryWindow   *self);      /* in the background, what was not measured yet */

/* quarry-window-history.c */
GtkWidget  *quarry_window_show_history   (QuarryWindow   *self);

G_END_DECLS
