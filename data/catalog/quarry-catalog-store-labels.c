/* quarry-catalog-store-labels.c: annotations, their sets and classes; runs and evaluations
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-catalog-private.h"

/* --- foreign names to classes --- */

void
quarry_label_store_init (QuarryLabelStore *self, const char *origin, QuarryReport *report)
{
  *self = (QuarryLabelStore) { .origin = origin != NULL ? origin : "", .report = report };
  self->classes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

void
quarry_label_store_clear (QuarryLabelStore *self)
{
  g_clear_pointer (&self->classes, g_hash_table_unref);
}

/* In the writer thread. What is added from here on has a higher id, which tells a repeated id from a known one. */
gboolean
quarry_label_store_begin (QuarryLabelStore *self, QuarryDb *db, GError **error)
{
  return quarry_db_get_int (db, &self->last_id, error,
                            "SELECT coalesce(max(id), 0) FROM annotation", "");
}

/* Alias of this origin, else anybody's, else a class of that name, else a new one */
static gboolean
find_class (QuarryLabelStore *self,
            QuarryDb *db,
            const char *name,
            QuarryId *out_class,
            GError **error)
{
  const QuarryId *known = g_hash_table_lookup (self->classes, name);
  gboolean made = FALSE;

  if (known != NULL)
    {
      *out_class = *known;
      return TRUE;
    }
  if (!quarry_db_get_int (db, out_class, error,
                          "SELECT class FROM class_alias WHERE alias = ?1 AND origin IN (?2, '')"
                          " ORDER BY CASE origin WHEN '' THEN 1 ELSE 0 END LIMIT 1",
                          "ss", name, self->origin))
    return FALSE;
  if (*out_class == 0 && (*out_class = quarry_db_make_class (db, name, &made, error)) == 0)
    return FALSE;
  self->n_new_classes += made;
  g_hash_table_insert (self->classes, g_strdup (name), g_memdup2 (out_class, sizeof *out_class));
  return TRUE;
}

/* --- one label --- */

static gboolean
skip (QuarryLabelStore *self, const char *external_id, const char *why)
{
  if (self->report != NULL)
    quarry_report_add (self->report, QUARRY_ISSUE_SKIPPED,
                       external_id != NULL ? external_id : "label", NULL, "%s", why);
  return TRUE;
}

#define COLUMNS "annotation_set, external_id, frame, media, kind, class, track, geometry, attributes, score, task, annotator, made_ns"

static gboolean
insert_annotation (QuarryDb *db,
                   const QuarryAnnotation *a,
                   const QuarryLabelPlace *at,
                   GError **error)
{
  g_autofree guint8 *blob = quarry_geometry_to_blob (a->geometry, a->n_geometry);

  return quarry_db_run (db, error,
                        "INSERT INTO annotation (" COLUMNS
                        ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
                        " ON CONFLICT (annotation_set, external_id) DO NOTHING",
                        "isirsisbsdrst", at->set, at->external_id, at->frame, at->media,
                        quarry_annotation_kind_name (a->kind), at->class_id, a->track, blob,
                        a->n_geometry * sizeof (double),
                        a->attributes != NULL ? a->attributes : "{}", a->score, a->task,
                        a->annotator, a->made_ns);
}

static gboolean
update_annotation (QuarryDb *db,
                   const QuarryAnnotation *a,
                   const QuarryLabelPlace *at,
                   GError **error)
{
  g_autofree guint8 *blob = quarry_geometry_to_blob (a->geometry, a->n_geometry);

  return quarry_db_run (
      db, error,
      "UPDATE annotation SET frame = ?3, media = ?4, kind = ?5, class = ?6, track = ?7, geometry = ?8, attributes = ?9,"
      " score = ?10, task = ?11, annotator = ?12, made_ns = ?13 WHERE annotation_set = ?1 AND external_id = ?2 AND"
      " (frame <> ?3 OR media IS DISTINCT FROM ?4 OR kind <> ?5 OR class <> ?6 OR track IS DISTINCT FROM ?7 OR geometry <> ?8"
      " OR attributes <> ?9 OR score IS DISTINCT FROM ?10 OR task IS DISTINCT FROM ?11 OR annotator IS DISTINCT FROM ?12"
      " OR made_ns IS DISTINCT FROM ?13)",
      "isirsisbsdrst", at->set, at->external_id, at->frame, at->media,
      quarry_annotation_kind_name (a->kind), at->class_id, a->track, blob,
      a->n_geometry * sizeof (double), a->attributes != NULL ? a->attributes : "{}", a->score,
      a->task, a->annotator, a->made_ns);
}

static gboolean
put_known (QuarryLabelStore *self,
           QuarryDb *db,
           const QuarryAnnotation *annotation,
           const QuarryLabelPlace *at,
           gboolean update,
           GError **error)
{
  gint64 id = 0, frame = 0;

  if (!quarry_db_get_int (
          db, &id, error,
          "SELECT id FROM annotation WHERE annotation_set = ?1 AND external_id = ?2", "is", at->set,
          at->external_id) ||
      !quarry_db_get_int (db, &frame, error, "SELECT frame FROM annotation WHERE id = ?1", "i", id))
    return FALSE;
  if (id > self->last_id || (!update && frame != at->frame))
    return skip (self, at->external_id, "this label's id is used twice");
  if (!update)
    {
      self->n_same++;
      return TRUE;
    }
  if (!update_annotation (db, annotation, at, error))
    return FALSE;
  if (sqlite3_changes (db->handle) > 0)
    self->n_changed++;
  else
    self->n_same++;
  return TRUE;
}

/**
 * quarry_label_store_put:
 * @frame, @media, @external_id: take the place of those in @annotation
 * @update: a known label takes on what is new; else it stays
 *
 * Stores one label. What is broken becomes an issue of the report, and TRUE is returned.
 */
gboolean
quarry_label_store_put (QuarryLabelStore       *self,
                        QuarryDb               *db,
                        const QuarryAnnotation *annotation,
                        QuarryId                set,
                        QuarryId                frame,
                        QuarryId                media,
                        const char             *external_id,
                        gboolean                update,
                        GError                **error)
{
  QuarryLabelPlace at = { set, frame, media, annotation->class_id, external_id };
  g_autoptr(GError) fault = NULL;

  if (external_id == NULL)
    return skip (self, NULL, "the label has no id");
  if (!quarry_annotation_check (annotation, &fault))
    return skip (self, external_id, fault->message);
  if (annotation->class_name != NULL && *annotation->class_name != '\0')
    {
      if (!find_class (self, db, annotation->class_name, &at.class_id, error))
        return FALSE;
    }
  else if (at.class_id == 0)
    return skip (self, external_id, "the label has no class");
  if (!insert_annotation (db, annotation, &at, error))
    return FALSE;
  if (sqlite3_changes (db->handle) == 0)
    return put_known (self, db, annotation, &at, update, error);
  self->n_added++;
  return TRUE;
}

/* --- many labels --- */

typedef struct
{
  QuarryId          set;
  GPtrArray        *annotations;
  QuarryLabelStore  labels;
} Labels;

static gboolean
store_labels (QuarryDb *db, gpointer data, GError **error)
{
  Labels *labels = data;

  if (!quarry_label_store_begin (&labels->labels, db, error))
    return FALSE;
  for (guint i = 0; i < labels->annotations->len; i++)
    {
      const QuarryAnnotation *annotation = labels->annotations->pdata[i];

      if (!quarry_label_store_put (&labels->labels, db, annotation, labels->set, annotation->frame,
                                   annotation->media, annotation->external_id, TRUE, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * quarry_catalog_store_annotations:
 * @annotations: QuarryAnnotation; frame and media are ids
 * @report: (nullable): counts "added", "changed", "same" and "new classes"; what is broken is an issue
 *
 * One commit.
 */
gboolean
quarry_catalog_store_annotations (QuarryCatalog *self,
                                  QuarryId set,
                                  GPtrArray *annotations,
                                  const char *origin,
                                  QuarryReport *report,
                                  GError **error)
{
  Labels labels = { .set = set, .annotations = annotations };
  gboolean ok = FALSE;

  g_return_val_if_fail (QUARRY_IS_CATALOG (self), FALSE);
  quarry_label_store_init (&labels.labels, origin, report);
  ok = quarry_catalog_write (self, store_labels, &labels, error);
  if (ok && report != NULL)
    {
      quarry_report_count (report, "added", labels.labels.n_added);
      quarry_report_count (report, "changed", labels.labels.n_changed);
      quarry_report_count (report, "same", labels.labels.n_same);
      if (labels.labels.n_new_classes > 0)
        quarry_report_count (report, "new classes", labels.labels.n_new_classes);
    }
  quarry_label_store_clear (&labels.labels);
  return ok;
}

typedef struct
{
  QuarryId            set;
  const char * const *external_ids;
} Removal;

static gboolean
remove_annotations (QuarryDb *db, gpointer data, GError **error)
{
  Removal *removal = data;

  for (gsize i = 0; removal->external_ids[i] != NULL; i++)
    if (!quarry_db_run (db, error,
                        "DELETE FROM annotation WHERE annotation_set = ?1 AND external_id = ?2",
                        "is", removal->set, removal->external_ids[i]))
      return FALSE;
  return TRUE;
}

/* One commit; ids that are not there do nothing */
gboolean
quarry_catalog_remove_annotations (QuarryCatalog *self,
                                   QuarryId set,
                                   const char * const *external_ids,
                                   GError **error)
{
  Removal removal = { set, external_ids };

  return quarry_catalog_write (self, remove_annotations, &removal, error);
}

/* --- sets, runs, evaluations --- */

typedef struct
{
  QuarryId    id;              /* out */
  QuarryId    source, job;     /* of a set; predictions and truth, or set and version */
  const char *name, *origin, *text;
} Row;

static gboolean
store_set (QuarryDb *db, gpointer data, GError **error)
{
  Row *row = data;

  return quarry_db_run (
             db, error,
             "INSERT INTO annotation_set (name, origin, source, job, created_ns) VALUES (?1, ?2, ?3, ?4, ?5)"
             " ON CONFLICT (name) DO NOTHING",
             "ssrri", row->name, row->origin, row->source, row->job, quarry_catalog_now ()) &&
         quarry_db_get_int (db, &row->id, error, "SELECT id FROM annotation_set WHERE name = ?1",
                            "s", row->name);
}

/**
 * quarry_catalog_store_set:
 * @origin: import, vendor, model or person
 * @source: 0 none
 * @job: 0 none
 *
 * Returns: the id of the set of that name, known or new; 0 on error
 */
QuarryId
quarry_catalog_store_set (QuarryCatalog *self,
                          const char *name,
                          const char *origin,
                          QuarryId source,
                          QuarryId job,
                          GError **error)
{
  Row row = { .source = source, .job = job, .name = name, .origin = origin };

  return quarry_catalog_write (self, store_set, &row, error) ? row.id : 0;
}

static gboolean
store_run (QuarryDb *db, gpointer data, GError **error)
{
  Row *row = data;

  return quarry_db_run (
      db, error,
      "INSERT INTO run (name, annotation_set, version, record, state, created_ns) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
      " ON CONFLICT (name) DO UPDATE SET annotation_set = excluded.annotation_set, version = excluded.version,"
      " record = excluded.record, state = excluded.state",
      "srrssi", row->name, row->source, row->job, row->text, row->origin, quarry_catalog_now ());
}

/* @record: JSON. @state: running, done, failed or cancelled */
gboolean
quarry_catalog_store_run (QuarryCatalog *self,
                          const char *name,
                          QuarryId set,
                          QuarryId version,
                          const char *record,
                          const char *state,
                          GError **error)
{
  Row row = { .source = set,
              .job = version,
              .name = name,
              .origin = state,
              .text = record != NULL ? record : "{}" };

  return quarry_catalog_write (self, store_run, &row, error);
}

static gboolean
store_evaluation (QuarryDb *db, gpointer data, GError **error)
{
  Row *row = data;

  return quarry_db_run (
      db, error,
      "INSERT INTO evaluation (predictions, truth, metric, result, created_ns) VALUES (?1, ?2, ?3, ?4, ?5)",
      "iissi", row->source, row->job, row->name, row->text, quarry_catalog_now ());
}

/* @result: JSON */
gboolean
quarry_catalog_store_evaluation (QuarryCatalog *self,
                                 QuarryId predictions,
                                 QuarryId truth,
                                 const char *metric,
                                 const char *result,
                                 GError **error)
{
  Row row = { .source = predictions, .job = truth, .name = metric, .text = result };

  return quarry_catalog_write (self, store_evaluation, &row, error);
}
