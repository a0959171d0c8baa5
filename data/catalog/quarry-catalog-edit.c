/* quarry-catalog-edit.c: tags, ratings, flags and the ontology, each call one undoable edit
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-catalog-private.h"

#include <string.h>

/* Twelve hues that stay apart on light and dark, in an order where neighbours differ most */
static const char * const palette[] = {
  "#3584e4", "#e66100", "#2ec27e", "#c061cb", "#f5c211", "#e01b24",
  "#33c7de", "#986a44", "#9141ac", "#8ff0a4", "#f66151", "#1a5fb4",
};

static const char *
next_color (QuarryDb *db, const char *count_sql)
{
  gint64 n = 0;

  quarry_db_get_int (db, &n, NULL, count_sql, "");
  return palette[n % (gint64) G_N_ELEMENTS (palette)];
}

/* Returns: the tag of that name, made where missing; 0 on error */
QuarryId
quarry_db_make_tag (QuarryDb *db, const char *name, GError **error)
{
  QuarryId id = 0;

  if (!quarry_db_get_int (db, &id, error, "SELECT id FROM tag WHERE name = ?1", "s", name))
    return 0;
  if (id != 0)
    return id;
  if (!quarry_db_run (db, error, "INSERT INTO tag (name, color) VALUES (?1, ?2)", "ss", name,
                      next_color (db, "SELECT count(*) FROM tag")))
    return 0;
  return sqlite3_last_insert_rowid (db->handle);
}

/* Returns: the class of exactly that name, made where missing; 0 on error */
QuarryId
quarry_db_make_class (QuarryDb *db, const char *name, gboolean *out_made, GError **error)
{
  QuarryId id = 0;

  if (!quarry_db_get_int (db, &id, error, "SELECT id FROM label_class WHERE name = ?1", "s", name))
    return 0;
  *out_made = id == 0;
  if (id != 0)
    return id;
  if (!quarry_db_run (db, error, "INSERT INTO label_class (name, color) VALUES (?1, ?2)", "ss",
                      name, next_color (db, "SELECT count(*) FROM label_class")))
    return 0;
  return sqlite3_last_insert_rowid (db->handle);
}

static gboolean
check_name (const char *name, const char *what, GError **error)
{
  gboolean ok = name != NULL && *name != '\0' && g_utf8_validate (name, -1, NULL) &&
                !g_ascii_isspace (name[0]) && !g_ascii_isspace (name[strlen (name) - 1]);

  for (const char *at = name; ok && *at != '\0'; at = g_utf8_next_char (at))
    ok = !g_unichar_iscntrl (g_utf8_get_char (at));
  if (!ok)
    g_set_error (
        error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED,
        "'%s' cannot be the name of a %s: it is empty, or has spaces around it or unprintable characters",
        name != NULL ? name : "", what);
  return ok;
}

static gboolean
set_no_frame (QuarryId frame, GError **error)
{
  g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND,
               "no frame %" G_GINT64_FORMAT, frame);
  return FALSE;
}

static gboolean
check_frame (QuarryDb *db, QuarryId frame, GError **error)
{
  gint64 there = 0;

  if (!quarry_db_get_int (db, &there, error, "SELECT 1 FROM frame WHERE id = ?1", "i", frame))
    return FALSE;
  return there == 1 || set_no_frame (frame, error);
}

/* --- tags --- */

typedef struct
{
  const GArray       *frames;
  const char * const *add;
  const char * const *remove;
} Tagging;

static gboolean
add_tag (QuarryDb *db, const GArray *frames, const char *name, GError **error)
{
  const QuarryId tag = quarry_db_make_tag (db, name, error);
  g_autoptr(QuarryStmt) stmt = NULL;

  if (tag == 0)
    return FALSE;
  stmt = quarry_db_prepare (
      db, error, "INSERT INTO frame_tag (tag, frame) VALUES (?1, ?2) ON CONFLICT DO NOTHING", "");
  if (stmt == NULL)
    return FALSE;
  for (guint i = 0; i < frames->len; i++)
    {
      g_autoptr(GError) local = NULL;
      const QuarryId frame = g_array_index (frames, QuarryId, i);

      if (quarry_db_bind (db, stmt, &local, "ii", tag, frame) &&
          quarry_db_step (db, stmt, &local) == 0)
        continue;
      if (g_error_matches (local, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND))
        return set_no_frame (frame, error);
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return TRUE;
}

static gboolean
remove_tag (QuarryDb *db, const GArray *frames, const char *name, GError **error)
{
  g_autoptr(QuarryStmt) stmt = NULL;
  QuarryId tag = 0;

  if (!quarry_db_get_int (db, &tag, error, "SELECT id FROM tag WHERE name = ?1", "s", name))
    return FALSE;
  if (tag == 0)
    return TRUE;
  stmt = quarry_db_prepare (db, error, "DELETE FROM frame_tag WHERE tag = ?1 AND frame = ?2", "");
  for (guint i = 0; stmt != NULL && i < frames->len; i++)
    if (!quarry_db_bind (db, stmt, error, "ii", tag, g_array_index (frames, QuarryId, i)) ||
        quarry_db_step (db, stmt, error) < 0)
      return FALSE;
  return stmt != NULL;
}

static gboolean
run_tagging (QuarryDb *db, gpointer data, GError **error)
{
  Tagging *tagging = data;

  for (gsize i = 0; tagging->add != NULL && tagging->add[i] != NULL; i++)
    if (!add_tag (db, tagging->frames, tagging->add[i], error))
      return FALSE;
  for (gsize i = 0; tagging->remove != NULL && tagging->remove[i] != NULL; i++)
    if (!remove_tag (db, tagging->frames, tagging->remove[i], error))
      return FALSE;
  return TRUE;
}

static char *
describe_frames (const GArray *frames)
{
  return frames->len == 1 ? g_strdup ("1 frame") : g_strdup_printf ("%u frames", frames->len);
}

static char *
describe_tagging (const Tagging *tagging)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *frames = describe_frames (tagging->frames);

  if (tagging->add != NULL && tagging->add[0] != NULL)
    {
      g_autofree char *names = g_strjoinv ("', '", (char **) tagging->add);

      g_string_append_printf (text, "Tag %s '%s'", frames, names);
    }
  if (tagging->remove != NULL && tagging->remove[0] != NULL)
    {
      g_autofree char *names = g_strjoinv ("', '", (char **) tagging->remove);

      if (text->len > 0)
        g_string_append_printf (text, ", untag '%s'", names);
      else
        g_string_append_printf (text, "Untag %s '%s'", frames, names);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * quarry_catalog_tag:
 * @add: (nullable): names; missing tags are made
 * @remove: (nullable): names; a tag that is not there changes nothing
 */
gboolean
quarry_catalog_tag (QuarryCatalog      *self,
                    const GArray       *frames,
                    const char * const *add,
                    const char * const *remove,
                    GError            **error)
{
  Tagging tagging = { frames, add, remove };
  g_autofree char *what = NULL;

  g_return_val_if_fail (QUARRY_IS_CATALOG (self) && frames != NULL, FALSE);
  for (gsize i = 0; add != NULL && add[i] != NULL; i++)
    if (!check_name (add[i], "tag", error))
      return FALSE;
  if (frames->len == 0)
    return TRUE;
  what = describe_tagging (&tagging);
  return quarry_catalog_write_edit (self, what, run_tagging, &tagging, error);
}

typedef struct
{
  const char *name;
  const char *other;
} Names;

static gboolean
find_tag (QuarryDb *db, const char *name, QuarryId *out_tag, GError **error)
{
  if (!quarry_db_get_int (db, out_tag, error, "SELECT id FROM tag WHERE name = ?1", "s", name))
    return FALSE;
  if (*out_tag != 0)
    return TRUE;
  g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no tag '%s'", name);
  return FALSE;
}

static gboolean
run_delete_tag (QuarryDb *db, gpointer data, GError **error)
{
  Names *names = data;
  QuarryId tag = 0;

  return find_tag (db, names->name, &tag, error) &&
         quarry_db_run (db, error, "DELETE FROM frame_tag WHERE tag = ?1", "i", tag) &&
         quarry_db_run (db, error, "DELETE FROM tag WHERE id = ?1", "i", tag);
}

gboolean
quarry_catalog_delete_tag (QuarryCatalog *self, const char *name, GError **error)
{
  Names names = { name, NULL };
  g_autofree char *what = g_strdup_printf ("Delete tag '%s'", name);

  return quarry_catalog_write_edit (self, what, run_delete_tag, &names, error);
}

static gboolean
run_rename_tag (QuarryDb *db, gpointer data, GError **error)
{
  Names *names = data;
  QuarryId tag = 0, taken = 0;

  if (!find_tag (db, names->name, &tag, error) ||
      !quarry_db_get_int (db, &taken, error, "SELECT id FROM tag WHERE name = ?1", "s",
                          names->other))
    return FALSE;
  if (taken != 0 && taken != tag)
    {
      g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_EXISTS,
                   "there is a tag '%s' already", names->other);
      return FALSE;
    }
  return quarry_db_run (db, error, "UPDATE tag SET name = ?2 WHERE id = ?1", "is", tag,
                        names->other);
}

gboolean
quarry_catalog_rename_tag (QuarryCatalog *self,
                           const char *name,
                           const char *new_name,
                           GError **error)
{
  Names names = { name, new_name };
  g_autofree char *what = g_strdup_printf ("Rename tag '%s' to '%s'", name, new_name);

  return check_name (new_name, "tag", error) &&
         quarry_catalog_write_edit (self, what, run_rename_tag, &names, error);
}

/* --- ratings and flags --- */

typedef struct
{
  const GArray *frames;
  const char   *sql;       /* ?1 frame, ?2 value; changes nothing where the value is there already */
  int           value;
} Marking;

static gboolean
run_marking (QuarryDb *db, gpointer data, GError **error)
{
  Marking *marking = data;
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (db, error, marking->sql, "");

  for (guint i = 0; stmt != NULL && i < marking->frames->len; i++)
    {
      const QuarryId frame = g_array_index (marking->frames, QuarryId, i);

      if (!quarry_db_bind (db, stmt, error, "in", frame, marking->value) ||
          quarry_db_step (db, stmt, error) < 0)
        return FALSE;
      if (sqlite3_changes (db->handle) == 0 && !check_frame (db, frame, error))
        return FALSE;
    }
  return stmt != NULL;
}

/* @rating: 0 to 5 */
gboolean
quarry_catalog_set_rating (QuarryCatalog *self, const GArray *frames, int rating, GError **error)
{
  Marking marking = { frames, "UPDATE frame SET rating = ?2 WHERE id = ?1 AND rating <> ?2",
                      rating };
  g_autofree char *described = describe_frames (frames);
  g_autofree char *what = g_strdup_printf ("Rate %s %d", described, rating);

  g_return_val_if_fail (rating >= 0 && rating <= 5, FALSE);
  return quarry_catalog_write_edit (self, what, run_marking, &marking, error);
}

/* @flag: −1 reject, 0 none, 1 pick */
gboolean
quarry_catalog_set_flag (QuarryCatalog *self, const GArray *frames, int flag, GError **error)
{
  Marking marking = { frames, "UPDATE frame SET flag = ?2 WHERE id = ?1 AND flag <> ?2", flag };
  g_autofree char *described = describe_frames (frames);
  g_autofree char *what = g_strdup_printf ("%s %s",
                                           flag > 0   ? "Pick"
                                           : flag < 0 ? "Reject"
                                                      : "Unflag",
                                           described);

  g_return_val_if_fail (flag >= -1 && flag <= 1, FALSE);
  return quarry_catalog_write_edit (self, what, run_marking, &marking, error);
}

/* --- ontology --- */

typedef struct
{
  const char *alias;
  const char *origin;
  const char *class_name;
} Mapping;

static gboolean
run_mapping (QuarryDb *db, gpointer data, GError **error)
{
  Mapping *mapping = data;
  gboolean made = FALSE;
  const QuarryId class_id = quarry_db_make_class (db, mapping->class_name, &made, error);

  return class_id != 0 &&
         quarry_db_run (db, error,
                        "INSERT INTO class_alias (alias, origin, class) VALUES (?1, ?2, ?3)"
                        " ON CONFLICT (alias, origin) DO UPDATE SET class = excluded.class",
                        "ssi", mapping->alias, mapping->origin, class_id);
}

/**
 * quarry_catalog_map_alias:
 * @alias: the foreign name
 * @origin: (nullable): whose name it is, a format or vendor id; NULL or "": anybody's
 *
 * From now on labels that come in with @alias become @class_name, which is made where missing.
 */
gboolean
quarry_catalog_map_alias (QuarryCatalog *self,
                          const char *alias,
                          const char *origin,
                          const char *class_name,
                          GError **error)
{
  Mapping mapping = { alias, origin != NULL ? origin : "", class_name };
  g_autofree char *what = g_strdup_printf ("Map label '%s' to class '%s'", alias, class_name);

  return check_name (alias, "label", error) && check_name (class_name, "class", error) &&
         quarry_catalog_write_edit (self, what, run_mapping, &mapping, error);
}

static gboolean
run_set_color (QuarryDb *db, gpointer data, GError **error)
{
  Names *names = data;
  gint64 id = 0;

  if (!quarry_db_get_int (db, &id, error, "SELECT id FROM label_class WHERE name = ?1", "s",
                          names->name))
    return FALSE;
  if (id == 0)
    {
      g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no class '%s'",
                   names->name);
      return FALSE;
    }
  return quarry_db_run (db, error, "UPDATE label_class SET color = ?2 WHERE id = ?1", "is", id,
                        names->other);
}

static gboolean
is_color (const char *color)
{
  gboolean ok = strlen (color) == 7 && color[0] == '#';

  for (int i = 1; ok && i < 7; i++)
    ok = g_ascii_isxdigit (color[i]);
  return ok;
}

/* @color: #rrggbb */
gboolean
quarry_catalog_set_class_color (QuarryCatalog *self,
                                const char *class_name,
                                const char *color,
                                GError **error)
{
  Names names = { class_name, color };
  g_autofree char *what = g_strdup_printf ("Colour class '%s' %s", class_name, color);

  if (!is_color (color))
    {
      g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED,
                   "'%s' is not a colour like #3584e4", color);
      return FALSE;
    }
  return quarry_catalog_write_edit (self, what, run_set_color, &names, error);
}
