/* quarry-label-studio-private.h: Label Studio's words to ours and back, as pure functions
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Label Studio's geometry is in percent of the picture, x by width and y by height. A turned box's (x, y) is its
 * top-left corner after turning, rotation in degrees clockwise; ours is the box before turning about its centre.
 */

#pragma once

#include "quarry-vendor.h"

#include <jansson.h>

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

/* Names of the controls in our labelling configuration, and of our keys in a task's data */
#define QUARRY_LS_IMAGE        "image"
#define QUARRY_LS_BOX          "box"
#define QUARRY_LS_POLYGON      "polygon"
#define QUARRY_LS_MASK         "mask"
#define QUARRY_LS_KEYPOINT     "keypoint"
#define QUARRY_LS_CLASS        "image_class"
#define QUARRY_LS_KEY          "quarry_key"

#define QUARRY_LS_KINDS (1u << QUARRY_ANNOTATION_BOX2D | 1u << QUARRY_ANNOTATION_POLYGON | 1u << QUARRY_ANNOTATION_MASK | \
                         1u << QUARRY_ANNOTATION_KEYPOINTS | 1u << QUARRY_ANNOTATION_CLASS)

/* quarry-label-studio-client.c: answers are JSON; NULL and FALSE come with @error */
typedef struct _QuarryLabelStudioClient QuarryLabelStudioClient;
QuarryLabelStudioClient *quarry_label_studio_client_new  (const char               *url,
                                                          const char               *secret);
void                quarry_label_studio_client_free      (QuarryLabelStudioClient  *self);
QuarryHttp         *quarry_label_studio_client_get_http  (QuarryLabelStudioClient  *self);
json_t             *quarry_label_studio_get              (QuarryLabelStudioClient  *self,
                                                          const char               *path,
                                                          GCancellable             *cancellable,
                                                          GError                  **error);
json_t             *quarry_label_studio_post             (QuarryLabelStudioClient  *self,
                                                          const char               *path,
                                                          json_t                   *value,
                                                          GCancellable             *cancellable,
                                                          GError                  **error);
json_t             *quarry_label_studio_post_parts       (QuarryLabelStudioClient  *self,
                                                          const char               *path,
                                                          const QuarryHttpPart     *parts,
                                                          gsize                     n_parts,
                                                          GCancellable             *cancellable,
                                                          GError                  **error);
gboolean            quarry_label_studio_delete           (QuarryLabelStudioClient  *self,
                                                          const char               *path,
                                                          GCancellable             *cancellable,
                                                          GError                  **error);
void                quarry_label_studio_set_answer_error (GError                  **error,
                                                          const char               *path,
                                                          const char               *what);

/* quarry-label-studio-send.c */
gboolean            quarry_label_studio_send             (QuarryLabelStudioClient  *client,
                                                          const char               *project,
                                                          GPtrArray                *items,
                                                          QuarryVendorSaved         saved,
                                                          gpointer                  data,
                                                          QuarryReport             *report,
                                                          GCancellable             *cancellable,
                                                          GError                  **error);

/* quarry-label-studio-config.c */
char               *quarry_label_studio_make_config (GPtrArray                *classes);
char               *quarry_label_studio_make_title  (const char               *name);
gboolean            quarry_label_studio_read_expiry (const char               *token,
                                                     gint64                   *out_expiry_s);

/* quarry-label-studio-geometry.c */
void                quarry_label_studio_box_to_pixels (const double            percent[5],
                                                       int                     width,
                                                       int                     height,
                                                       double                  out_box[5]);
void                quarry_label_studio_box_to_percent (const double           box[5],
                                                       int                     width,
                                                       int                     height,
                                                       double                  out_percent[5]);
double             *quarry_label_studio_decode_brush (const guint8            *bytes,
                                                       gsize                   n,
                                                       int                     width,
                                                       int                     height,
                                                       gsize                  *out_n,
                                                       GError                **error);
GByteArray         *quarry_label_studio_encode_brush (const double            *mask,
                                                       gsize                   n);

/* quarry-label-studio-task.c */
json_t             *quarry_label_studio_make_task   (const QuarryVendorItem   *item,
                                                     QuarryReport             *report);

/* quarry-label-studio-answer.c */
QuarryVendorAnswer *quarry_label_studio_read_task   (json_t                   *task,
                                                     GHashTable               *email_by_user,
                                                     QuarryReport             *report);

G_END_DECLS
