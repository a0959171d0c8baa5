/* quarry-aws-config.c: ~/.aws/config and ~/.aws/credentials
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-aws-config.h"

#include <string.h>

#define MAX_BYTES (1u << 20)     /* no one writes more profiles by hand */

struct _QuarryAwsConfig
{
  char       *profile;
  GHashTable *config;
  GHashTable *credentials;
};

/* "profile dev" of a config file is dev; "services local" stays. Returns: (transfer full) */
static char *
section_name (const char *line, gboolean is_config)
{
  const char *end = strchr (line, ']');
  g_autofree char *name = g_strstrip (g_strndup (line + 1, end != NULL ? (gsize) (end - line) - 1 : strlen (line) - 1));

  if (is_config && g_str_has_prefix (name, "profile") && g_ascii_isspace (name[7]))
    {
      g_autofree char *quoted = g_strstrip (g_strdup (name + 8));
      const gsize n = strlen (quoted);

      return n >= 2 && (*quoted == '"' || *quoted == '\'') && quoted[n - 1] == *quoted ? g_strndup (quoted + 1, n - 2) : g_steal_pointer (&quoted);
    }
  return g_steal_pointer (&name);
}

GHashTable *
quarry_aws_config_parse (const char *text, gboolean is_config)
{
  GHashTable *values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *section = NULL;
  g_autofree char *parent = NULL;      /* "s3" while the lines below "s3 =" are indented */

  for (char **line = lines; *line != NULL; line++)
    {
      const gboolean indented = g_ascii_isspace (**line);
      char *equals = NULL;
      char *comment = NULL;
      g_autofree char *key = NULL;

      g_strstrip (*line);
      if (**line == '\0' || **line == '#' || **line == ';')
        continue;
      if (**line == '[')
        {
          g_free (section);
          section = section_name (*line, is_config);
          g_clear_pointer (&parent, g_free);
          g_hash_table_replace (values, g_strdup_printf ("%s\n", section), g_strdup (""));      /* it is there, if empty */
          continue;
        }
      equals = strchr (*line, '=');
      if (section == NULL || equals == NULL)
        continue;
      *equals++ = '\0';
      if ((comment = strstr (equals, " #")) != NULL || (comment = strstr (equals, " ;")) != NULL)
        *comment = '\0';
      g_strstrip (equals);
      key = g_ascii_strdown (g_strstrip (*line), -1);
      if (indented && parent != NULL)
        g_hash_table_replace (values, g_strdup_printf ("%s\n%s.%s", section, parent, key), g_strdup (equals));
      else
        {
          g_free (parent);
          parent = *equals == '\0' ? g_strdup (key) : NULL;
          g_hash_table_replace (values, g_strdup_printf ("%s\n%s", section, key), g_strdup (equals));
        }
    }
  return values;
}

static GHashTable *
read_file (const char *variable, const char *name, gboolean is_config)
{
  g_autofree char *usual = g_build_filename (g_get_home_dir (), ".aws", name, NULL);
  const char *named = g_getenv (variable);
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!g_file_get_contents (named != NULL && *named != '\0' ? named : usual, &text, &length, NULL) || length > MAX_BYTES)
    return quarry_aws_config_parse ("", is_config);      /* not to have one is usual */
  return quarry_aws_config_parse (text, is_config);
}

/* Returns: (nullable): NULL for an empty one, too */
static const char *
get_variable (const char *name)
{
  const char *value = g_getenv (name);

  return value != NULL && *value != '\0' ? value : NULL;
}

/* Returns: (transfer full) */
QuarryAwsConfig *
quarry_aws_config_new (void)
{
  QuarryAwsConfig *self = g_new0 (QuarryAwsConfig, 1);
  const char *profile = get_variable ("AWS_PROFILE");

  if (profile == NULL)
    profile = get_variable ("AWS_DEFAULT_PROFILE");
  self->profile = g_strdup (profile != NULL ? profile : "default");
  self->config = read_file ("AWS_CONFIG_FILE", "config", TRUE);
  self->credentials = read_file ("AWS_SHARED_CREDENTIALS_FILE", "credentials", FALSE);
  return self;
}

void
quarry_aws_config_free (QuarryAwsConfig *self)
{
  g_hash_table_unref (self->config);
  g_hash_table_unref (self->credentials);
  g_free (self->profile);
  g_free (self);
}

const char *
quarry_aws_config_get_profile (const QuarryAwsConfig *self)
{
  return self->profile;
}

static const char *
look_up (GHashTable *values, const char *section, const char *key)
{
  g_autofree char *name = g_strdup_printf ("%s\n%s", section, key);

  return g_hash_table_lookup (values, name);
}

gboolean
quarry_aws_config_has_profile (const QuarryAwsConfig *self)
{
  return look_up (self->config, self->profile, "") != NULL || look_up (self->credentials, self->profile, "") != NULL;
}

const char *
quarry_aws_config_get (const QuarryAwsConfig *self, const char *key)
{
  const char *value = look_up (self->credentials, self->profile, key);

  return value != NULL ? value : look_up (self->config, self->profile, key);
}

const char *
quarry_aws_config_get_shared (const QuarryAwsConfig *self, const char *key)
{
  return look_up (self->credentials, self->profile, key);
}

char *
quarry_aws_config_dup_region (const QuarryAwsConfig *self)
{
  const char *region = get_variable ("AWS_REGION");

  if (region == NULL)
    region = get_variable ("AWS_DEFAULT_REGION");
  return g_strdup (region != NULL ? region : quarry_aws_config_get (self, "region"));
}

char *
quarry_aws_config_dup_endpoint (const QuarryAwsConfig *self, const char *service)
{
  g_autofree char *upper = g_ascii_strup (service, -1);
  g_autofree char *variable = g_strconcat ("AWS_ENDPOINT_URL_", upper, NULL);
  const char *ignored = get_variable ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
  const char *services = quarry_aws_config_get (self, "services");
  const char *url = NULL;

  if (ignored != NULL && g_ascii_strcasecmp (ignored, "true") == 0)
    return NULL;
  url = get_variable (variable);
  if (url == NULL)
    url = get_variable ("AWS_ENDPOINT_URL");
  if (url == NULL && services != NULL)
    {
      g_autofree char *section = g_strconcat ("services ", services, NULL);
      g_autofree char *key = g_strconcat (service, ".endpoint_url", NULL);

      url = look_up (self->config, section, key);
    }
  return g_strdup (url != NULL ? url : quarry_aws_config_get (self, "endpoint_url"));
}
