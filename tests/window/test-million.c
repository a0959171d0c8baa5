/* test-million.c: the window on a million frames: opens, scrolls, filters, selects, never stalls
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * QUARRY_MAKE_CATALOG names the generator, QUARRY_MILLION the number of frames. A stall is the longest time in which the
 * main loop did not come round, less what the machine gave to other programs. The limits are of optimised builds: 100 ms,
 * and 500 MB resident. Sanitizers make all slower and bigger; there the stall may be four times as long and memory is not
 * looked at.
 */

#include "config.h"
#include "quarry-test-window.h"

#include <sys/resource.h>

#if defined(__SANITIZE_ADDRESS__)
#define SLOWER 4
#else
#define SLOWER 1
#endif
#define TICK_MS      2
#define MAX_STALL_MS (100 * SLOWER)
#define MAX_RSS_KB   (500 * 1000)

typedef struct
{
  gint64 last;       /* µs */
  gint64 waited;     /* ns, at that time */
  gint64 longest;    /* µs */
  guint  source;
} Stall;

/* ns for which this thread was ready while the machine ran others: not our stall. 0 where the kernel does not tell */
static gint64
get_waited (void)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) fields = NULL;

  if (!g_file_get_contents ("/proc/thread-self/schedstat", &text, NULL, NULL))
    return 0;
  fields = g_strsplit (text, " ", 3);
  return fields[0] != NULL && fields[1] != NULL ? g_ascii_strtoll (fields[1], NULL, 10) : 0;
}

static gboolean
tick_cb (gpointer data)
{
  Stall *stall = data;
  const gint64 now = g_get_monotonic_time (), waited = get_waited ();

  stall->longest = MAX (stall->longest, now - stall->last - (waited - stall->waited) / 1000);
  stall->last = now;
  stall->waited = waited;
  return G_SOURCE_CONTINUE;
}

static void
stall_begin (Stall *stall)
{
  *stall = (Stall) { g_get_monotonic_time (), get_waited (), 0, g_timeout_add_full (G_PRIORITY_HIGH, TICK_MS, tick_cb, stall, NULL) };
}

static void
stall_end (Stall *stall, const char *what)
{
  tick_cb (stall);
  g_source_remove (stall->source);
  g_test_message ("%s: longest stall %.1f ms", what, (double) stall->longest / 1000);
  g_assert_cmpint (stall->longest / 1000, <=, MAX_STALL_MS);
}

static guint
n_wanted (void)
{
  const char *text = g_getenv ("QUARRY_MILLION");

  return text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10) : 100000;
}

static void
million_setup (Site *site, gconstpointer data)
{
  g_autofree char *number = g_strdup_printf ("%u", n_wanted ());
  g_autofree char *path = NULL;
  g_autofree char *picture = NULL;
  g_autoptr(GError) error = NULL;
  const char *argv[] = { g_getenv ("QUARRY_MAKE_CATALOG"), number, NULL, "1", NULL, NULL };
  int status = 0;

  g_assert_nonnull (argv[0]);
  site->folder = quarry_test_folder ();
  argv[2] = path = g_build_filename (site->folder, "catalog.db", NULL);
  argv[4] = picture = site_write_picture (site, "picture.png", 120);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  site->catalog = quarry_catalog_open (path, &error);
  g_assert_no_error (error);
}

static guint
n_found (Site *site)
{
  return quarry_frame_model_get_n (quarry_session_get_frames (site->session));
}

/* Asks and waits for the answer of another size; the sidebar counts meanwhile */
static void
ask (Site *site, const char *text)
{
  const guint before = n_found (site);
  Stall stall;

  stall_begin (&stall);
  quarry_session_set_query_text (site->session, text);
  quarry_test_wait (n_found (site) != before);
  window_settle (1000 * SLOWER);
  stall_end (&stall, text);
}

static void
scroll_through (Site *site)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (quarry_grid_get_view (window_grid (site))));
  const double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
  Stall stall;

  g_assert_cmpfloat (end, >, n_wanted ());
  stall_begin (&stall);
  for (guint i = 0; i <= 60; i++)
    {
      gtk_adjustment_set_value (adjustment, end * i / 60);
      window_settle (30);
    }
  stall_end (&stall, "scroll from the first frame to the last");
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), >, end * 0.99);
}

static void
select_all (Site *site)
{
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (quarry_session_get_selection (site->session));
  g_autoptr(GtkBitset) selected = NULL;
  Stall stall;

  stall_begin (&stall);
  gtk_selection_model_select_all (selection);
  window_settle (500);
  stall_end (&stall, "select all");
  selected = gtk_selection_model_get_selection (selection);
  g_assert_cmpuint (gtk_bitset_get_size (selected), ==, n_found (site));
  gtk_selection_model_unselect_all (selection);
}

/* What the first window of a process costs, whatever is in it (theme, fonts, shaders), is not the frames' doing */
static void
warm_up (void)
{
  Site empty = { 0 };

  site_setup (&empty, "empty");
  empty.window = GTK_WINDOW (quarry_window_new (NULL, empty.session));
  gtk_window_present (empty.window);
  window_settle (2000);
  site_teardown (&empty, NULL);
}

static void
test_million (Site *site, gconstpointer data)
{
  struct rusage usage;
  Stall stall;

  warm_up ();
  stall_begin (&stall);
  site->session = quarry_session_new (site->catalog);
  site->window = GTK_WINDOW (quarry_window_new (NULL, site->session));
  gtk_window_present (site->window);
  quarry_test_wait (n_found (site) == n_wanted () && g_str_equal (quarry_grid_get_state (window_grid (site)), "cells"));
  window_settle (1000 * SLOWER);
  stall_end (&stall, "open");

  scroll_through (site);
  select_all (site);
  ask (site, "scene:site-01");
  g_assert_cmpuint (n_found (site), ==, n_wanted () / 50);
  ask (site, "tag:tag-003");
  ask (site, "-class:class-00");
  ask (site, "");
  g_assert_cmpuint (n_found (site), ==, n_wanted ());

  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  g_test_message ("%u frames: at most %ld MB resident", n_wanted (), usage.ru_maxrss / 1000);
  if (SLOWER == 1)
    g_assert_cmpint (usage.ru_maxrss, <=, MAX_RSS_KB);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/million/opens-scrolls-filters-without-a-stall", Site, NULL, million_setup, test_million, site_teardown);
  return g_test_run ();
}
