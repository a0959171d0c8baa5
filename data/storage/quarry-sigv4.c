/* quarry-sigv4.c: AWS Signature Version 4
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-sigv4.h"

#include <string.h>

#define ALGORITHM "AWS4-HMAC-SHA256"
#define DIGEST    32     /* bytes of a SHA-256 */

/* Returns: (transfer full) */
char *
quarry_sigv4_encode (const char *text, gboolean keep_slash)
{
  GString *out = g_string_sized_new (strlen (text) + 16);

  for (const char *c = text; *c != '\0'; c++)
    if (g_ascii_isalnum (*c) || strchr ("-._~", *c) != NULL || (keep_slash && *c == '/'))
      g_string_append_c (out, *c);
    else
      g_string_append_printf (out, "%%%02X", (guint) (guchar) *c);
  return g_string_free (out, FALSE);
}

static int
compare_pairs (gconstpointer a, gconstpointer b)
{
  const char *x = *(char **) a;
  const char *y = *(char **) b;
  const gsize n_x = (gsize) (strchr (x, '=') - x);      /* by name first: "a-b=" stands after "a=" although '-' < '=' */
  const gsize n_y = (gsize) (strchr (y, '=') - y);
  const int order = memcmp (x, y, MIN (n_x, n_y));

  return order != 0 ? order : n_x != n_y ? (n_x < n_y ? -1 : 1) : strcmp (x, y);
}

/* Returns: (transfer full): "" for no pairs */
char *
quarry_sigv4_query (const char * const *pairs)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; pairs[i] != NULL; i += 2)
    {
      g_autofree char *name = quarry_sigv4_encode (pairs[i], FALSE);
      g_autofree char *value = quarry_sigv4_encode (pairs[i + 1], FALSE);

      g_ptr_array_add (list, g_strdup_printf ("%s=%s", name, value));
    }
  g_ptr_array_sort (list, compare_pairs);
  g_ptr_array_add (list, NULL);
  return g_strjoinv ("&", (char **) list->pdata);
}

/* Returns: (transfer full): in hexadecimal */
char *
quarry_sigv4_hash (GBytes *bytes)
{
  return bytes != NULL ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes) : g_strdup (QUARRY_SIGV4_EMPTY);
}

static void
hmac (const guint8 *key, gsize key_length, const char *text, guint8 *out)
{
  GHmac *digest = g_hmac_new (G_CHECKSUM_SHA256, key, key_length);
  gsize length = DIGEST;

  g_hmac_update (digest, (const guchar *) text, (gssize) strlen (text));
  g_hmac_get_digest (digest, out, &length);
  g_hmac_unref (digest);
}

static int
compare_headers (gconstpointer a, gconstpointer b)
{
  return strcmp (((const QuarrySigv4Header *) a)->name, ((const QuarrySigv4Header *) b)->name);
}

/* What is signed, by name; the strings are the caller's */
static GArray *
collect_headers (const QuarrySigv4Key *key, const QuarrySigv4Request *request, const char *stamp)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (QuarrySigv4Header));
  const QuarrySigv4Header fixed[] = {
    { "host", request->host },
    { "x-amz-date", stamp },
    { "x-amz-content-sha256", g_str_equal (key->service, "s3") ? request->payload : NULL },
    { "x-amz-security-token", key->session_token },
  };

  g_array_append_vals (all, request->headers, (guint) request->n_headers);
  for (gsize i = 0; i < G_N_ELEMENTS (fixed); i++)
    if (fixed[i].value != NULL)
      g_array_append_val (all, fixed[i]);
  g_array_sort (all, compare_headers);
  return all;
}

/* Returns: (transfer full): "host;x-amz-date" */
static char *
join_names (GArray *headers)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < headers->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ";" : "", g_array_index (headers, QuarrySigv4Header, i).name);
  return g_string_free (names, FALSE);
}

/* Spaces around a value go, and those inside become one */
static void
append_value (GString *text, const char *value)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (value));

  for (const char *c = trimmed; *c != '\0'; c++)
    if (*c != ' ' || c[1] != ' ')
      g_string_append_c (text, *c);
}

static char *
hash_canonical (const QuarrySigv4Key *key, const QuarrySigv4Request *request, const char *query, GArray *headers, const char *names)
{
  g_autofree char *path = g_str_equal (key->service, "s3") ? g_strdup (request->path) : quarry_sigv4_encode (request->path, TRUE);
  g_autoptr(GString) text = g_string_new (NULL);

  g_string_append_printf (text, "%s\n%s\n%s\n", request->method, path, query);
  for (guint i = 0; i < headers->len; i++)
    {
      const QuarrySigv4Header *header = &g_array_index (headers, QuarrySigv4Header, i);

      g_string_append_printf (text, "%s:", header->name);
      append_value (text, header->value);
      g_string_append_c (text, '\n');
    }
  g_string_append_printf (text, "\n%s\n%s", names, request->payload);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, (gssize) text->len);
}

/* @day: the first 8 characters of the stamp */
static char *
make_signature (const QuarrySigv4Key *key, const char *stamp, const char *scope, const char *canonical_hash)
{
  g_autofree char *secret = g_strconcat ("AWS4", key->secret_key, NULL);
  g_autofree char *day = g_strndup (stamp, 8);
  g_autofree char *text = g_strdup_printf (ALGORITHM "\n%s\n%s\n%s", stamp, scope, canonical_hash);
  const char *steps[] = { day, key->region, key->service, "aws4_request", text };
  guint8 digest[DIGEST];
  GString *hex = g_string_new (NULL);

  hmac ((const guint8 *) secret, strlen (secret), steps[0], digest);
  for (gsize i = 1; i < G_N_ELEMENTS (steps); i++)
    {
      guint8 next[DIGEST];

      hmac (digest, DIGEST, steps[i], next);
      memcpy (digest, next, DIGEST);
    }
  for (gsize i = 0; i < DIGEST; i++)
    g_string_append_printf (hex, "%02x", digest[i]);
  return g_string_free (hex, FALSE);
}

static char *
make_stamp (gint64 time_s)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc (time_s);

  return g_date_time_format (time, "%Y%m%dT%H%M%SZ");
}

static char *
make_scope (const QuarrySigv4Key *key, const char *stamp)
{
  return g_strdup_printf ("%.8s/%s/%s/aws4_request", stamp, key->region, key->service);
}

/**
 * quarry_sigv4_sign:
 *
 * Returns: (transfer full): "name: value" lines: the request's own headers, those of the signature, and Authorization
 */
char **
quarry_sigv4_sign (const QuarrySigv4Key *key, const QuarrySigv4Request *request)
{
  g_autofree char *stamp = make_stamp (key->time_s);
  g_autofree char *scope = make_scope (key, stamp);
  g_autoptr(GArray) headers = collect_headers (key, request, stamp);
  g_autofree char *names = join_names (headers);
  g_autofree char *hash = hash_canonical (key, request, request->query, headers, names);
  g_autofree char *signature = make_signature (key, stamp, scope, hash);
  g_autoptr(GPtrArray) lines = g_ptr_array_new ();

  for (guint i = 0; i < headers->len; i++)
    {
      const QuarrySigv4Header *header = &g_array_index (headers, QuarrySigv4Header, i);

      if (!g_str_equal (header->name, "host"))
        g_ptr_array_add (lines, g_strdup_printf ("%s: %s", header->name, header->value));
    }
  g_ptr_array_add (lines, g_strdup_printf ("Authorization: " ALGORITHM " Credential=%s/%s, SignedHeaders=%s, Signature=%s",
                                           key->access_key, scope, names, signature));
  g_ptr_array_add (lines, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&lines), FALSE);
}

/**
 * quarry_sigv4_presign:
 *
 * Of @request, method, host and path count. The query is a secret as long as it is valid.
 *
 * Returns: (transfer full)
 */
char *
quarry_sigv4_presign (const QuarrySigv4Key *key, const QuarrySigv4Request *request, guint expires_s)
{
  g_autofree char *stamp = make_stamp (key->time_s);
  g_autofree char *scope = make_scope (key, stamp);
  g_autofree char *credential = g_strconcat (key->access_key, "/", scope, NULL);
  g_autofree char *expires = g_strdup_printf ("%u", expires_s);
  g_autoptr(GArray) headers = g_array_new (FALSE, FALSE, sizeof (QuarrySigv4Header));
  g_autofree char *hash = NULL;
  g_autofree char *signature = NULL;
  g_autofree char *query = quarry_sigv4_query ((const char *[]) {
    "X-Amz-Algorithm", ALGORITHM, "X-Amz-Credential", credential, "X-Amz-Date", stamp, "X-Amz-Expires", expires, "X-Amz-SignedHeaders", "host",
    key->session_token != NULL ? "X-Amz-Security-Token" : NULL, key->session_token, NULL });
  QuarrySigv4Request unsigned_body = *request;

  g_return_val_if_fail (expires_s >= 1 && expires_s <= 604800, NULL);

  unsigned_body.payload = QUARRY_SIGV4_UNSIGNED;
  g_array_append_val (headers, ((QuarrySigv4Header) { "host", request->host }));
  hash = hash_canonical (key, &unsigned_body, query, headers, "host");
  signature = make_signature (key, stamp, scope, hash);
  return g_strdup_printf ("%s&X-Amz-Signature=%s", query, signature);
}
