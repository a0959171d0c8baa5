/* test-credentials.c: where AWS credentials are found, in which order, and what is said where there are none
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-credentials.h"
#include "quarry-test-server.h"
#include "quarry-test.h"

static void
test_files_as_people_write_them (void)
{
  static const char text[] = "# mine\n"
                             "[default]\n"
                             "region=eu-central-1   # near\n"
                             "output = json\r\n"
                             "\n"
                             "[profile dev]\n"
                             "  role_arn = arn:aws:iam::1:role/x\n"
                             "s3 =\n"
                             "    addressing_style = virtual\n"
                             "    max_concurrent_requests = 20\n"
                             "Region = us-west-2\n"
                             "[profile 'with blank']\n"
                             "aws_secret_access_key = abc/+=def\n"
                             "[services local]\n"
                             "s3 = \n"
                             "  endpoint_url = http://127.0.0.1:9000\n"
                             "no equals here\n"
                             "[unclosed\n"
                             "a = b\n";
  static const struct { const char *name; const char *value; } cases[] = {
    { "default\nregion", "eu-central-1" }, { "default\noutput", "json" }, { "dev\nrole_arn", "arn:aws:iam::1:role/x" },
    { "dev\ns3.addressing_style", "virtual" }, { "dev\ns3.max_concurrent_requests", "20" }, { "dev\nregion", "us-west-2" },
    { "with blank\naws_secret_access_key", "abc/+=def" }, { "services local\ns3.endpoint_url", "http://127.0.0.1:9000" }, { "unclosed\na", "b" },
    { "default\nmissing", NULL }, { "dev\ns3.region", NULL },
  };
  g_autoptr(GHashTable) values = quarry_aws_config_parse (text, TRUE);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (g_hash_table_lookup (values, cases[i].name), ==, cases[i].value);
}

static void
test_answers_of_services (void)
{
  static const struct { const char *json; const char *token; gint64 expires_s; const char *error; } cases[] = {
    { "{\"AccessKeyId\": \"A\", \"SecretAccessKey\": \"hush\"}", NULL, 0, NULL },
    { "{\"Version\": 1, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"hush\", \"SessionToken\": \"S\", \"Expiration\": \"2013-05-24T00:00:00Z\"}", "S", 1369353600, NULL },
    { "{\"Code\": \"Success\", \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"hush\", \"Token\": \"T\", \"Expiration\": \"2013-05-24T02:00:00+02:00\"}", "T", 1369353600, NULL },
    { "{\"AccessKeyId\": \"A\", \"SecretAccessKey\": \"hush\", \"Expiration\": \"soon\"}", NULL, 0, "Expiration is no time" },
    { "{\"AccessKeyId\": \"A\", \"Secret\": \"hush\"}", NULL, 0, "gave no AccessKeyId and SecretAccessKey" },
    { "hush", NULL, 0, "gave no AccessKeyId" }, { "", NULL, 0, "gave no AccessKeyId" }, { "[\"hush\"]", NULL, 0, "gave no AccessKeyId" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(QuarryCredentials) found = quarry_credentials_parse (cases[i].json, strlen (cases[i].json), "the test", &error);

      if (cases[i].error != NULL)
        {
          g_assert_null (found);
          g_assert_nonnull (strstr (error->message, cases[i].error));
          g_assert_null (strstr (error->message, "hush"));
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (found->access_key, ==, "A");
      g_assert_cmpstr (found->secret_key, ==, "hush");
      g_assert_cmpstr (found->session_token, ==, cases[i].token);
      g_assert_cmpint (found->expires_s, ==, cases[i].expires_s);
    }
}

typedef struct
{
  char             *folder;
  QuarryTestServer *server;
  GString          *log;
  gboolean          refuses;
} Fixture;

static char *
in_minutes (int minutes)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr(GDateTime) then = g_date_time_add_minutes (now, minutes);

  return g_date_time_format_iso8601 (then);
}

/* The container's and the instance's service at once */
static void
answer (QuarryTestRequest *request, QuarryTestReply *reply, gpointer data)
{
  Fixture *fixture = data;
  g_autofree char *authorization = quarry_test_request_header (request, "Authorization");
  g_autofree char *token = quarry_test_request_header (request, "X-aws-ec2-metadata-token");
  g_autofree char *ttl = quarry_test_request_header (request, "X-aws-ec2-metadata-token-ttl-seconds");
  g_autofree char *expires = in_minutes (g_str_has_prefix (request->path, "/short") ? 5 : 600);
  g_autofree char *json = g_strdup_printf ("{\"AccessKeyId\": \"served\", \"SecretAccessKey\": \"hush\", \"Token\": \"T\", \"Expiration\": \"%s\"}", expires);

  g_string_append_printf (fixture->log, "%s %s;", request->method, request->path);
  reply->status = 404;
  if (fixture->refuses)
    reply->status = 500;
  else if (g_str_equal (request->path, "/credentials") && g_strcmp0 (authorization, "container secret") == 0)
    quarry_test_reply_json (reply, 200, json);
  else if (g_str_equal (request->path, "/short"))
    quarry_test_reply_json (reply, 200, json);
  else if (g_str_equal (request->path, "/latest/api/token") && g_str_equal (request->method, "PUT") && g_strcmp0 (ttl, "21600") == 0)
    quarry_test_reply_json (reply, 200, "imds token\n");
  else if (g_strcmp0 (token, "imds token") != 0)
    reply->status = 401;
  else if (g_str_equal (request->path, "/latest/meta-data/iam/security-credentials/"))
    quarry_test_reply_json (reply, 200, "machine-role\n");
  else if (g_str_equal (request->path, "/latest/meta-data/iam/security-credentials/machine-role"))
    quarry_test_reply_json (reply, 200, json);
}

static void
write_file (Fixture *fixture, const char *name, const char *variable, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_setenv (variable, path, TRUE);
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  static const char * const unset[] = {
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (unset); i++)
    g_unsetenv (unset[i]);
  fixture->folder = quarry_test_folder ();
  fixture->log = g_string_new (NULL);
  fixture->server = quarry_test_server_new (answer, fixture);
  write_file (fixture, "config", "AWS_CONFIG_FILE", "");
  write_file (fixture, "credentials", "AWS_SHARED_CREDENTIALS_FILE", "");
  g_setenv ("AWS_EC2_METADATA_DISABLED", "true", TRUE);
  g_setenv ("AWS_EC2_METADATA_SERVICE_ENDPOINT", fixture->server->url, TRUE);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  quarry_test_server_free (fixture->server);
  g_string_free (fixture->log, TRUE);
  quarry_test_remove (fixture->folder);
  g_free (fixture->folder);
}

/* The access key that is found; else "error: …" */
static char *
find (void)
{
  g_autoptr(QuarryAwsConfig) config = quarry_aws_config_new ();
  g_autoptr(QuarryCredentialsChain) chain = quarry_credentials_chain_new (config);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryCredentials) found = quarry_credentials_chain_get (chain, NULL, NULL, &error);

  g_assert_true ((found == NULL) == (error != NULL));
  if (error != NULL)
    g_assert_null (strstr (error->message, "hush"));
  return found != NULL ? g_strdup (found->access_key) : g_strdup_printf ("error: %s", error->message);
}

#define assert_finds(expected) G_STMT_START { g_autofree char *found_ = find (); g_assert_cmpstr (found_, ==, expected); } G_STMT_END
#define assert_fails(part) G_STMT_START { g_autofree char *found_ = find (); g_assert_true (g_str_has_prefix (found_, "error: ")); \
                                          g_assert_nonnull (strstr (found_, part)); } G_STMT_END

static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strconcat (fixture->server->url, "/credentials", NULL);

  assert_fails ("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  g_setenv ("AWS_EC2_METADATA_DISABLED", "false", TRUE);
  assert_finds ("served");
  g_assert_cmpstr (fixture->log->str, ==, "PUT /latest/api/token;GET /latest/meta-data/iam/security-credentials/;"
                   "GET /latest/meta-data/iam/security-credentials/machine-role;");
  g_setenv ("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, TRUE);
  g_setenv ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container secret", TRUE);
  assert_finds ("served");
  g_assert_true (g_str_has_suffix (fixture->log->str, "machine-role;GET /credentials;"));
  write_file (fixture, "config", "AWS_CONFIG_FILE", "[default]\naws_access_key_id = config\naws_secret_access_key = hush\n");
  assert_finds ("config");
  write_file (fixture, "config", "AWS_CONFIG_FILE", "[default]\naws_access_key_id = config\naws_secret_access_key = hush\n"
              "credential_process = echo '{\"Version\": 1, \"AccessKeyId\": \"process\", \"SecretAccessKey\": \"hush\"}'\n");
  assert_finds ("process");
  write_file (fixture, "credentials", "AWS_SHARED_CREDENTIALS_FILE", "[default]\naws_access_key_id=shared\naws_secret_access_key=hush\n[other]\n"
              "aws_access_key_id=other\naws_secret_access_key=hush\n");
  assert_finds ("shared");
  g_setenv ("AWS_PROFILE", "other", TRUE);
  assert_finds ("other");
  g_setenv ("AWS_ACCESS_KEY_ID", "environment", TRUE);
  assert_fails ("not AWS_SECRET_ACCESS_KEY");
  g_setenv ("AWS_SECRET_ACCESS_KEY", "hush", TRUE);
  assert_finds ("environment");
}

static void
test_what_should_work_and_does_not_is_told (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *config; const char *message; } cases[] = {
    { "[profile p]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = default\n", "credential_process = aws configure export-credentials --profile p" },
    { "[profile p]\nsso_session = s\n", "logs in by SSO" },
    { "[profile p]\ncredential_process = /nowhere/at/all hush\n", "credential_process of the AWS profile 'p' failed" },
    { "[profile p]\ncredential_process = false\n", "failed" },
    { "[profile p]\ncredential_process = echo hush\n", "credential_process gave no AccessKeyId" },
    { "[profile p]\ncredential_process = echo 'hush\n", "failed" },
    { "[profile p]\naws_access_key_id = a\n", "not aws_secret_access_key" },
    { "[profile q]\naws_access_key_id = a\n", "there is no profile 'p'" },
  };

  g_setenv ("AWS_PROFILE", "p", TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      write_file (fixture, "config", "AWS_CONFIG_FILE", cases[i].config);
      assert_fails (cases[i].message);
    }
}

static void
test_container_token_stays_on_this_machine (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strconcat (fixture->server->url, "/credentials", NULL);

  write_file (fixture, "token", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "container secret\n");
  g_setenv ("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, TRUE);
  assert_finds ("served");
  g_setenv ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/credentials", TRUE);
  assert_fails ("neither https nor of this machine");
  g_setenv ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "nonsense", TRUE);
  assert_fails ("neither https nor of this machine");
  fixture->refuses = TRUE;
  g_setenv ("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, TRUE);
  assert_fails ("status 500");
}

static void
test_kept_until_they_are_about_to_expire (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *path; guint n; } cases[] = { { "/credentials", 1 }, { "/short", 3 } };

  g_setenv ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container secret", TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *url = g_strconcat (fixture->server->url, cases[i].path, NULL);
      g_autoptr(QuarryAwsConfig) config = NULL;
      g_autoptr(QuarryCredentialsChain) chain = NULL;
      g_autoptr(QuarryCredentials) last = NULL;
      g_autoptr(QuarryCredentials) renewed = NULL;
      const int before = quarry_test_server_count (fixture->server);

      g_setenv ("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, TRUE);
      config = quarry_aws_config_new ();
      chain = quarry_credentials_chain_new (config);
      for (int k = 0; k < 3; k++)
        {
          g_clear_pointer (&last, quarry_credentials_unref);
          last = quarry_credentials_chain_get (chain, NULL, NULL, NULL);
          g_assert_nonnull (last);
        }
      g_assert_cmpint (quarry_test_server_count (fixture->server) - before, ==, cases[i].n);
      renewed = quarry_credentials_chain_get (chain, last, NULL, NULL);      /* refused by the server: asked for anew */
      g_assert_true (renewed != last);
      fixture->refuses = TRUE;      /* the service is away: what is good for some minutes is used */
      g_clear_pointer (&last, quarry_credentials_unref);
      last = quarry_credentials_chain_get (chain, NULL, NULL, NULL);
      g_assert_nonnull (last);
      fixture->refuses = FALSE;
    }
}

static void
test_region_and_endpoint (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *variables, *config, *region, *endpoint; } cases[] = {
    { "", "", NULL, NULL },
    { "", "[default]\nregion = r1\nendpoint_url = http://e1\n", "r1", "http://e1" },
    { "", "[default]\nservices = mine\nendpoint_url = http://e1\n[services mine]\ns3 =\n  endpoint_url = http://e2\n", NULL, "http://e2" },
    { "AWS_DEFAULT_REGION=r2 AWS_ENDPOINT_URL=http://e3", "[default]\nregion = r1\nendpoint_url = http://e1\n", "r2", "http://e3" },
    { "AWS_REGION=r3 AWS_DEFAULT_REGION=r2 AWS_ENDPOINT_URL_S3=http://e4 AWS_ENDPOINT_URL=http://e3", "", "r3", "http://e4" },
    { "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true AWS_ENDPOINT_URL=http://e3", "", NULL, NULL },
    { "AWS_PROFILE=dev", "[default]\nregion = r1\n[profile dev]\nregion = r4\n", "r4", NULL },
  };
  static const char * const names[] = { "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_PROFILE" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(GStrv) variables = g_strsplit (cases[i].variables, " ", -1);
      g_autoptr(QuarryAwsConfig) config = NULL;
      g_autofree char *region = NULL;
      g_autofree char *endpoint = NULL;

      for (gsize k = 0; k < G_N_ELEMENTS (names); k++)
        g_unsetenv (names[k]);
      for (int k = 0; variables[k] != NULL && *variables[k] != '\0'; k++)
        {
          g_auto(GStrv) pair = g_strsplit (variables[k], "=", 2);

          g_setenv (pair[0], pair[1], TRUE);
        }
      write_file (fixture, "config", "AWS_CONFIG_FILE", cases[i].config);
      config = quarry_aws_config_new ();
      region = quarry_aws_config_dup_region (config);
      endpoint = quarry_aws_config_dup_endpoint (config, "s3");
      g_assert_cmpstr (region, ==, cases[i].region);
      g_assert_cmpstr (endpoint, ==, cases[i].endpoint);
    }
}

static void
test_no_service_costs_a_second_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr(QuarryAwsConfig) config = NULL;
  g_autoptr(QuarryCredentialsChain) chain = NULL;
  const gint64 start = g_get_monotonic_time ();

  g_setenv ("AWS_EC2_METADATA_DISABLED", "false", TRUE);
  g_setenv ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9", TRUE);
  config = quarry_aws_config_new ();
  chain = quarry_credentials_chain_new (config);
  for (int i = 0; i < 20; i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (quarry_credentials_chain_get (chain, NULL, NULL, &error));
      g_assert_error (error, QUARRY_CREDENTIALS_ERROR, QUARRY_CREDENTIALS_ERROR_NONE);
    }
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
}

#define ADD(name, function) g_test_add ("/credentials/" name, Fixture, NULL, setup, function, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/credentials/files-as-people-write-them", test_files_as_people_write_them);
  g_test_add_func ("/credentials/answers-of-services", test_answers_of_services);
  ADD ("order", test_order);
  ADD ("what-should-work-and-does-not-is-told", test_what_should_work_and_does_not_is_told);
  ADD ("container-token-stays-on-this-machine", test_container_token_stays_on_this_machine);
  ADD ("kept-until-they-are-about-to-expire", test_kept_until_they_are_about_to_expire);
  ADD ("region-and-endpoint", test_region_and_endpoint);
  ADD ("no-service-costs-a-second-once", test_no_service_costs_a_second_once);
  return g_test_run ();
}
