/* quarry-credentials.c: AWS credentials, from where the AWS tools look for them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-credentials.h"
#include "quarry-http.h"

#include <jansson.h>
#include <string.h>

#define REFRESH_S     (10 * 60)     /* before they expire */
#define RETRY_S       60            /* after a service had none: each failure may take a second */
#define TIMEOUT_MS    1000
#define TOKEN_TTL     "21600"
#define CONTAINER     "http://169.254.170.2"
#define METADATA      "http://169.254.169.254"
#define ROLES_PATH    "/latest/meta-data/iam/security-credentials/"

struct _QuarryCredentialsChain
{
  const QuarryAwsConfig *config;
  QuarryHttp            *http;
  GMutex                 lock;         /* of all below; also: one asks, the others wait */
  QuarryCredentials     *found;        /* nullable */
  GError                *failure;      /* why there were none, nullable */
  gint64                 failed_us;    /* monotonic */
};

G_DEFINE_QUARK (quarry-credentials-error-quark, quarry_credentials_error)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

QuarryCredentials *
quarry_credentials_ref (QuarryCredentials *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
quarry_credentials_unref (QuarryCredentials *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->access_key);
  g_free (self->secret_key);
  g_free (self->session_token);
  g_free (self);
}

static QuarryCredentials *
credentials_new (const char *access_key, const char *secret_key, const char *session_token, const char *origin)
{
  QuarryCredentials *self = g_new0 (QuarryCredentials, 1);

  g_atomic_ref_count_init (&self->references);
  self->access_key = g_strdup (access_key);
  self->secret_key = g_strdup (secret_key);
  self->session_token = session_token != NULL && *session_token != '\0' ? g_strdup (session_token) : NULL;
  self->origin = origin;
  return self;
}

static void G_GNUC_PRINTF (3, 4)
set_error (GError **error, QuarryCredentialsError code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (QUARRY_CREDENTIALS_ERROR, (int) code, format, args);
  va_end (args);
}

/* A secret may stand anywhere in @text: of it, no error shows anything. Returns: (transfer full) (nullable) */
QuarryCredentials *
quarry_credentials_parse (const char *text, gsize length, const char *origin, GError **error)
{
  g_autoptr(json_t) root = json_loadb (text, length, 0, NULL);
  const char *access_key = NULL, *secret_key = NULL, *token = NULL, *session_token = NULL, *expiration = NULL;
  g_autoptr(QuarryCredentials) self = NULL;
  g_autoptr(GDateTime) expires = NULL;
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();

  if (root == NULL || json_unpack (root, "{s:s, s:s, s?s, s?s, s?s}", "AccessKeyId", &access_key, "SecretAccessKey", &secret_key,
                                   "Token", &token, "SessionToken", &session_token, "Expiration", &expiration) != 0)
    {
      set_error (error, QUARRY_CREDENTIALS_ERROR_FAILED, "%s gave no AccessKeyId and SecretAccessKey", origin);
      return NULL;
    }
  self = credentials_new (access_key, secret_key, session_token != NULL ? session_token : token, origin);
  if (expiration == NULL)
    return g_steal_pointer (&self);
  expires = g_date_time_new_from_iso8601 (expiration, utc);
  if (expires == NULL)
    {
      set_error (error, QUARRY_CREDENTIALS_ERROR_FAILED, "%s gave credentials whose Expiration is no time", origin);
      return NULL;
    }
  self->expires_s = g_date_time_to_unix (expires);
  return g_steal_pointer (&self);
}

static const char *
get_variable (const char *name)
{
  const char *value = g_getenv (name);

  return value != NULL && *value != '\0' ? value : NULL;
}

/* Each source below: TRUE and credentials; TRUE and NULL: it has none, ask the next; FALSE: it should have had */
typedef gboolean (*Source) (QuarryCredentialsChain *self, QuarryCredentials **out, GCancellable *cancellable, GError **error);

static gboolean
from_environment (QuarryCredentialsChain *self, QuarryCredentials **out, GCancellable *cancellable, GError **error)
{
  const char *access_key = get_variable ("AWS_ACCESS_KEY_ID");
  const char *secret_key = get_variable ("AWS_SECRET_ACCESS_KEY");

  if (access_key == NULL)
    return TRUE;
  if (secret_key == NULL)
    {
      set_error (error, QUARRY_CREDENTIALS_ERROR_FAILED, "AWS_ACCESS_KEY_ID is set, but not AWS_SECRET_ACCESS_KEY");
      return FALSE;
    }
  *out = credentials_new (access_key, secret_key, get_variable ("AWS_SESSION_TOKEN"), "the environment");
  return TRUE;
}

/* What needs a service that is not asked here */
static gboolean
check_supported (QuarryCredentialsChain *self, GError **error)
{
  const char *profile = quarry_aws_config_get_profile (self->config);
  const char *what = NULL;

  if (quarry_aws_config_get (self->config, "role_arn") != NULL)
    what = "takes on a role (role_arn)";
  else if (quarry_aws_config_get (self->config, "aws_access_key_id") == NULL && quarry_aws_config_get (self->config, "credential_process") == NULL &&
           (quarry_aws_config_get (self->config, "sso_session") != NULL || quarry_aws_config_get (self->config, "sso_start_url") != NULL))
    what = "logs in by SSO";
  else if (get_variable ("AWS_WEB_IDENTITY_TOKEN_FILE") != NULL && get_variable ("AWS_ROLE_ARN") != NULL)
    what = "takes on a role by web identity";
  if (what == NULL)
    return TRUE;
  set_error (error, QUARRY_CREDENTIALS_ERROR_FAILED,
             "the AWS profile '%s' %s, which is not done here; give another profile the line \"credential_process = aws configure "
             "export-credentials --profile %s\" and choose it by AWS_PROFILE", profile, what, profile);
  return FALSE;
}

static gboolean
from_profile (QuarryCredentialsChain *self, QuarryCredentials **out, gboolean shared_only, GError **error)
{
  const char *(*get) (const QuarryAwsConfig *, const char *) = shared_only ? quarry_aws_config_get_shared : quarry_aws_config_get;
  const char *access_key = get (self->config, "aws_access_key_id");
  const char *secret_key = get (self->config, "aws_secret_access_key");

  if (access_key == NULL)
    return TRUE;
  if (secret_key == NULL)
    {
      set_error (error, QUARRY_CREDENTIALS_ERROR_FAILED, "the AWS profile '%s' has aws_access_key_id, but not aws_secret_access_key",
                 quarry_aws_config_get_profile (self->config));
      return FALSE;
    }
  *out = credentials_new (access_key, secret_key, get (self->config, "aws_session_token"), "a profile in ~/.aws");
  return TRUE;
}

static gboolean
from_shared_file (QuarryCredentialsChain *self, QuarryCredentials **out, GCancellable *cancellable, GError **error)
{
  return check_supported (self, error) && from_profile (self, out, TRUE, error);
}

static gboolean
from_config_file (QuarryCredentialsChain *self, QuarryCredentials **out, GCancellable *cancellable, GError **error)
{
  return from_profile (self, out, FALSE, error);
}

static gboolean
from_process (QuarryCredentialsChain *self, QuarryCredentials **out, GCancellable *cancellable, GError **error)
{
  const char *command = quarry_aws_config_get (self->config, "credential_process");
  g_auto(GStrv) argv = NULL;
  g_autofree char *text = NULL;
  g_autofree char *complaint = NULL;
  g_autoptr(GError) local = NULL;
  int status = 0;

  if (command == NULL || *command == '\0')
    return TRUE;
  if (!g_shell_parse_argv (command, NULL, &argv, NULL))      /* whose error would show all of it */
    local = g_error_new (QUARRY_CREDENTIALS_ERROR, QUARRY_CREDENTIALS_ERROR_FAILED, "no command line: a quote is not closed");
  else if (!g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, &complaint, &status, &local) ||
           !g_spawn_check_wait_status (status, &local))
    g_assert (local != NULL);
  if (local != NULL)
    {
      set_error (error, QUARRY_CREDENTIALS_ERROR_FAILED, "credential_process of the AWS profile '%s' failed: %s",
                 quarry_aws_config_get_profile (self->config), local->message);
      return FALSE;
    }
  *out = quarry_credentials_parse (text, strlen (text), "credential_process", error);
  return *out != NULL;
}

static char **
copy_headers (gpointer data)
{
  return g_strdupv (data);
}

/* Returns: (transfer full) (nullable): NULL with @error where the service did not answer with 200 */
static GBytes *
ask (QuarryCredentialsChain *self, const char *method, const char *url, const char *header, const char *what, GCancellable *cancellable, GError **error)
{
  const char *headers[] = { header, NULL };
  const QuarryHttpCall call = { .method = method, .url = url, .timeout_ms = TIMEOUT_MS, .make_headers = copy_headers, .data = headers };
  g_auto(QuarryHttpReply) reply = { 0 };

  if (!quarry_http_send (self->http, &call, cancellable, &reply, error))
    return NULL;
  if (reply.status == 200)
    return g_bytes_ref (reply.body);
  set_error (error, QUARRY_CREDENTIALS_ERROR_FAILED, "%s answers with status %u", what, reply.status);
  return NULL;
}

static QuarryCredentials *
parse_bytes (GBytes *bytes, const char *origin, GError **error)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (bytes, &length);

  return quarry_credentials_parse (text, length, origin, error);
}

/* A token must not go to any host that a variable names */
static gboolean
is_container_url (const char *url)
{
  g_autoptr(GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  static const char * const hosts[] = { "localhost", "169.254.170.2", "169.254.170.23", "fd00:ec2::23", "::1", NULL };

  if (host == NULL)
    return FALSE;
  return g_str_equal (g_uri_get_scheme (uri), "https") || g_str_has_prefix (host, "127.") || g_strv_contains (hosts, host);
}

static gboolean
from_container (QuarryCredentialsChain *self, QuarryCredentials **out, GCancellable *cancellable, GError **error)
{
  const char *relative = get_variable ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const char *full = get_variable ("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  const char *file = get_variable ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  const char *given = get_variable ("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  g_autofree char *url = relative != NULL ? g_strconcat (CONTAINER, relative, NULL) : g_strdup (full);
  g_autofree char *token = NULL;
  g_autofree char *header = NULL;
  g_autoptr(GBytes) bytes = NULL;

  if (url == NULL)
    return TRUE;
  if (relative == NULL && !is_container_url (url))
    {
      set_error (error, QUARRY_CREDENTIALS_ERROR_FAILED, "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor of this machine");
      return FALSE;
    }
  if (file != NULL && !g_file_get_contents (file, &token, NULL, error))
    return FALSE;
  if (file == NULL)
    token = g_strdup (given);
  header = token != NULL ? g_strdup_printf ("Authorization: %s", g_strstrip (token)) : NULL;
  bytes = ask (self, "GET", url, header, "the container's credentials service", cancellable, error);
  *out = bytes != NULL ? parse_bytes (bytes, "the container's credentials service", error) : NULL;
  return *out != NULL;
}

static char *
dup_text (GBytes *bytes)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (bytes, &length);

  return g_strstrip (g_strndup (text, length));
}

/* No answer: this is no such machine */
static gboolean
from_instance (QuarryCredentialsChain *self, QuarryCredentials **out, GCancellable *cancellable, GError **error)
{
  const char *disabled = get_variable ("AWS_EC2_METADATA_DISABLED");
  const char *named = get_variable ("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  g_autofree char *base = g_strdup (named != NULL ? named : METADATA);
  g_autofree char *token_url = NULL, *roles_url = NULL, *url = NULL, *token = NULL, *header = NULL, *role = NULL;
  g_autoptr(GBytes) token_bytes = NULL;
  g_autoptr(GBytes) roles = NULL;
  g_autoptr(GBytes) bytes = NULL;

  if (disabled != NULL && g_ascii_strcasecmp (disabled, "true") == 0)
    return TRUE;
  if (g_str_has_suffix (base, "/"))
    base[strlen (base) - 1] = '\0';
  token_url = g_strconcat (base, "/latest/api/token", NULL);
  roles_url = g_strconcat (base, ROLES_PATH, NULL);
  token_bytes = ask (self, "PUT", token_url, "X-aws-ec2-metadata-token-ttl-seconds: " TOKEN_TTL, "", cancellable, NULL);
  if (token_bytes == NULL)
    return !g_cancellable_set_error_if_cancelled (cancellable, error);
  token = dup_text (token_bytes);
  header = g_strdup_printf ("X-aws-ec2-metadata-token: %s", token);
  roles = ask (self, "GET", roles_url, header, "", cancellable, NULL);
  role = roles != NULL ? dup_text (roles) : NULL;
  if (role == NULL || *role == '\0')      /* an instance without a role */
    return !g_cancellable_set_error_if_cancelled (cancellable, error);
  if (strchr (role, '\n') != NULL)
    *strchr (role, '\n') = '\0';
  url = g_strconcat (roles_url, role, NULL);
  bytes = ask (self, "GET", url, header, "the instance metadata service", cancellable, error);
  *out = bytes != NULL ? parse_bytes (bytes, "the instance metadata service", error) : NULL;
  return *out != NULL;
}

static QuarryCredentials *
find (QuarryCredentialsChain *self, GCancellable *cancellable, GError **error)
{
  static const Source sources[] = { from_environment, from_shared_file, from_process, from_config_file, from_container, from_instance };
  QuarryCredentials *found = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      if (!sources[i] (self, &found, cancellable, error))
        return NULL;
      if (found != NULL)
        return found;
    }
  if (!quarry_aws_config_has_profile (self->config) && !g_str_equal (quarry_aws_config_get_profile (self->config), "default"))
    set_error (error, QUARRY_CREDENTIALS_ERROR_NONE, "no AWS credentials: there is no profile '%s' in ~/.aws",
               quarry_aws_config_get_profile (self->config));
  else
    set_error (error, QUARRY_CREDENTIALS_ERROR_NONE,
               "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run \"aws configure\"; AWS_PROFILE chooses a profile");
  return NULL;
}

QuarryCredentialsChain *
quarry_credentials_chain_new (const QuarryAwsConfig *config)
{
  QuarryCredentialsChain *self = g_new0 (QuarryCredentialsChain, 1);

  self->config = config;
  self->http = quarry_http_new (NULL);
  quarry_http_set_limits (self->http, &(QuarryHttpLimits) { 1, 100, 1, 2, 1 << 20 });
  g_mutex_init (&self->lock);
  return self;
}

void
quarry_credentials_chain_free (QuarryCredentialsChain *self)
{
  g_clear_pointer (&self->found, quarry_credentials_unref);
  g_clear_error (&self->failure);
  g_object_unref (self->http);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gboolean
is_fresh (const QuarryCredentials *self, const QuarryCredentials *refused)
{
  return self != NULL && self != refused && (self->expires_s == 0 || self->expires_s - g_get_real_time () / G_USEC_PER_SEC > REFRESH_S);
}

/* Returns: (transfer full) (nullable) */
QuarryCredentials *
quarry_credentials_chain_get (QuarryCredentialsChain *self, const QuarryCredentials *refused, GCancellable *cancellable, GError **error)
{
  QuarryCredentials *result = NULL;
  g_autoptr(GError) local = NULL;

  g_mutex_lock (&self->lock);
  if (is_fresh (self->found, refused))
    result = quarry_credentials_ref (self->found);
  else if (self->failure != NULL && g_get_monotonic_time () - self->failed_us < RETRY_S * G_USEC_PER_SEC)
    g_propagate_error (error, g_error_copy (self->failure));
  else
    {
      g_clear_error (&self->failure);
      result = find (self, cancellable, &local);
      if (result != NULL)
        {
          g_clear_pointer (&self->found, quarry_credentials_unref);
          self->found = quarry_credentials_ref (result);
        }
      else if (self->found != NULL && self->found != refused && self->found->expires_s > g_get_real_time () / G_USEC_PER_SEC)
        result = quarry_credentials_ref (self->found);      /* not to be had anew just now, but good for some minutes */
      else
        {
          if (local->domain == QUARRY_CREDENTIALS_ERROR && local->code == QUARRY_CREDENTIALS_ERROR_NONE)
            {
              self->failure = g_error_copy (local);
              self->failed_us = g_get_monotonic_time ();
            }
          g_propagate_error (error, g_steal_pointer (&local));
        }
    }
  g_mutex_unlock (&self->lock);
  return result;
}
