/* quarry-test-label-studio.h: as much of a Label Studio server as our backend's contract with it, and faults on demand
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-test-server.h"
#include "quarry-test.h"

#include <jansson.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

#define QUARRY_TEST_TOKEN "0123456789abcdef0123456789abcdef01234567"
#define QUARRY_TEST_PAT   "e30.eyJleHAiOjQwMDAwMDAwMDB9.refresh"      /* exp in 2096 */

typedef enum
{
  QUARRY_TEST_IMPORT_WORKS,
  QUARRY_TEST_IMPORT_LOSES_ANSWER,    /* done, but the connection breaks */
  QUARRY_TEST_IMPORT_IS_LOST,         /* not done, and the connection breaks */
  QUARRY_TEST_IMPORT_LATE,            /* the connection breaks, and it is done a moment later */
  QUARRY_TEST_IMPORT_BUSY,            /* not done: 503 */
  QUARRY_TEST_IMPORT_REFUSED,         /* not done: 400 */
  QUARRY_TEST_IMPORT_IN_BACKGROUND,   /* answers with a number to ask for */
  QUARRY_TEST_IMPORT_DROPS_LABELS,    /* takes the tasks and says yes */
} QuarryTestImport;

typedef enum { QUARRY_TEST_ASCENDING, QUARRY_TEST_DESCENDING, QUARRY_TEST_SHUFFLED } QuarryTestOrder;

typedef struct
{
  gint64  id;
  json_t *data;
  json_t *predictions;
  json_t *annotations;
} QuarryTestTask;

typedef struct
{
  QuarryTestServer *server;
  GMutex            lock;            /* the test's thread against the handler's */
  GPtrArray        *projects;        /* json_t */
  GPtrArray        *uploads;         /* char *: stored names */
  GPtrArray        *tasks;           /* QuarryTestTask */
  gint64            next_task;
  GPtrArray        *late;            /* json_t: imports that wait */
  gint64            late_at;         /* µs */
  guint             late_ms;
  QuarryTestImport  imports[16];     /* what the next ones do; then they work */
  guint             n_imports, n_fault;
  guint             n_uploads;       /* forms */
  guint             n_projects;      /* project requests */
  QuarryTestOrder   order;
  guint             page_max;        /* 0: as asked */
  gint64            vanish_on_page;  /* a task deleted while page 2 is read; 0 none */
  gboolean          personal;        /* takes access tokens only */
  guint             access, access_left;   /* the token that holds, and for how many requests yet */
  guint             n_refreshes;
  gboolean          no_upload_list;  /* uploads are to be asked for one by one */
  gboolean          lose_project;    /* the next project is made, but its answer breaks off */
} QuarryTestStudio;

static inline void
quarry_test_task_free (gpointer data)
{
  QuarryTestTask *task = data;

  json_decref (task->data);
  json_decref (task->predictions);
  json_decref (task->annotations);
  g_free (task);
}

static inline void
quarry_test_studio_add (QuarryTestStudio *self, json_t *given)
{
  QuarryTestTask *task = g_new0 (QuarryTestTask, 1);
  json_t *predictions = json_object_get (given, "predictions");

  task->id = ++self->next_task;
  task->data = json_incref (json_object_get (given, "data"));
  task->predictions = predictions != NULL ? json_incref (predictions) : json_array ();
  task->annotations = json_array ();
  g_ptr_array_add (self->tasks, task);
}

static inline void
quarry_test_studio_take (QuarryTestStudio *self, json_t *tasks)
{
  gsize i = 0;
  json_t *task = NULL;

  json_array_foreach (tasks, i, task)
    quarry_test_studio_add (self, task);
}

static inline void
quarry_test_studio_take_late (QuarryTestStudio *self)
{
  if (self->late->len == 0 || g_get_monotonic_time () < self->late_at)
    return;
  for (guint i = 0; i < self->late->len; i++)
    quarry_test_studio_take (self, self->late->pdata[i]);
  g_ptr_array_set_size (self->late, 0);
}

static inline json_t *
quarry_test_task_json (const QuarryTestTask *task)
{
  return json_pack ("{sI sO sO sO s[] si}", "id", (json_int_t) task->id, "data", task->data, "predictions", task->predictions,
                    "annotations", task->annotations, "drafts", "total_predictions", (int) json_array_size (task->predictions));
}

static inline void
quarry_test_reply_take (QuarryTestReply *reply, guint status, json_t *take_value)
{
  char *text = json_dumps (take_value, 0);

  quarry_test_reply_json (reply, status, text);
  free (text);
  json_decref (take_value);
}

static inline gint64
quarry_test_number_in (const char *path, const char *word, gint64 otherwise)
{
  const char *found = strstr (path, word);

  return found != NULL ? g_ascii_strtoll (found + strlen (word), NULL, 10) : otherwise;
}

static inline gboolean
quarry_test_is_let_in (QuarryTestStudio *self, QuarryTestRequest *request)
{
  g_autofree char *given = quarry_test_request_header (request, "Authorization");
  g_autofree char *access = g_strdup_printf ("Bearer e30.eyJleHAiOjQwMDAwMDAwMDB9.%u", self->access);

  if (!self->personal)
    return g_strcmp0 (given, "Token " QUARRY_TEST_TOKEN) == 0;
  if (g_strcmp0 (given, access) != 0 || self->access_left == 0)
    return FALSE;
  self->access_left--;
  return TRUE;
}

static inline void
quarry_test_studio_refresh (QuarryTestStudio *self, QuarryTestRequest *request, QuarryTestReply *reply)
{
  g_autoptr(json_t) body = json_loadb (g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body), 0, NULL);
  g_autofree char *access = NULL;

  self->n_refreshes++;
  if (g_strcmp0 (json_string_value (json_object_get (body, "refresh")), QUARRY_TEST_PAT) != 0)
    {
      quarry_test_reply_json (reply, 401, "{\"detail\":\"Token is invalid or expired\"}");
      return;
    }
  self->access++;
  self->access_left = 7;
  access = g_strdup_printf ("e30.eyJleHAiOjQwMDAwMDAwMDB9.%u", self->access);
  quarry_test_reply_take (reply, 200, json_pack ("{ss}", "access", access));
}

static inline void
quarry_test_studio_projects (QuarryTestStudio *self, QuarryTestRequest *request, QuarryTestReply *reply)
{
  if (g_str_equal (request->method, "POST"))
    {
      json_t *project = json_loadb (g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body), 0, NULL);

      self->n_projects++;
      json_object_set_new (project, "id", json_integer (100 + self->projects->len));
      g_ptr_array_add (self->projects, project);
      quarry_test_reply_take (reply, 201, json_incref (project));
      if (self->lose_project)
        reply->fault = QUARRY_TEST_RESET;
      self->lose_project = FALSE;
      return;
    }
  {
    const gint64 page = quarry_test_number_in (request->path, "page=", 1);
    const gint64 size = 2;
    json_t *results = json_array ();

    for (gint64 i = (gint64) self->projects->len - 1 - (page - 1) * size; i >= 0 && (gint64) json_array_size (results) < size; i--)
      json_array_append (results, self->projects->pdata[i]);
    quarry_test_reply_take (reply, 200, json_pack ("{si so so}", "count", (int) self->projects->len, "results", results, "next",
                                                   page * size < (gint64) self->projects->len ? json_string ("http://x/next") : json_null ()));
  }
}

/* Stores each file of the form under a name with eight digits in front, as the server does; answers in reverse order */
static inline void
quarry_test_studio_upload (QuarryTestStudio *self, QuarryTestRequest *request, QuarryTestReply *reply)
{
  gsize n = 0;
  const char *body = g_bytes_get_data (request->body, &n);
  json_t *ids = json_array ();

  self->n_uploads++;
  for (const char *at = body; (at = memmem (at, (gsize) (body + n - at), "filename=\"", 10)) != NULL;)
    {
      const char *end = NULL;
      g_autofree char *name = NULL;

      at += strlen ("filename=\"");
      end = strchr (at, '"');
      name = g_strndup (at, (gsize) (end - at));
      g_ptr_array_add (self->uploads, g_strdup_printf ("upload/100/%08x-%s", self->uploads->len, name));
      json_array_insert_new (ids, 0, json_integer (self->uploads->len));
      at = end;
    }
  quarry_test_reply_take (reply, 201, json_pack ("{so}", "file_upload_ids", ids));
}

/* As a young project does: all there are, whichever were asked for */
static inline void
quarry_test_studio_uploads (QuarryTestStudio *self, QuarryTestReply *reply)
{
  json_t *list = json_array ();

  for (guint i = 0; i < self->uploads->len; i++)
    json_array_append_new (list, json_pack ("{si ss}", "id", (int) i + 1, "file", (char *) self->uploads->pdata[i]));
  quarry_test_reply_take (reply, 200, list);
}

static inline void
quarry_test_studio_import (QuarryTestStudio *self, QuarryTestRequest *request, QuarryTestReply *reply)
{
  g_autoptr(json_t) tasks = json_loadb (g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body), 0, NULL);
  const QuarryTestImport what = self->n_fault < G_N_ELEMENTS (self->imports) ? self->imports[self->n_fault] : QUARRY_TEST_IMPORT_WORKS;

  self->n_imports++;
  self->n_fault++;
  quarry_test_reply_json (reply, 201, "{\"task_count\":1}");
  switch (what)
    {
    case QUARRY_TEST_IMPORT_LATE:
      g_ptr_array_add (self->late, json_incref (tasks));
      self->late_at = g_get_monotonic_time () + (gint64) self->late_ms * 1000;
      reply->fault = QUARRY_TEST_RESET;
      return;
    case QUARRY_TEST_IMPORT_IS_LOST:
      reply->fault = QUARRY_TEST_RESET;
      return;
    case QUARRY_TEST_IMPORT_BUSY:
      quarry_test_reply_json (reply, 503, "{}");
      return;
    case QUARRY_TEST_IMPORT_REFUSED:
      quarry_test_reply_json (reply, 400, "{\"detail\":\"Validation error\",\"validation_errors\":{\"predictions\":[\"bad\"]}}");
      return;
    case QUARRY_TEST_IMPORT_LOSES_ANSWER:
      reply->fault = QUARRY_TEST_RESET;
      break;
    case QUARRY_TEST_IMPORT_IN_BACKGROUND:
      quarry_test_reply_json (reply, 201, "{\"import\":9}");
      break;
    case QUARRY_TEST_IMPORT_DROPS_LABELS:
      for (gsize i = 0; i < json_array_size (tasks); i++)
        json_object_del (json_array_get (tasks, i), "predictions");
      break;
    case QUARRY_TEST_IMPORT_WORKS:
    default:
      break;
    }
  quarry_test_studio_take (self, tasks);
}

static inline GPtrArray *
quarry_test_ordered (QuarryTestStudio *self)
{
  GPtrArray *list = g_ptr_array_new ();
  g_autoptr(GRand) rand = g_rand_new_with_seed (1);

  for (guint i = 0; i < self->tasks->len; i++)
    if (self->order == QUARRY_TEST_DESCENDING)
      g_ptr_array_insert (list, 0, self->tasks->pdata[i]);
    else if (self->order == QUARRY_TEST_SHUFFLED)
      g_ptr_array_insert (list, g_rand_int_range (rand, 0, (gint) list->len + 1), self->tasks->pdata[i]);
    else
      g_ptr_array_add (list, self->tasks->pdata[i]);
  return list;
}

static inline gint64
quarry_test_find_task (QuarryTestStudio *self, gint64 id)
{
  for (guint i = 0; i < self->tasks->len; i++)
    if (((QuarryTestTask *) self->tasks->pdata[i])->id == id)
      return i;
  return -1;
}

static inline void
quarry_test_studio_list (QuarryTestStudio *self, QuarryTestRequest *request, QuarryTestReply *reply)
{
  const guint page = (guint) quarry_test_number_in (request->path, "&page=", 1);
  const guint asked = (guint) quarry_test_number_in (request->path, "page_size=", 100);
  const guint size = self->page_max != 0 ? MIN (self->page_max, asked) : asked;
  g_autoptr(GPtrArray) list = NULL;
  json_t *tasks = json_array ();

  if (page == 2 && self->vanish_on_page != 0)
    {
      g_ptr_array_remove_index (self->tasks, (guint) quarry_test_find_task (self, self->vanish_on_page));
      self->vanish_on_page = 0;
    }
  list = quarry_test_ordered (self);
  if (page > 1 && (page - 1) * size >= list->len)
    {
      json_decref (tasks);
      quarry_test_reply_json (reply, 404, "{\"detail\":\"Invalid page.\"}");
      return;
    }
  for (guint i = (page - 1) * size; i < MIN (page * size, list->len); i++)
    json_array_append_new (tasks, quarry_test_task_json (list->pdata[i]));
  quarry_test_reply_take (reply, 200, json_pack ("{so si}", "tasks", tasks, "total", (int) list->len));
}

static inline void
quarry_test_studio_task (QuarryTestStudio *self, QuarryTestRequest *request, QuarryTestReply *reply)
{
  const gint64 index = quarry_test_find_task (self, quarry_test_number_in (request->path, "/api/tasks/", 0));

  if (index < 0)
    quarry_test_reply_json (reply, 404, "{\"detail\":\"No Task matches the given query.\"}");
  else if (g_str_equal (request->method, "DELETE"))
    {
      g_ptr_array_remove_index (self->tasks, (guint) index);
      reply->status = 204;
    }
  else
    quarry_test_reply_take (reply, 200, quarry_test_task_json (self->tasks->pdata[index]));
}

static inline void
quarry_test_studio_handle (QuarryTestRequest *request, QuarryTestReply *reply, gpointer data)
{
  QuarryTestStudio *self = data;
  const char *path = request->path;

  g_mutex_lock (&self->lock);
  quarry_test_studio_take_late (self);
  if (g_str_equal (path, "/api/token/refresh"))
    quarry_test_studio_refresh (self, request, reply);
  else if (!quarry_test_is_let_in (self, request))
    quarry_test_reply_json (reply, 401, "{\"detail\":\"Invalid token.\"}");
  else if (g_str_equal (path, "/api/current-user/whoami"))
    quarry_test_reply_json (reply, 200, "{\"id\":7,\"email\":\"ann@example.com\"}");
  else if (g_str_equal (path, "/api/version/"))
    quarry_test_reply_json (reply, 200, "{\"release\":\"9.9\"}");
  else if (g_str_equal (path, "/api/users/"))
    quarry_test_reply_json (reply, 200, "[{\"id\":7,\"email\":\"ann@example.com\"}]");
  else if (strstr (path, "/import?commit_to_project=false") != NULL)
    quarry_test_studio_upload (self, request, reply);
  else if (strstr (path, "/imports/9/") != NULL)
    quarry_test_reply_json (reply, 200, "{\"status\":\"completed\"}");
  else if (g_str_has_suffix (path, "/import"))
    quarry_test_studio_import (self, request, reply);
  else if (strstr (path, "/file-uploads?ids=%5B") != NULL && !self->no_upload_list)
    quarry_test_studio_uploads (self, reply);
  else if (strstr (path, "/file-uploads?") != NULL)
    quarry_test_reply_json (reply, 404, "{}");
  else if (g_str_has_prefix (path, "/api/import/file-upload/"))
    quarry_test_reply_take (reply, 200, json_pack ("{ss}", "file",
      (char *) self->uploads->pdata[quarry_test_number_in (path, "file-upload/", 1) - 1]));
  else if (g_str_has_prefix (path, "/api/projects/"))
    quarry_test_studio_projects (self, request, reply);
  else if (g_str_has_prefix (path, "/api/tasks?"))
    quarry_test_studio_list (self, request, reply);
  else if (g_str_has_prefix (path, "/api/tasks/"))
    quarry_test_studio_task (self, request, reply);
  else
    quarry_test_reply_json (reply, 404, "{\"detail\":\"not in the contract\"}");
  g_mutex_unlock (&self->lock);
}

static inline QuarryTestStudio *
quarry_test_studio_new (void)
{
  QuarryTestStudio *self = g_new0 (QuarryTestStudio, 1);

  g_mutex_init (&self->lock);
  self->projects = g_ptr_array_new_with_free_func ((GDestroyNotify) json_decref);
  self->uploads = g_ptr_array_new_with_free_func (g_free);
  self->tasks = g_ptr_array_new_with_free_func (quarry_test_task_free);
  self->late = g_ptr_array_new_with_free_func ((GDestroyNotify) json_decref);
  self->server = quarry_test_server_new (quarry_test_studio_handle, self);
  return self;
}

static inline void
quarry_test_studio_free (QuarryTestStudio *self)
{
  quarry_test_server_free (self->server);
  g_ptr_array_unref (self->projects);
  g_ptr_array_unref (self->uploads);
  g_ptr_array_unref (self->tasks);
  g_ptr_array_unref (self->late);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Every task has another key, and there are @n */
static inline void
quarry_test_studio_assert_once (QuarryTestStudio *self, guint n)
{
  g_autoptr(GHashTable) keys = g_hash_table_new (g_str_hash, g_str_equal);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->tasks->len; i++)
    {
      const QuarryTestTask *task = self->tasks->pdata[i];
      const char *key = json_string_value (json_object_get (task->data, "quarry_key"));

      g_assert_nonnull (key);
      if (!g_hash_table_add (keys, (gpointer) key))
        g_error ("task %" G_GINT64_FORMAT " has the key %s of another", task->id, key);
    }
  g_assert_cmpuint (self->tasks->len, ==, n);
  g_mutex_unlock (&self->lock);
}

/* Puts an annotation on the task at @index (by age). @json: ' stands for " */
static inline void
quarry_test_studio_annotate (QuarryTestStudio *self, guint index, const char *json)
{
  g_autofree char *text = g_strdelimit (g_strdup (json), "'", '"');
  json_error_t at;
  json_t *annotation = json_loads (text, 0, &at);

  if (annotation == NULL)
    g_error ("%s in %s", at.text, text);
  g_mutex_lock (&self->lock);
  json_array_append_new (((QuarryTestTask *) self->tasks->pdata[index])->annotations, annotation);
  g_mutex_unlock (&self->lock);
}

static inline void
quarry_test_studio_clear (QuarryTestStudio *self, guint index)
{
  g_mutex_lock (&self->lock);
  json_array_clear (((QuarryTestTask *) self->tasks->pdata[index])->annotations);
  g_mutex_unlock (&self->lock);
}

/* Somebody submits what was predicted, unchanged */
static inline void
quarry_test_studio_accept (QuarryTestStudio *self, guint index)
{
  QuarryTestTask *task = self->tasks->pdata[index];
  json_t *result = json_object_get (json_array_get (task->predictions, 0), "result");

  g_mutex_lock (&self->lock);
  json_array_append_new (task->annotations, json_pack ("{si si ss sb so}", "id", (int) index, "completed_by", 7, "updated_at",
                                                       "2026-03-01T10:00:00.5Z", "was_cancelled", 0, "result",
                                                       result != NULL ? json_deep_copy (result) : json_array ()));
  g_mutex_unlock (&self->lock);
}
