/* quarry-command-vendor.c: quarry vendor: accounts at annotation vendors
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"
#include "quarry-vendor.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

extern const QuarryCommand quarry_command_vendor;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

typedef struct
{
  gboolean json;
  gboolean secret_stdin;
} Options;

static char *
list_vendors (void)
{
  g_autoptr(GString) text = g_string_new ("Vendors:");
  gsize n = 0;
  const QuarryVendorEntry *vendors = quarry_vendor_list (&n);

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "\n  %-14s %s", vendors[i].id, quarry_vendor_get_title (vendors[i].id));
  return g_strdup (text->str);
}

static void
print_json (GPtrArray *accounts)
{
  g_autoptr(json_t) array = json_array ();
  char *text = NULL;

  for (guint i = 0; i < accounts->len; i++)
    {
      const QuarryAccount *account = accounts->pdata[i];

      json_array_append_new (array, json_pack ("{s:I, s:s, s:s, s:s}", "id", (json_int_t) account->id, "name", account->name,
                                               "vendor", account->vendor, "url", account->url));
    }
  text = json_dumps (array, JSON_INDENT (1));
  g_print ("%s\n", text);
  free (text);
}

static QuarryExit
run_list (QuarryCatalog *catalog, const Options *options, char **argv, GError **error)
{
  g_autoptr(GPtrArray) accounts = quarry_catalog_list_accounts (catalog, error);

  if (accounts == NULL)
    return QUARRY_EXIT_FAILED;
  if (options->json)
    print_json (accounts);
  for (guint i = 0; !options->json && i < accounts->len; i++)
    {
      const QuarryAccount *account = accounts->pdata[i];

      g_print ("%-20s %-14s %s\n", account->name, account->vendor, account->url);
    }
  return QUARRY_EXIT_DONE;
}

/* Returns: (transfer full): the first line of standard input */
static char *
read_secret (void)
{
  char line[8192];

  if (fgets (line, sizeof line, stdin) == NULL)
    return g_strdup ("");
  return g_strdup (g_strstrip (line));
}

static QuarryExit
run_add (QuarryCatalog *catalog, const Options *options, char **argv, GError **error)
{
  const char *name = argv[2];
  g_autofree char *variable = quarry_secret_variable (name);
  g_autofree char *secret = options->secret_stdin ? read_secret () : NULL;

  if (quarry_vendor_get_title (argv[3]) == NULL)
    {
      g_autofree char *vendors = list_vendors ();

      quarry_command_usage (&quarry_command_vendor, "there is no vendor '%s'", argv[3]);
      g_printerr ("%s\n", vendors);
      return QUARRY_EXIT_USAGE;
    }
  if (!g_str_has_prefix (argv[4], "http://") && !g_str_has_prefix (argv[4], "https://"))
    return quarry_command_usage (&quarry_command_vendor, "'%s' is not an http or https address", argv[4]);
  if (quarry_catalog_add_account (catalog, name, argv[3], argv[4], "{}", error) == 0)
    return QUARRY_EXIT_FAILED;
  if (secret != NULL && !quarry_secret_store (name, secret, NULL, error))
    {
      quarry_catalog_remove_account (catalog, name, NULL);
      return QUARRY_EXIT_FAILED;
    }
  g_print ("%s: %s at %s\n", name, quarry_vendor_get_title (argv[3]), argv[4]);
  if (secret == NULL && g_getenv (variable) == NULL)
    g_print ("Its secret is read from the variable %s; 'vendor add --secret-stdin' keeps it in the Secret Service instead.\n", variable);
  return QUARRY_EXIT_DONE;
}

static QuarryExit
run_test (QuarryCatalog *catalog, const Options *options, char **argv, GError **error)
{
  g_autofree char *who = NULL;

  if (!quarry_vendor_test (catalog, argv[2], &who, NULL, error))
    return QUARRY_EXIT_FAILED;
  g_print ("%s: logged in as %s\n", argv[2], who);
  return QUARRY_EXIT_DONE;
}

static QuarryExit
run_move (QuarryCatalog *catalog, const Options *options, char **argv, GError **error)
{
  if (!g_str_has_prefix (argv[3], "http://") && !g_str_has_prefix (argv[3], "https://"))
    return quarry_command_usage (&quarry_command_vendor, "'%s' is not an http or https address", argv[3]);
  if (!quarry_catalog_move_account (catalog, argv[2], argv[3], error))
    return QUARRY_EXIT_FAILED;
  g_print ("%s: now at %s\n", argv[2], argv[3]);
  return QUARRY_EXIT_DONE;
}

static QuarryExit
run_remove (QuarryCatalog *catalog, const Options *options, char **argv, GError **error)
{
  g_autoptr(GError) local = NULL;

  if (!quarry_catalog_remove_account (catalog, argv[2], error))
    return QUARRY_EXIT_FAILED;
  if (!quarry_secret_clear (argv[2], NULL, &local))
    g_debug ("no Secret Service to clear: %s", local->message);      /* then it holds no secret either */
  g_print ("%s: removed\n", argv[2]);
  return QUARRY_EXIT_DONE;
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  static const struct
  {
    const char *name;
    int         n_words;
    QuarryExit (*run) (QuarryCatalog *catalog, const Options *options, char **argv, GError **error);
  } verbs[] = { { "list", 1, run_list }, { "add", 4, run_add }, { "test", 2, run_test }, { "move", 3, run_move }, { "remove", 2, run_remove } };
  Options options = { FALSE, FALSE };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "list: an array of objects: id, name, vendor, url", NULL },
    { "secret-stdin", 0, 0, G_OPTION_ARG_NONE, &options.secret_stdin, "add: keep the first line of standard input in the Secret Service", NULL },
    { NULL },
  };
  QuarryExit code = QUARRY_EXIT_DONE;
  QuarryCatalog *catalog = NULL;
  g_autoptr(GError) error = NULL;

  if (!quarry_command_parse (&quarry_command_vendor, entries, &argc, &argv, 1, 4, &code))
    return code;
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (argv[1], verbs[i].name))
      {
        if (argc - 1 != verbs[i].n_words)
          return quarry_command_usage (&quarry_command_vendor, "'%s' takes %d words", argv[1], verbs[i].n_words - 1);
        if ((catalog = quarry_command_open (context)) == NULL)
          return QUARRY_EXIT_FAILED;
        code = verbs[i].run (catalog, &options, argv, &error);
        return error != NULL ? quarry_command_fail (error) : code;
      }
  return quarry_command_usage (&quarry_command_vendor, "there is no 'vendor %s'", argv[1]);
}

const QuarryCommand quarry_command_vendor = {
  .name = "vendor",
  .usage = "list | add NAME VENDOR URL [--secret-stdin] | test NAME | move NAME URL | remove NAME",
  .summary = "Accounts at annotation vendors",
  .help = "The secret of account NAME comes from the environment variable QUARRY_SECRET_NAME (upper case, other characters as _), "
          "else from the Secret Service. It is never an argument and never in the catalog. Vendors: label-studio.",
  .run = run,
  .begins = TRUE,
};
