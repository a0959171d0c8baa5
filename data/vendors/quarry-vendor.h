/* quarry-vendor.h: the interface every annotation vendor implements
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A backend has only what is that vendor's: URLs, bodies, reading answers. Batching, retries, the ledger,
 * matching of answers to frames, progress and secrets are generic (quarry-job.c). Blocking calls, made in
 * worker threads. Adding a vendor: one file, one line in the table in quarry-vendor.c.
 */

#pragma once

#include "quarry-catalog.h"
#include "quarry-http.h"
#include "quarry-operation.h"

G_BEGIN_DECLS

#define QUARRY_VENDOR_ERROR (quarry_vendor_error_quark ())
typedef enum
{
  QUARRY_VENDOR_ERROR_FAILED,
  QUARRY_VENDOR_ERROR_UNAUTHORIZED,   /* wrong, expired or missing secret */
  QUARRY_VENDOR_ERROR_ANSWER,         /* the answer is not what the contract says */
  QUARRY_VENDOR_ERROR_NOT_FOUND,
} QuarryVendorError;
GQuark quarry_vendor_error_quark (void);

typedef struct                     /* one task as the generic code hands it to a backend, and back */
{
  QuarryTask   *task;              /* the ledger's row; backend sets upload and external_id */
  QuarryMedia  *media;
  QuarryStorage *storage;          /* what the media is read through; borrowed from the catalog */
  char         *name;              /* for people: "site-7 000012 cam_front" */
  char         *scene_name;
  char         *frame_key;
  GPtrArray    *annotations;       /* QuarryAnnotation: existing labels, sent as pre-annotations */
} QuarryVendorItem;

typedef enum { QUARRY_ANSWER_PENDING, QUARRY_ANSWER_LABELLED, QUARRY_ANSWER_SKIPPED } QuarryAnswerState;

typedef struct                     /* what came back for one task */
{
  char              *external_id;  /* the vendor's task */
  char              *key;          /* our key, as found in the vendor's data; nullable */
  QuarryAnswerState  state;
  int                width, height; /* of the picture as the vendor's people saw it; 0 unknown */
  char              *problem;      /* nullable: why this task's labels must not be taken */
  GPtrArray         *annotations;  /* QuarryAnnotation drafts in our pixels; external_id unique in the job */
} QuarryVendorAnswer;

QuarryVendorItem   *quarry_vendor_item_new    (void);
void                quarry_vendor_item_free   (QuarryVendorItem   *self);
QuarryVendorAnswer *quarry_vendor_answer_new  (const char         *external_id,
                                               const char         *key);
void                quarry_vendor_answer_free (QuarryVendorAnswer *self);

/* Called for each batch when it is safe at the vendor, so that the ledger knows before the next request */
typedef gboolean (*QuarryVendorSaved)  (gpointer data, GPtrArray *items, GError **error);
typedef gboolean (*QuarryVendorAnswered) (gpointer data, QuarryVendorAnswer *take_answer, GError **error);

#define QUARRY_TYPE_VENDOR (quarry_vendor_get_type ())
G_DECLARE_INTERFACE (QuarryVendor, quarry_vendor, QUARRY, VENDOR, GObject)

struct _QuarryVendorInterface
{
  GTypeInterface parent_iface;

  const char  *id;              /* "label-studio": kept in the catalog, never changes */
  const char  *name;            /* "Label Studio" */
  guint        kinds;           /* bit 1 << QuarryAnnotationKind: what it can carry */

  gboolean   (*open)            (QuarryVendor *self, const QuarryAccount *account, const char *secret, GError **error);   /* once, before all others; no request yet */
  gboolean   (*test)            (QuarryVendor *self, char **out_who, GCancellable *cancellable, GError **error);
  char      *(*find_project)    (QuarryVendor *self, const char *title, const char *manifest_hash, GCancellable *cancellable, GError **error);   /* one made earlier for this manifest, or NULL without error */
  char      *(*create_project)  (QuarryVendor *self, const char *title, const char *manifest_hash, GPtrArray *classes, GCancellable *cancellable, GError **error);
  gboolean   (*list_keys)       (QuarryVendor *self, const char *project, GHashTable *ids_by_key, GCancellable *cancellable, GError **error);   /* all tasks there are, by quarry_vendor_note_key */
  gboolean   (*drop_double)     (QuarryVendor *self, const char *project, const char *external_id, gboolean *out_dropped, GCancellable *cancellable, GError **error);   /* optional: deletes a task that exists twice, unless somebody has worked on it */
  gboolean   (*send)            (QuarryVendor *self, const char *project, GPtrArray *items, QuarryVendorSaved saved, gpointer data, QuarryReport *report, GCancellable *cancellable, GError **error);
  gboolean   (*fetch)           (QuarryVendor *self, const char *project, QuarryVendorAnswered answered, gpointer data, QuarryReport *report, GCancellable *cancellable, GError **error);
  char      *(*get_web_url)     (QuarryVendor *self, const char *project);   /* optional */
};

typedef struct { const char *id; GType (*get_type) (void); } QuarryVendorEntry;
const QuarryVendorEntry *quarry_vendor_list    (gsize                *out_n);
const char              *quarry_vendor_get_title (const char         *id);      /* "Label Studio"; NULL: no such vendor */
QuarryVendor            *quarry_vendor_new     (const QuarryAccount  *account,
                                                const char           *secret,
                                                GError              **error);
gboolean                 quarry_vendor_test    (QuarryCatalog        *catalog,    /* secret, address and right to enter; blocking */
                                                const char           *account,
                                                char                **out_who,
                                                GCancellable         *cancellable,
                                                GError              **error);
char                    *quarry_vendor_get_web_url (QuarryCatalog    *catalog,    /* the job's page for people; nullable; no request */
                                                    const QuarryJob  *job);

/* For backends */
GHashTable              *quarry_vendor_keys_new   (void);                          /* key → GPtrArray of the vendor's ids, oldest first */
void                     quarry_vendor_note_key   (GHashTable        *ids_by_key,
                                                   const char        *key,
                                                   const char        *external_id);
GBytes                  *quarry_vendor_read_image (QuarryStorage     *storage,
                                                   const QuarryMedia *media,      /* as browsers can show it: as it is, else as PNG */
                                                   const char       **out_ending, /* ".jpg" */
                                                   const char       **out_type,   /* "image/jpeg" */
                                                   GCancellable      *cancellable,
                                                   GError           **error);

/* Secrets: environment QUARRY_SECRET_<ACCOUNT> (upper case, other characters as _), else the Secret Service */
char                    *quarry_secret_lookup  (const char           *account,
                                                GCancellable         *cancellable,
                                                GError              **error);
gboolean                 quarry_secret_store   (const char           *account,
                                                const char           *secret,
                                                GCancellable         *cancellable,
                                                GError              **error);
gboolean                 quarry_secret_clear   (const char           *account,
                                                GCancellable         *cancellable,
                                                GError              **error);
char                    *quarry_secret_variable (const char          *account);

/* The ledger's two verbs; blocking: call inside an operation */
typedef struct
{
  char    *account;            /* name */
  char    *job_name;           /* nullable: from the date and the number of frames */
  GArray  *frames;             /* QuarryId */
  char   **sensors;            /* cameras to send; NULL: all */
  QuarryId set;                /* labels to send along; 0: none */
  guint    settle_ms;          /* how long a request that was cut off may still take effect at the vendor; 0: 30 s */
} QuarryPushRequest;

void     quarry_push_request_clear (QuarryPushRequest *self);
QuarryId quarry_vendor_push (QuarryCatalog           *catalog,
                             const QuarryPushRequest *request,
                             QuarryOperation         *operation,
                             GError                 **error);      /* the job's id; the same request again goes on with the same job */
gboolean quarry_vendor_pull (QuarryCatalog           *catalog,
                             QuarryId                 job,
                             QuarryOperation         *operation,
                             GError                 **error);      /* into the annotation set "<job name>" */

G_END_DECLS
