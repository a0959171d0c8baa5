/* quarry-label-studio.c: the backend for Label Studio servers: requests
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A job is a project that carries the manifest's hash in its description; a task carries our key in its data.
 */

#include "config.h"
#include "quarry-label-studio.h"
#include "quarry-label-studio-private.h"

#include <string.h>

#define PAGE           100
#define LISTING_TRIES  4
#define OLDEST_FIRST   "&query=%7B%22ordering%22%3A%5B%22tasks%3Aid%22%5D%7D"      /* {"ordering":["tasks:id"]} */

struct _QuarryLabelStudio
{
  GObject                  parent_instance;
  QuarryLabelStudioClient *client;
  char                    *url;       /* without a slash at the end */
};

static void vendor_init (QuarryVendorInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (QuarryLabelStudio, quarry_label_studio, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (QUARRY_TYPE_VENDOR, vendor_init))

static void
quarry_label_studio_finalize (GObject *object)
{
  QuarryLabelStudio *self = QUARRY_LABEL_STUDIO (object);

  g_clear_pointer (&self->client, quarry_label_studio_client_free);
  g_clear_pointer (&self->url, g_free);
  G_OBJECT_CLASS (quarry_label_studio_parent_class)->finalize (object);
}

static void
quarry_label_studio_class_init (QuarryLabelStudioClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = quarry_label_studio_finalize;
}

static void
quarry_label_studio_init (QuarryLabelStudio *self)
{
}

static gboolean
label_studio_open (QuarryVendor *vendor, const QuarryAccount *account, const char *secret, GError **error)
{
  QuarryLabelStudio *self = QUARRY_LABEL_STUDIO (vendor);

  self->url = g_strdup (account->url);
  while (g_str_has_suffix (self->url, "/"))
    self->url[strlen (self->url) - 1] = '\0';
  self->client = quarry_label_studio_client_new (self->url, secret);
  return TRUE;
}

/* --- account --- */

static gboolean
label_studio_test (QuarryVendor *vendor, char **out_who, GCancellable *cancellable, GError **error)
{
  QuarryLabelStudio *self = QUARRY_LABEL_STUDIO (vendor);
  g_autoptr(json_t) user = quarry_label_studio_get (self->client, "/api/current-user/whoami", cancellable, error);
  g_autoptr(json_t) version = NULL;
  const char *email = NULL;
  const char *release = NULL;

  if (user == NULL)
    return FALSE;
  email = json_string_value (json_object_get (user, "email"));
  if (email == NULL)
    {
      quarry_label_studio_set_answer_error (error, "/api/current-user/whoami", "answer has no e-mail: is this a Label Studio server?");
      return FALSE;
    }
  version = quarry_label_studio_get (self->client, "/api/version/", cancellable, NULL);      /* good to know, no more */
  release = json_string_value (json_object_get (version, "release"));
  if (out_who != NULL)
    *out_who = release != NULL ? g_strdup_printf ("%s (Label Studio %s)", email, release) : g_strdup (email);
  return TRUE;
}

/* --- project --- */

static char *
dup_marker (const char *manifest_hash)
{
  return g_strdup_printf ("quarry:%s", manifest_hash);
}

/* Newest first is the server's order; the oldest of several counts, so that every search finds the same */
static char *
label_studio_find_project (QuarryVendor  *vendor,
                           const char    *title,
                           const char    *manifest_hash,
                           GCancellable  *cancellable,
                           GError       **error)
{
  QuarryLabelStudio *self = QUARRY_LABEL_STUDIO (vendor);
  g_autofree char *marker = dup_marker (manifest_hash);
  json_int_t oldest = 0;
  gboolean more = TRUE;

  for (guint page = 1; more; page++)
    {
      g_autofree char *path = g_strdup_printf ("/api/projects/?page=%u&page_size=%d", page, PAGE);
      g_autoptr(json_t) root = quarry_label_studio_get (self->client, path, cancellable, error);
      json_t *results = json_object_get (root, "results");
      gsize i = 0;
      json_t *project = NULL;

      if (root == NULL)
        return NULL;
      if (!json_is_array (results))
        {
          quarry_label_studio_set_answer_error (error, path, "answer has no list of projects");
          return NULL;
        }
      json_array_foreach (results, i, project)
        {
          const char *description = json_string_value (json_object_get (project, "description"));
          const json_int_t id = json_integer_value (json_object_get (project, "id"));

          if (id > 0 && description != NULL && strstr (description, marker) != NULL && (oldest == 0 || id < oldest))
            oldest = id;
        }
      more = json_is_string (json_object_get (root, "next"));
    }
  return oldest != 0 ? g_strdup_printf ("%" JSON_INTEGER_FORMAT, oldest) : NULL;
}

static char *
label_studio_create_project (QuarryVendor  *vendor,
                             const char    *title,
                             const char    *manifest_hash,
                             GPtrArray     *classes,
                             GCancellable  *cancellable,
                             GError       **error)
{
  QuarryLabelStudio *self = QUARRY_LABEL_STUDIO (vendor);
  g_autofree char *marker = dup_marker (manifest_hash);
  g_autofree char *description = g_strdup_printf ("Made by Quarry, which finds its job by this line: %s", marker);
  g_autofree char *config = quarry_label_studio_make_config (classes);
  g_autofree char *fitted = quarry_label_studio_make_title (title);
  g_autoptr(json_t) request = NULL;
  g_autoptr(json_t) root = NULL;
  json_int_t id = 0;

  if (classes->len == 0)
    {
      g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_FAILED,
                   "there are no classes to label with: import labels, or make some with 'quarry labels map'");
      return NULL;
    }
  request = json_pack ("{ss ss ss sb sb ss}", "title", fitted, "description", description, "label_config", config,
                       "enable_empty_annotation", 1, "show_collab_predictions", 1, "model_version", "quarry");
  root = quarry_label_studio_post (self->client, "/api/projects/", request, cancellable, error);
  if (root == NULL)
    return NULL;
  id = json_integer_value (json_object_get (root, "id"));
  if (id <= 0)
    {
      quarry_label_studio_set_answer_error (error, "/api/projects/", "answer has no project id");
      return NULL;
    }
  return g_strdup_printf ("%" JSON_INTEGER_FORMAT, id);
}

static char *
label_studio_get_web_url (QuarryVendor *vendor, const char *project)
{
  return g_strdup_printf ("%s/projects/%s/data", QUARRY_LABEL_STUDIO (vendor)->url, project);
}

/* --- listing tasks --- */

/* One task of a listing; FALSE with @error stops it */
typedef gboolean (*TaskFunc) (gpointer data, json_t *task, GError **error);

typedef struct
{
  QuarryLabelStudio *self;
  const char        *project;
  const char        *fields;
  TaskFunc           func;
  gpointer           data;
  GCancellable      *cancellable;
  GHashTable        *seen;         /* ids handed to @func */
  GHashTable        *in_pass;      /* ids of this reading of the list */
  gint64             total;        /* as the last page says; −1 before the first */
  gboolean           steady;       /* all pages of this reading said the same */
} Listing;

/* Returns: whether @id was not in @ids yet */
static gboolean
add_id (GHashTable *ids, gint64 id)
{
  return g_hash_table_add (ids, g_memdup2 (&id, sizeof id));
}

/* Returns: how many tasks the page had, −1 with @error set */
static gint64
read_page (Listing *self, guint page, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/api/tasks?project=%s&fields=%s&resolve_uri=false&page=%u&page_size=%d%s",
                                           self->project, self->fields, page, PAGE, OLDEST_FIRST);
  g_autoptr(json_t) root = quarry_label_studio_get (self->self->client, path, self->cancellable, error);
  json_t *tasks = json_object_get (root, "tasks");
  json_t *total = json_object_get (root, "total");
  gsize i = 0;
  json_t *task = NULL;

  if (root == NULL)
    return -1;
  if (!json_is_array (tasks) || !json_is_integer (total))
    {
      quarry_label_studio_set_answer_error (error, path, "answer has no list of tasks with its total");
      return -1;
    }
  self->steady &= self->total < 0 || self->total == json_integer_value (total);
  self->total = json_integer_value (total);
  json_array_foreach (tasks, i, task)
    {
      const gint64 id = json_integer_value (json_object_get (task, "id"));

      add_id (self->in_pass, id);
      if (add_id (self->seen, id) && !self->func (self->data, task, error))
        return -1;
    }
  return (gint64) json_array_size (tasks);
}

/* One reading of the whole list. Returns: FALSE with @error set */
static gboolean
read_list (Listing *self, GError **error)
{
  gint64 n = 0;
  gint64 read = 0;

  g_hash_table_remove_all (self->in_pass);
  self->total = -1;
  self->steady = TRUE;
  for (guint page = 1; page == 1 || (n > 0 && read < self->total); page++)
    {
      g_autoptr(GError) local = NULL;

      n = read_page (self, page, &local);
      if (n < 0 && page > 1 && g_error_matches (local, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_NOT_FOUND))
        {
          self->steady = FALSE;      /* the list has become shorter: this page is past its end */
          return TRUE;
        }
      if (n < 0)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      read += n;
    }
  return TRUE;
}

/* Every task once, by id. Paging by number over a list that changes lets tasks slip through: then it is read again. */
static gboolean
each_task (QuarryLabelStudio  *self,
           const char         *project,
           const char         *fields,
           TaskFunc            func,
           gpointer            data,
           GCancellable       *cancellable,
           GError            **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr(GHashTable) in_pass = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  Listing listing = { self, project, fields, func, data, cancellable, seen, in_pass, -1, TRUE };

  for (int i = 0; i < LISTING_TRIES; i++)
    {
      if (!read_list (&listing, error))
        return FALSE;
      if (listing.steady && (gint64) g_hash_table_size (in_pass) == listing.total)
        return TRUE;
    }
  g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_ANSWER,
               "project %s: the list of tasks names %" G_GINT64_FORMAT ", but %u could be read", project, listing.total,
               g_hash_table_size (in_pass));
  return FALSE;
}

static gboolean
note_key_cb (gpointer data, json_t *task, GError **error)
{
  const char *key = json_string_value (json_object_get (json_object_get (task, "data"), QUARRY_LS_KEY));
  g_autofree char *id = g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (json_object_get (task, "id")));

  if (key != NULL)
    quarry_vendor_note_key (data, key, id);
  return TRUE;
}

static gboolean
label_studio_list_keys (QuarryVendor  *vendor,
                        const char    *project,
                        GHashTable    *ids_by_key,
                        GCancellable  *cancellable,
                        GError       **error)
{
  return each_task (QUARRY_LABEL_STUDIO (vendor), project, "task_only", note_key_cb, ids_by_key, cancellable, error);
}

/* Nobody's work is deleted: neither annotations nor drafts */
static gboolean
label_studio_drop_double (QuarryVendor  *vendor,
                          const char    *project,
                          const char    *external_id,
                          gboolean      *out_dropped,
                          GCancellable  *cancellable,
                          GError       **error)
{
  QuarryLabelStudio *self = QUARRY_LABEL_STUDIO (vendor);
  g_autofree char *path = g_strdup_printf ("/api/tasks/%s/", external_id);
  g_autoptr(json_t) task = quarry_label_studio_get (self->client, path, cancellable, error);

  if (task == NULL)
    return FALSE;
  *out_dropped = json_array_size (json_object_get (task, "annotations")) == 0 && json_array_size (json_object_get (task, "drafts")) == 0;
  if (!*out_dropped)
    return TRUE;
  return quarry_label_studio_delete (self->client, path, cancellable, error);
}

/* --- fetching --- */

typedef struct
{
  GHashTable           *email_by_user;
  QuarryVendorAnswered  answered;
  gpointer              data;
  QuarryReport         *report;
} Fetching;

static gboolean
fetched_cb (gpointer data, json_t *task, GError **error)
{
  Fetching *fetching = data;
  QuarryVendorAnswer *answer = quarry_label_studio_read_task (task, fetching->email_by_user, fetching->report);

  return answer == NULL || fetching->answered (fetching->data, answer, error);
}

/* Not everybody may list users: then annotators are "user 7" */
static GHashTable *
list_emails (QuarryLabelStudio *self, GCancellable *cancellable)
{
  GHashTable *emails = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(json_t) users = quarry_label_studio_get (self->client, "/api/users/", cancellable, NULL);
  gsize i = 0;
  json_t *user = NULL;

  json_array_foreach (users, i, user)
    {
      const char *email = json_string_value (json_object_get (user, "email"));

      if (email != NULL)
        g_hash_table_insert (emails, g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (json_object_get (user, "id"))),
                             g_strdup (email));
    }
  return emails;
}

static gboolean
label_studio_fetch (QuarryVendor          *vendor,
                    const char            *project,
                    QuarryVendorAnswered   answered,
                    gpointer               data,
                    QuarryReport          *report,
                    GCancellable          *cancellable,
                    GError               **error)
{
  QuarryLabelStudio *self = QUARRY_LABEL_STUDIO (vendor);
  g_autoptr(GHashTable) emails = list_emails (self, cancellable);
  Fetching fetching = { emails, answered, data, report };

  return each_task (self, project, "all", fetched_cb, &fetching, cancellable, error);
}

static gboolean
label_studio_send (QuarryVendor       *vendor,
                   const char         *project,
                   GPtrArray          *items,
                   QuarryVendorSaved   saved,
                   gpointer            data,
                   QuarryReport       *report,
                   GCancellable       *cancellable,
                   GError            **error)
{
  return quarry_label_studio_send (QUARRY_LABEL_STUDIO (vendor)->client, project, items, saved, data, report, cancellable, error);
}

static void
vendor_init (QuarryVendorInterface *iface)
{
  iface->id = "label-studio";
  iface->name = "Label Studio";
  iface->kinds = QUARRY_LS_KINDS;
  iface->open = label_studio_open;
  iface->test = label_studio_test;
  iface->find_project = label_studio_find_project;
  iface->create_project = label_studio_create_project;
  iface->list_keys = label_studio_list_keys;
  iface->drop_double = label_studio_drop_double;
  iface->send = label_studio_send;
  iface->fetch = label_studio_fetch;
  iface->get_web_url = label_studio_get_web_url;
}
