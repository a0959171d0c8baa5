/* test-transforms.c: frames of reference as a tree
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-transforms.h"
#include "quarry-test.h"

#include <math.h>
#include <string.h>

#define S QUARRY_NS_PER_S

static QuarryPose
at (double x, double y, double z, double yaw)
{
  return quarry_pose_from_yaw (x, y, z, yaw);
}

static void
add (QuarryTransforms *tree, const char *parent, const char *child, gint64 stamp_ns, QuarryPose pose)
{
  quarry_transforms_add (tree, parent, child, stamp_ns, &pose);
}

static void
assert_pose (const QuarryPose *a, const QuarryPose *b, double epsilon)
{
  double dot = 0;

  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat_with_epsilon (a->t[i], b->t[i], epsilon);
  for (int i = 0; i < 4; i++)
    dot += a->q[i] * b->q[i];
  g_assert_cmpfloat_with_epsilon (fabs (dot), 1, epsilon);
}

static QuarryPose
look_up (QuarryTransforms *tree, const char *to, const char *from, gint64 stamp_ns)
{
  QuarryPose pose;

  g_assert_true (quarry_transforms_lookup (tree, to, from, stamp_ns, &pose));
  return pose;
}

static void
test_chain (void)
{
  g_autoptr(QuarryTransforms) tree = quarry_transforms_new ();
  const double origin[3] = { 0, 0, 0 };
  double p[3];
  QuarryPose pose;

  add (tree, "base_link", "mast", QUARRY_NO_TIME, at (1, 0, 2, G_PI / 2));
  add (tree, "mast", "lidar", QUARRY_NO_TIME, at (0.5, 0, 0, 0));
  add (tree, "base_link", "camera", QUARRY_NO_TIME, at (2, 1, 0, G_PI));
  pose = look_up (tree, "base_link", "lidar", 5);
  quarry_pose_apply (&pose, origin, p);
  g_assert_cmpfloat_with_epsilon (p[0], 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (p[1], 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (p[2], 2, 1e-12);
  pose = look_up (tree, "camera", "lidar", QUARRY_NO_TIME);     /* down and up, at no time */
  quarry_pose_apply (&pose, origin, p);
  g_assert_cmpfloat_with_epsilon (p[0], 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (p[1], 0.5, 1e-12);
  g_assert_true (quarry_transforms_is_static (tree, "camera", "lidar"));
  g_assert_cmpstr (quarry_transforms_get_parent (tree, "lidar"), ==, "mast");
  g_assert_null (quarry_transforms_get_parent (tree, "base_link"));
  g_assert_null (quarry_transforms_get_parent (tree, "nothing"));
  g_assert_false (quarry_transforms_lookup (tree, "base_link", "nothing", 0, &pose));
  pose = look_up (tree, "nothing", "nothing", 0);
  assert_pose (&pose, &QUARRY_POSE_IDENTITY, 1e-15);
}

static void
test_interpolates (void)
{
  g_autoptr(QuarryTransforms) tree = quarry_transforms_new ();
  QuarryPose pose, expected;

  add (tree, "odom", "base", 10 * S, at (0, 0, 0, 0));
  add (tree, "odom", "base", 11 * S, at (4, 0, 0, 1.0));
  pose = look_up (tree, "odom", "base", 10 * S + S / 4);
  expected = at (1, 0, 0, 0.25);
  assert_pose (&pose, &expected, 1e-12);
  g_assert_false (quarry_transforms_is_static (tree, "odom", "base"));
  /* holds a little beyond the ends, then nothing is known */
  pose = look_up (tree, "odom", "base", 11 * S + QUARRY_TRANSFORMS_HOLD_NS);
  g_assert_cmpfloat (pose.t[0], ==, 4);
  g_assert_false (quarry_transforms_lookup (tree, "odom", "base", 11 * S + QUARRY_TRANSFORMS_HOLD_NS + 1, &pose));
  g_assert_true (quarry_transforms_lookup (tree, "odom", "base", 10 * S - QUARRY_TRANSFORMS_HOLD_NS, &pose));
  g_assert_false (quarry_transforms_lookup (tree, "odom", "base", 10 * S - QUARRY_TRANSFORMS_HOLD_NS - 1, &pose));
  g_assert_false (quarry_transforms_lookup (tree, "odom", "base", QUARRY_NO_TIME, &pose));
  g_assert_false (quarry_transforms_lookup (tree, "odom", "base", G_MAXINT64, &pose));
  /* nor in a gap */
  add (tree, "odom", "base", 11 * S + QUARRY_TRANSFORMS_GAP_NS + 1, at (9, 0, 0, 0));
  g_assert_false (quarry_transforms_lookup (tree, "odom", "base", 15 * S, &pose));
  /* but what was nearest can be asked for */
  g_assert_true (quarry_transforms_lookup_nearest (tree, "odom", "base", 15 * S, &pose));
  g_assert_cmpfloat (pose.t[0], ==, 4);
  g_assert_true (quarry_transforms_lookup_nearest (tree, "odom", "base", 20 * S, &pose));
  g_assert_cmpfloat (pose.t[0], ==, 9);
  g_assert_true (quarry_transforms_lookup_nearest (tree, "odom", "base", 1, &pose));
  g_assert_cmpfloat (pose.t[0], ==, 0);
  g_assert_true (quarry_transforms_is_connected (tree, "odom", "base"));
  g_assert_false (quarry_transforms_is_connected (tree, "odom", "map"));
}

/* Turning by more than half a turn between stamps goes the short way */
static void
test_short_way (void)
{
  g_autoptr(QuarryTransforms) tree = quarry_transforms_new ();
  QuarryPose pose;

  add (tree, "a", "b", 0, at (0, 0, 0, G_PI * 0.9));
  add (tree, "a", "b", S, at (0, 0, 0, -G_PI * 0.9));
  pose = look_up (tree, "a", "b", S / 2);
  g_assert_cmpfloat_with_epsilon (fabs (quarry_pose_get_yaw (&pose)), G_PI, 1e-9);
}

/* A random tree whose frames stand at known places in the world: any pair, at any time, by its own places */
static void
test_random_trees (void)
{
  for (guint32 seed = 1; seed <= 40; seed++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
      g_autoptr(QuarryTransforms) tree = quarry_transforms_new ();
      const int n = g_rand_int_range (rand, 2, 30);
      QuarryPose world[30][3];       /* world_from_frame at 0, 1, 2 s */
      char names[30][8];

      for (int i = 0; i < n; i++)
        {
          const int parent = i == 0 ? -1 : g_rand_int_range (rand, 0, i);
          const gboolean moves = g_rand_boolean (rand);

          g_snprintf (names[i], sizeof names[i], "f%d", i);
          for (int k = 0; k < 3; k++)
            {
              QuarryPose local = { { g_rand_double_range (rand, -5, 5), g_rand_double_range (rand, -5, 5), g_rand_double (rand) },
                                   { g_rand_double (rand), g_rand_double (rand), g_rand_double (rand), g_rand_double (rand) + 0.1 } };

              quarry_pose_normalize (&local);
              if (k > 0 && !moves && parent >= 0)
                {
                  const QuarryPose back = quarry_pose_invert (&world[parent][0]);

                  local = quarry_pose_multiply (&back, &world[i][0]);
                }
              world[i][k] = parent < 0 ? (k == 0 ? local : world[i][0]) : quarry_pose_multiply (&world[parent][k], &local);
              if (parent >= 0 && (moves || k == 0))
                add (tree, names[parent], names[i], moves ? k * S : QUARRY_NO_TIME, local);
            }
        }
      for (int round = 0; round < 50; round++)
        {
          const int a = g_rand_int_range (rand, 0, n), b = g_rand_int_range (rand, 0, n), k = g_rand_int_range (rand, 0, 3);
          const QuarryPose a_from_world = quarry_pose_invert (&world[a][k]);
          const QuarryPose expected = quarry_pose_multiply (&a_from_world, &world[b][k]);
          const QuarryPose pose = look_up (tree, names[a], names[b], k * S);

          assert_pose (&pose, &expected, 1e-9);
        }
      g_assert_cmpuint (quarry_transforms_find_faults (tree)->len, ==, 0);
    }
}

static void
test_order (void)
{
  g_autoptr(QuarryTransforms) tree = quarry_transforms_new ();

  for (int i = 0; i < 1000; i++)
    {
      const int k = (i * 617) % 1000;

      add (tree, "a", "b", k * (S / 10), at (k, 0, 0, 0));
    }
  for (int i = 0; i < 999; i++)
    {
      const QuarryPose pose = look_up (tree, "a", "b", i * (S / 10) + S / 20);

      g_assert_cmpfloat_with_epsilon (pose.t[0], i + 0.5, 1e-9);
    }
}

/* A joint that repeats its pose takes no memory, and a pause in it stays a pause */
static void
test_standing (void)
{
  g_autoptr(QuarryTransforms) tree = quarry_transforms_new ();
  g_autoptr(GArray) trajectory = NULL;
  QuarryPose pose;

  for (int i = 0; i <= 1000; i++)
    add (tree, "a", "b", i * (S / 100), at (3, 0, 0, 0));
  add (tree, "a", "b", 30 * S, at (3, 0, 0, 0));
  add (tree, "a", "b", 31 * S, at (5, 0, 0, 0));
  for (int i = 0; i < 100; i++)
    {
      pose = look_up (tree, "a", "b", i * (S / 10) + 7);
      g_assert_cmpfloat (pose.t[0], ==, 3);
    }
  g_assert_false (quarry_transforms_lookup (tree, "a", "b", 20 * S, &pose));
  pose = look_up (tree, "a", "b", 30 * S + S / 2);
  g_assert_cmpfloat_with_epsilon (pose.t[0], 4, 1e-12);
  trajectory = quarry_transforms_get_trajectory (tree, "a", "b");
  g_assert_cmpuint (trajectory->len, <, 40);
  for (guint i = 1; i < trajectory->len; i++)
    {
      const gint64 step = g_array_index (trajectory, QuarryStampedPose, i).stamp_ns - g_array_index (trajectory, QuarryStampedPose, i - 1).stamp_ns;

      g_assert_true (step <= S || step == 20 * S);
    }
}

/* What is bolted on and told again and again is known at any time, also in pauses */
static void
test_repeated (void)
{
  g_autoptr(QuarryTransforms) tree = quarry_transforms_new ();
  QuarryPose pose;

  for (int i = 0; i <= 50; i++)
    add (tree, "base", "lidar", i * (S / 10), at (3, 0, 0, 0));
  g_assert_true (quarry_transforms_is_static (tree, "base", "lidar"));
  pose = look_up (tree, "base", "lidar", 999 * S);
  g_assert_cmpfloat (pose.t[0], ==, 3);
  add (tree, "base", "lidar", 6 * S, at (3.5, 0, 0, 0));
  g_assert_false (quarry_transforms_is_static (tree, "base", "lidar"));
  g_assert_false (quarry_transforms_lookup (tree, "base", "lidar", 999 * S, &pose));
}

static void
test_static_again (void)
{
  g_autoptr(QuarryTransforms) tree = quarry_transforms_new ();
  const QuarryPose before = at (1, 0, 0, 0), after = at (2, 0, 0, 0);
  QuarryPose pose;

  g_assert_false (quarry_transforms_add_static (tree, "base", "camera", 10 * S, &before));
  g_assert_false (quarry_transforms_add_static (tree, "base", "camera", 11 * S, &before));     /* the same again is nothing new */
  g_assert_true (quarry_transforms_is_static (tree, "base", "camera"));
  g_assert_true (quarry_transforms_add_static (tree, "base", "camera", 20 * S, &after));
  g_assert_false (quarry_transforms_is_static (tree, "base", "camera"));
  pose = look_up (tree, "base", "camera", 5 * S);
  g_assert_cmpfloat (pose.t[0], ==, 1);
  pose = look_up (tree, "base", "camera", 20 * S - 1);
  g_assert_cmpfloat (pose.t[0], ==, 1);
  pose = look_up (tree, "base", "camera", 20 * S);
  g_assert_cmpfloat (pose.t[0], ==, 2);
  /* without a time it takes the place of all that was */
  add (tree, "base", "camera", QUARRY_NO_TIME, at (3, 0, 0, 0));
  pose = look_up (tree, "base", "camera", 5 * S);
  g_assert_cmpfloat (pose.t[0], ==, 3);
}

static void
test_trajectory (void)
{
  g_autoptr(QuarryTransforms) tree = quarry_transforms_new ();
  g_autoptr(GArray) trajectory = NULL;
  g_autoptr(GArray) none = NULL;

  /* map → odom is corrected seldom, odom → base often; UTM-sized */
  for (int i = 0; i <= 2; i++)
    add (tree, "map", "odom", i * S, at (691234.125 + i, 5334567.25, 512, 0));
  for (int i = 0; i <= 20; i++)
    add (tree, "odom", "base", i * S / 10, at (0.01 * i, 0, 0, 0));
  trajectory = quarry_transforms_get_trajectory (tree, "map", "base");
  g_assert_cmpuint (trajectory->len, ==, 21);
  for (guint i = 0; i < 21; i++)
    {
      const QuarryStampedPose *pose = &g_array_index (trajectory, QuarryStampedPose, i);

      g_assert_cmpint (pose->stamp_ns, ==, i * S / 10);
      g_assert_cmpfloat_with_epsilon (pose->world_from_body.t[0], 691234.125 + i * 0.1 + i * 0.01, 1e-6);
      g_assert_cmpfloat_with_epsilon (pose->world_from_body.t[1], 5334567.25, 1e-6);
    }
  none = quarry_transforms_get_trajectory (tree, "map", "elsewhere");
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_faults (void)
{
  static const struct { const char *edges, *faults; } cases[] = {
    { "base>lidar base>camera", "" },
    { "", "" },
    { "base>lidar roof>lidar", "'lidar' has two parents: 'base' and 'roof'" },
    { "a>x b>x c>x", "'x' has 3 parents: 'a', 'b' and 'c'" },
    { "a>b b>c c>a c>d", "'a', 'b' and 'c' go in a circle" },
    { "a>b b>a", "'a' and 'b' go in a circle" },
    { "a>a", "'a' is its own parent" },
    { "base>lidar base>gps map>odom", "'map' and 'odom' are not connected to 'base'" },
    { "base>lidar base>gps map>odom x>y", "'map' and 'odom' are not connected to 'base'; 'x' and 'y' are not connected to 'base'" },
    { "a>b a>c a>d a>e a>f x>1 x>2 x>3 x>4 x>5 x>6 x>7 x>8 x>9",
      "'a', 'b', 'c', 'd', 'e' and 'f' are not connected to '1'" },
    { "a>b b>c d>c d>a", "'c' has two parents: 'b' and 'd'" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(QuarryTransforms) tree = quarry_transforms_new ();
      g_auto(GStrv) edges = g_strsplit (cases[i].edges, " ", -1);
      g_autoptr(GPtrArray) faults = NULL;
      g_autofree char *text = NULL;
      QuarryPose pose;

      for (guint k = 0; edges[k] != NULL && edges[k][0] != '\0'; k++)
        {
          g_auto(GStrv) ends = g_strsplit (edges[k], ">", 2);

          add (tree, ends[0], ends[1], QUARRY_NO_TIME, QUARRY_POSE_IDENTITY);
        }
      faults = quarry_transforms_find_faults (tree);
      g_ptr_array_add (faults, NULL);
      text = g_strjoinv ("; ", (char **) faults->pdata);
      g_assert_cmpstr (text, ==, cases[i].faults);
      quarry_transforms_lookup (tree, "a", "c", 0, &pose);      /* comes back, whatever the tree is */
    }
}

/* What is connected in spite of a fault is found: a frame below the vehicle and, by a SLAM, below the world */
static void
test_two_parents_connect (void)
{
  g_autoptr(QuarryTransforms) tree = quarry_transforms_new ();
  QuarryPose pose;

  add (tree, "odom", "lidar", 0, at (10, 0, 1, 0));
  add (tree, "odom", "lidar", S, at (11, 0, 1, 0));
  add (tree, "base", "lidar", QUARRY_NO_TIME, at (2, 0, 1, 0));
  pose = look_up (tree, "odom", "base", 0);
  g_assert_cmpfloat_with_epsilon (pose.t[0], 8, 1e-12);
  /* a static way is preferred to a shorter one that moves */
  add (tree, "base", "mast", QUARRY_NO_TIME, at (1, 0, 0, 0));
  add (tree, "mast", "camera", QUARRY_NO_TIME, at (1, 0, 0, 0));
  add (tree, "base", "camera", 0, at (77, 0, 0, 0));
  add (tree, "base", "camera", 99 * S, at (78, 0, 0, 0));
  pose = look_up (tree, "base", "camera", 99 * S);
  g_assert_cmpfloat_with_epsilon (pose.t[0], 2, 1e-12);
}

static void
test_no_pose (void)
{
  g_autoptr(QuarryTransforms) tree = quarry_transforms_new ();
  const QuarryPose broken[] = {
    { { 0, 0, 0 }, { 0, 0, 0, 0 } }, { { NAN, 0, 0 }, { 1, 0, 0, 0 } }, { { 0, 0, 0 }, { INFINITY, 0, 0, 0 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      quarry_transforms_add (tree, "a", "b", 0, &broken[i]);
      g_assert_false (quarry_transforms_add_static (tree, "a", "b", 0, &broken[i]));
    }
  g_assert_false (quarry_transforms_has_frame (tree, "a"));
  add (tree, "a", "b", 0, (QuarryPose) { { 0, 0, 0 }, { 0, 0, 0, 2 } });       /* is made unit */
  g_assert_true (quarry_transforms_has_frame (tree, "b"));
}

static void
test_names (void)
{
  g_autoptr(QuarryTransforms) tree = quarry_transforms_new ();
  g_auto(GStrv) names = NULL;
  g_autofree char *text = NULL;

  add (tree, "odom", "base", 0, QUARRY_POSE_IDENTITY);
  add (tree, "base", "a lidar", 0, QUARRY_POSE_IDENTITY);
  names = quarry_transforms_list_frames (tree);
  text = g_strjoinv (",", names);
  g_assert_cmpstr (text, ==, "a lidar,base,odom");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transforms/chains-up-and-down", test_chain);
  g_test_add_func ("/transforms/interpolates-and-does-not-extrapolate", test_interpolates);
  g_test_add_func ("/transforms/turns-the-short-way", test_short_way);
  g_test_add_func ("/transforms/random-trees-agree-with-their-places", test_random_trees);
  g_test_add_func ("/transforms/any-order-of-stamps", test_order);
  g_test_add_func ("/transforms/standing-takes-no-memory", test_standing);
  g_test_add_func ("/transforms/what-is-repeated-is-static", test_repeated);
  g_test_add_func ("/transforms/static-stated-again-holds-from-then", test_static_again);
  g_test_add_func ("/transforms/trajectory-at-every-stamp-with-map-sized-coordinates", test_trajectory);
  g_test_add_func ("/transforms/faults-are-named", test_faults);
  g_test_add_func ("/transforms/two-parents-still-connect", test_two_parents_connect);
  g_test_add_func ("/transforms/what-is-no-pose-is-left-out", test_no_pose);
  g_test_add_func ("/transforms/names-are-sorted", test_names);
  return g_test_run ();
}
