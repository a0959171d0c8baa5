/* quarry-secret.c: tokens of vendor accounts, from the environment or the Secret Service
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-vendor.h"

#include <libsecret/secret.h>
#include <string.h>

#define ATTRIBUTE "account"

static const SecretSchema schema = {
  QUARRY_APP_ID ".Account", SECRET_SCHEMA_NONE, { { ATTRIBUTE, SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
};

/* Returns: (transfer full): the environment variable that holds @account's secret: "Night shift" → QUARRY_SECRET_NIGHT_SHIFT */
char *
quarry_secret_variable (const char *account)
{
  g_autofree char *upper = g_ascii_strup (account, -1);

  for (char *c = upper; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c))
      *c = '_';
  return g_strconcat ("QUARRY_SECRET_", upper, NULL);
}

/* A token is one printable word: anything else is a slip of copy and paste, and must not get into a header */
static gboolean
check (const char *secret, const char *origin, GError **error)
{
  for (const char *c = secret; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      {
        g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_UNAUTHORIZED,
                     "%s: a secret has no spaces, line breaks or other odd characters", origin);
        return FALSE;
      }
  if (*secret == '\0')
    {
      g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_UNAUTHORIZED, "%s: the secret is empty", origin);
      return FALSE;
    }
  return TRUE;
}

/**
 * quarry_secret_lookup:
 *
 * Blocking: the Secret Service may ask the person to unlock it. Returns: (transfer full): the secret; NULL with a
 * %QUARRY_VENDOR_ERROR_UNAUTHORIZED that names the variable to set
 */
char *
quarry_secret_lookup (const char *account, GCancellable *cancellable, GError **error)
{
  g_autofree char *variable = quarry_secret_variable (account);
  g_autofree char *given = g_strdup (g_getenv (variable));
  g_autoptr(GError) local = NULL;
  char *found = NULL;

  if (given != NULL)
    {
      g_strstrip (given);
      return check (given, variable, error) ? g_steal_pointer (&given) : NULL;
    }
  found = secret_password_lookup_sync (&schema, cancellable, &local, ATTRIBUTE, account, NULL);
  if (found != NULL)
    {
      given = g_strdup (found);
      secret_password_free (found);
      return check (given, account, error) ? g_steal_pointer (&given) : NULL;
    }
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&local));
  else if (local != NULL)
    g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_UNAUTHORIZED,
                 "account '%s': there is no Secret Service (%s); set the environment variable %s", account, local->message, variable);
  else
    g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_UNAUTHORIZED,
                 "account '%s': no secret is stored; store it with 'quarry vendor add' or set the environment variable %s", account, variable);
  return NULL;
}

/* Blocking. Replaces what was there. */
gboolean
quarry_secret_store (const char *account, const char *secret, GCancellable *cancellable, GError **error)
{
  g_autofree char *variable = quarry_secret_variable (account);
  g_autofree char *label = g_strdup_printf ("Quarry: vendor account %s", account);
  g_autoptr(GError) local = NULL;

  if (!check (secret, account, error))
    return FALSE;
  if (secret_password_store_sync (&schema, SECRET_COLLECTION_DEFAULT, label, secret, cancellable, &local, ATTRIBUTE, account, NULL))
    return TRUE;
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&local));
  else
    g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_FAILED,
                 "account '%s': no Secret Service to keep the secret in (%s); set the environment variable %s instead",
                 account, local->message, variable);
  return FALSE;
}

/* Blocking. Returns: FALSE with @error set where there is no Secret Service; nothing to remove is fine */
gboolean
quarry_secret_clear (const char *account, GCancellable *cancellable, GError **error)
{
  g_autoptr(GError) local = NULL;

  secret_password_clear_sync (&schema, cancellable, &local, ATTRIBUTE, account, NULL);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
