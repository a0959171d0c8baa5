/* test-sigv4.c: signatures, against those that AWS publishes and those of another implementation
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-sigv4.h"

#include <string.h>

/* 2013-05-24 00:00:00 UTC */
#define THEN 1369353600

static const QuarrySigv4Key example = {
  "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", NULL, "us-east-1", "s3", THEN,
};

#define HOST "examplebucket.s3.amazonaws.com"

typedef struct
{
  const char        *name;
  QuarrySigv4Request request;
  const char        *token, *service;      /* nullable */
  const char        *body;                 /* nullable: request.payload counts */
  const char        *names;
  const char        *signature;
} Case;

static const QuarrySigv4Header range[] = { { "range", "bytes=0-9" } };
static const QuarrySigv4Header put[] = { { "x-amz-storage-class", "REDUCED_REDUNDANCY" }, { "date", "Fri, 24 May 2013 00:00:00 GMT" } };
static const QuarrySigv4Header sagemaker[] = { { "x-amz-target", "SageMaker.ListTrainingJobs" }, { "content-type", "application/x-amz-json-1.1" } };

static const Case cases[] = {
  { "get-range", { "GET", HOST, "/test.txt", "", NULL, range, 1 }, NULL, NULL, "", "host;range;x-amz-content-sha256;x-amz-date",
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41" },
  { "put", { "PUT", HOST, "/test%24file.text", "", NULL, put, 2 }, NULL, NULL, "Welcome to Amazon S3.",
    "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd" },
  { "empty-value", { "GET", HOST, "/", "lifecycle=", NULL, NULL, 0 }, NULL, NULL, "", "host;x-amz-content-sha256;x-amz-date",
    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543" },
  { "query", { "GET", HOST, "/", "max-keys=2&prefix=J", NULL, NULL, 0 }, NULL, NULL, "", "host;x-amz-content-sha256;x-amz-date",
    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7" },
  { "token", { "GET", "127.0.0.1:9000", "/b/caf%C3%A9%20a%2Bb.png", "list-type=2&prefix=x%2F", QUARRY_SIGV4_UNSIGNED, NULL, 0 }, "TOK", NULL, NULL,
    "host;x-amz-content-sha256;x-amz-date;x-amz-security-token", "d8d902b8dd5e9f88fd5a2f3b071dc9a07502f5e808d3e687b13a6fd1ba8d6d95" },
  { "sagemaker", { "POST", "api.sagemaker.us-east-1.amazonaws.com", "/", "", NULL, sagemaker, 2 }, NULL, "sagemaker", "{}",
    "content-type;host;x-amz-date;x-amz-target", "304838522c2ba54dd10c032784c06a45f6ba96bef327d3c825133b92807cf4ba" },
};

static void
test_vector (gconstpointer data)
{
  const Case *test = data;
  QuarrySigv4Key key = example;
  QuarrySigv4Request request = test->request;
  g_autoptr(GBytes) body = test->body != NULL ? g_bytes_new_static (test->body, strlen (test->body)) : NULL;
  g_autofree char *hash = body != NULL ? quarry_sigv4_hash (body) : NULL;
  g_auto(GStrv) lines = NULL;
  g_autofree char *expected = NULL;

  key.session_token = test->token;
  key.service = test->service != NULL ? test->service : key.service;
  if (hash != NULL)
    request.payload = hash;
  lines = quarry_sigv4_sign (&key, &request);
  expected = g_strdup_printf ("Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/%s/aws4_request, SignedHeaders=%s, "
                              "Signature=%s", key.service, test->names, test->signature);
  g_assert_cmpstr (lines[g_strv_length (lines) - 1], ==, expected);
  g_assert_true (g_strv_contains ((const char * const *) lines, "x-amz-date: 20130524T000000Z"));
  for (char **line = lines; *line != NULL; line++)
    g_assert_false (g_str_has_prefix (*line, "host:"));      /* libcurl's */
  for (gsize i = 0; i < request.n_headers; i++)              /* what is signed is sent */
    {
      g_autofree char *line = g_strdup_printf ("%s: %s", request.headers[i].name, request.headers[i].value);

      g_assert_true (g_strv_contains ((const char * const *) lines, line));
    }
}

static void
test_presigned (void)
{
  const QuarrySigv4Request request = { "GET", HOST, "/test.txt", "", NULL, NULL, 0 };
  g_autofree char *query = quarry_sigv4_presign (&example, &request, 86400);
  g_autofree char *with_token = NULL;
  QuarrySigv4Key key = example;

  g_assert_cmpstr (query, ==, "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                   "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                   "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  key.session_token = "a/b+c";
  with_token = quarry_sigv4_presign (&key, &request, 1);
  g_assert_nonnull (strstr (with_token, "&X-Amz-Security-Token=a%2Fb%2Bc&X-Amz-SignedHeaders=host&"));
}

static void
test_encoding (void)
{
  static const struct { const char *text; gboolean keep_slash; const char *encoded; } texts[] = {
    { "", TRUE, "" }, { "azAZ09-._~", FALSE, "azAZ09-._~" }, { "a/b", TRUE, "a/b" }, { "a/b", FALSE, "a%2Fb" },
    { "a+b=c&d %", TRUE, "a%2Bb%3Dc%26d%20%25" }, { "caf\303\251", TRUE, "caf%C3%A9" }, { "./../x//y", TRUE, "./../x//y" },
    { "\n\x7f*'()!", TRUE, "%0A%7F%2A%27%28%29%21" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *encoded = quarry_sigv4_encode (texts[i].text, texts[i].keep_slash);

      g_assert_cmpstr (encoded, ==, texts[i].encoded);
    }
}

static void
test_query_is_sorted_by_name_then_value (void)
{
  g_autofree char *query = quarry_sigv4_query ((const char *[]) { "prefix", "a/b c", "a-b", "1", "a", "2", "a", "1", "uploads", "", "B", "x", NULL });
  g_autofree char *none = quarry_sigv4_query ((const char *[]) { NULL });

  g_assert_cmpstr (query, ==, "B=x&a=1&a=2&a-b=1&prefix=a%2Fb%20c&uploads=");
  g_assert_cmpstr (none, ==, "");
}

static void
test_hash_of_nothing (void)
{
  g_autofree char *none = quarry_sigv4_hash (NULL);
  g_autoptr(GBytes) bytes = g_bytes_new_static ("", 0);
  g_autofree char *empty = quarry_sigv4_hash (bytes);

  g_assert_cmpstr (none, ==, QUARRY_SIGV4_EMPTY);
  g_assert_cmpstr (empty, ==, QUARRY_SIGV4_EMPTY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/sigv4/vector/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_vector);
    }
  g_test_add_func ("/sigv4/presigned", test_presigned);
  g_test_add_func ("/sigv4/encoding", test_encoding);
  g_test_add_func ("/sigv4/query-is-sorted-by-name-then-value", test_query_is_sorted_by_name_then_value);
  g_test_add_func ("/sigv4/hash-of-nothing", test_hash_of_nothing);
  return g_test_run ();
}
