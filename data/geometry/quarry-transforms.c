/* quarry-transforms.c: frames of reference as a tree, each edge over time
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The edges are kept as a graph and ways through it are found by breadth, so that a recording whose tree is faulty still
 * gives what it can. What a joint that does not move repeats at every stamp is kept as the first and last of its run.
 */

#include "config.h"
#include "quarry-transforms.h"

#include <math.h>
#include <string.h>

/* A run of equal poses is thinned to one a second, so that gaps stay visible */
#define RUN_NS QUARRY_NS_PER_S
#define MAX_NAMES 8

typedef struct
{
  gint64     stamp_ns;
  QuarryPose pose;
} Stamped;

typedef struct
{
  guint    parent, child;      /* indices of frames */
  GArray  *fixed;              /* Stamped: from when; nullable */
  GArray  *stamped;            /* Stamped; nullable */
  gboolean unsorted;
  gboolean moves;              /* stamped poses differ */
} Edge;

typedef struct
{
  char   *name;
  GArray *edges;               /* guint: of which it is parent or child, in the order they came */
} Node;

/* One edge of a way */
typedef struct
{
  guint    edge;
  gboolean up;                 /* the way goes from the edge's child to its parent */
} Step;

struct _QuarryTransforms
{
  GPtrArray  *nodes;           /* Node */
  GHashTable *by_name;         /* name → 1 + index */
  GPtrArray  *edges;           /* Edge */
  GHashTable *by_ends;         /* parent << 32 | child → 1 + index */
  GHashTable *ways;            /* from << 32 | to → GArray of Step; an empty key's value NULL: not connected */
};

static void
free_edge (gpointer data)
{
  Edge *self = data;

  g_clear_pointer (&self->fixed, g_array_unref);
  g_clear_pointer (&self->stamped, g_array_unref);
  g_free (self);
}

static void
free_node (gpointer data)
{
  Node *self = data;

  g_free (self->name);
  g_array_unref (self->edges);
  g_free (self);
}

static void
free_way (gpointer data)
{
  if (data != NULL)
    g_array_unref (data);
}

/* Returns: (transfer full) */
QuarryTransforms *
quarry_transforms_new (void)
{
  QuarryTransforms *self = g_new0 (QuarryTransforms, 1);

  self->nodes = g_ptr_array_new_with_free_func (free_node);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->edges = g_ptr_array_new_with_free_func (free_edge);
  self->by_ends = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->ways = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, free_way);
  return self;
}

void
quarry_transforms_free (QuarryTransforms *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->ways);
  g_hash_table_unref (self->by_ends);
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->edges);
  g_ptr_array_unref (self->nodes);
  g_free (self);
}

static Node *
get_node (QuarryTransforms *self, guint index)
{
  return self->nodes->pdata[index];
}

static Edge *
get_edge (QuarryTransforms *self, guint index)
{
  return self->edges->pdata[index];
}

static gboolean
find_node (QuarryTransforms *self, const char *name, guint *out_index)
{
  const guint found = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, name));

  *out_index = found - 1;
  return found > 0;
}

static guint
make_node (QuarryTransforms *self, const char *name)
{
  Node *node = NULL;
  guint index = 0;

  if (find_node (self, name, &index))
    return index;
  node = g_new0 (Node, 1);
  node->name = g_strdup (name);
  node->edges = g_array_new (FALSE, FALSE, sizeof (guint));
  g_ptr_array_add (self->nodes, node);
  g_hash_table_insert (self->by_name, node->name, GUINT_TO_POINTER (self->nodes->len));
  return self->nodes->len - 1;
}

static gint64
pair_key (guint a, guint b)
{
  return (gint64) ((guint64) a << 32 | b);
}

static Edge *
make_edge (QuarryTransforms *self, const char *parent, const char *child)
{
  const guint a = make_node (self, parent);
  const guint b = make_node (self, child);
  const gint64 key = pair_key (a, b);
  const guint found = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_ends, &key));
  Edge *edge = NULL;
  guint index = 0;

  if (found > 0)
    return get_edge (self, found - 1);
  edge = g_new0 (Edge, 1);
  edge->parent = a;
  edge->child = b;
  index = self->edges->len;
  g_ptr_array_add (self->edges, edge);
  g_hash_table_insert (self->by_ends, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (index + 1));
  g_array_append_val (get_node (self, a)->edges, index);
  if (a != b)
    g_array_append_val (get_node (self, b)->edges, index);
  g_hash_table_remove_all (self->ways);
  return edge;
}

static gboolean
is_same (const QuarryPose *a, const QuarryPose *b)
{
  return memcmp (a, b, sizeof *a) == 0;
}

/**
 * quarry_transforms_add_static:
 *
 * What is not a pose (not finite, a zero quaternion) is left out.
 */
gboolean
quarry_transforms_add_static (QuarryTransforms *self, const char *parent, const char *child, gint64 from_ns,
                              const QuarryPose *parent_from_child)
{
  Stamped stamped = { from_ns, *parent_from_child };
  Edge *edge = NULL;
  guint at = 0;

  if (!quarry_pose_normalize (&stamped.pose))
    return FALSE;
  edge = make_edge (self, parent, child);
  if (edge->fixed == NULL)
    {
      edge->fixed = g_array_new (FALSE, FALSE, sizeof (Stamped));
      g_hash_table_remove_all (self->ways);
    }
  for (at = edge->fixed->len; at > 0 && g_array_index (edge->fixed, Stamped, at - 1).stamp_ns > from_ns; at--)
    ;
  if (at > 0 && is_same (&g_array_index (edge->fixed, Stamped, at - 1).pose, &stamped.pose))
    return FALSE;
  g_array_insert_val (edge->fixed, at, stamped);
  return edge->fixed->len > 1;
}

static void
add_stamped (Edge *edge, const Stamped *stamped)
{
  GArray *list = edge->stamped;
  const guint n = list->len;

  if (n > 0 && !edge->moves && !is_same (&g_array_index (list, Stamped, n - 1).pose, &stamped->pose))
    {
      edge->moves = TRUE;
    }
  if (n > 0 && stamped->stamp_ns < g_array_index (list, Stamped, n - 1).stamp_ns)
    edge->unsorted = TRUE;
  if (n > 1 && !edge->unsorted)
    {
      const Stamped *first = &g_array_index (list, Stamped, n - 2);
      Stamped *last = &g_array_index (list, Stamped, n - 1);

      if (is_same (&first->pose, &last->pose) && is_same (&last->pose, &stamped->pose) &&
          stamped->stamp_ns - first->stamp_ns <= RUN_NS)
        {
          last->stamp_ns = stamped->stamp_ns;
          return;
        }
    }
  g_array_append_val (list, *stamped);
}

/* A static edge that is added again with another pose takes the place of what was; what is not a pose is left out */
void
quarry_transforms_add (QuarryTransforms *self, const char *parent, const char *child, gint64 stamp_ns,
                       const QuarryPose *parent_from_child)
{
  Stamped stamped = { stamp_ns, *parent_from_child };
  Edge *edge = NULL;

  if (!quarry_pose_normalize (&stamped.pose))
    return;
  edge = make_edge (self, parent, child);
  if (stamp_ns == QUARRY_NO_TIME)
    {
      g_clear_pointer (&edge->fixed, g_array_unref);
      quarry_transforms_add_static (self, parent, child, stamp_ns, parent_from_child);
      return;
    }
  if (edge->stamped == NULL)
    {
      edge->stamped = g_array_new (FALSE, FALSE, sizeof (Stamped));
      g_hash_table_remove_all (self->ways);
    }
  add_stamped (edge, &stamped);
}

/* --- an edge at a time --- */

/* Of one pose, at any time */
static gboolean
is_fixed (const Edge *edge)
{
  return edge->fixed != NULL ? edge->fixed->len == 1 : !edge->moves;
}

static int
compare_stamped (gconstpointer a, gconstpointer b)
{
  const gint64 x = ((const Stamped *) a)->stamp_ns;
  const gint64 y = ((const Stamped *) b)->stamp_ns;

  return (x > y) - (x < y);
}

static void
sort_edge (Edge *edge)
{
  if (edge->unsorted)
    g_array_sort (edge->stamped, compare_stamped);
  edge->unsorted = FALSE;
}

/* Returns: how many are at or before @stamp_ns */
static guint
count_until (const GArray *list, gint64 stamp_ns)
{
  guint low = 0, high = list->len;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;

      if (g_array_index (list, Stamped, middle).stamp_ns <= stamp_ns)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Stamps come from files and may be anything */
static gboolean
is_farther (gint64 early, gint64 late, gint64 limit)
{
  gint64 difference = 0;

  return __builtin_sub_overflow (late, early, &difference) || difference > limit;
}

/* @hold: beyond the ends and in gaps the nearest pose is taken */
static gboolean
look_up_stamped (Edge *edge, gint64 stamp_ns, gboolean hold, QuarryPose *out)
{
  const Stamped *list = NULL;
  guint after = 0;

  if (stamp_ns == QUARRY_NO_TIME)
    return FALSE;
  sort_edge (edge);
  list = (const Stamped *) (gpointer) edge->stamped->data;
  after = count_until (edge->stamped, stamp_ns);
  if (after > 0 && list[after - 1].stamp_ns == stamp_ns)
    *out = list[after - 1].pose;
  else if (after == 0 || after == edge->stamped->len)
    {
      const Stamped *end = &list[after > 0 ? after - 1 : 0];

      if (!hold && is_farther (MIN (end->stamp_ns, stamp_ns), MAX (end->stamp_ns, stamp_ns), QUARRY_TRANSFORMS_HOLD_NS))
        return FALSE;
      *out = end->pose;
    }
  else if (is_farther (list[after - 1].stamp_ns, list[after].stamp_ns, QUARRY_TRANSFORMS_GAP_NS))
    {
      const gboolean earlier = (guint64) stamp_ns - (guint64) list[after - 1].stamp_ns <= (guint64) list[after].stamp_ns - (guint64) stamp_ns;

      if (!hold)
        return FALSE;
      *out = list[earlier ? after - 1 : after].pose;
    }
  else
    *out = quarry_pose_interpolate (&list[after - 1].pose, &list[after].pose,
                                    (double) (stamp_ns - list[after - 1].stamp_ns) /
                                    (double) (list[after].stamp_ns - list[after - 1].stamp_ns));
  return TRUE;
}

static gboolean
look_up_edge (Edge *edge, gint64 stamp_ns, gboolean hold, QuarryPose *out)
{
  guint n = 0;

  if (edge->fixed == NULL && !edge->moves)
    {
      *out = g_array_index (edge->stamped, Stamped, 0).pose;
      return TRUE;
    }
  if (edge->fixed == NULL)
    return look_up_stamped (edge, stamp_ns, hold, out);
  n = count_until (edge->fixed, stamp_ns);
  *out = g_array_index (edge->fixed, Stamped, n > 0 ? n - 1 : 0).pose;
  return TRUE;
}

/* --- ways --- */

/* By breadth from @from. Returns: (transfer full) (nullable): the steps to @to; NULL: there is no way over these edges */
static GArray *
search_way (QuarryTransforms *self, guint from, guint to, gboolean only_fixed)
{
  g_autofree gint64 *came = g_new (gint64, self->nodes->len);       /* edge by which each was reached; −1 not yet, −2 the start */
  g_autoptr(GArray) queue = g_array_new (FALSE, FALSE, sizeof (guint));
  GArray *way = NULL;

  for (guint i = 0; i < self->nodes->len; i++)
    came[i] = -1;
  came[from] = -2;
  g_array_append_val (queue, from);
  for (guint head = 0; head < queue->len && came[to] == -1; head++)
    {
      const guint at = g_array_index (queue, guint, head);
      const Node *node = get_node (self, at);

      for (guint i = 0; i < node->edges->len; i++)
        {
          const guint index = g_array_index (node->edges, guint, i);
          const Edge *edge = get_edge (self, index);
          const guint other = edge->parent == at ? edge->child : edge->parent;

          if (came[other] != -1 || (only_fixed && edge->fixed == NULL && edge->moves))
            continue;
          came[other] = index;
          g_array_append_val (queue, other);
        }
    }
  if (came[to] == -1)
    return NULL;
  way = g_array_new (FALSE, FALSE, sizeof (Step));
  for (guint at = to; came[at] >= 0;)
    {
      const Edge *edge = get_edge (self, (guint) came[at]);
      const Step step = { (guint) came[at], edge->parent == at };

      g_array_prepend_val (way, step);
      at = edge->parent == at ? edge->child : edge->parent;
    }
  return way;
}

/* Returns: (transfer none) (nullable) */
static const GArray *
find_way (QuarryTransforms *self, const char *to, const char *from)
{
  guint a = 0, b = 0;
  gint64 key = 0;
  gpointer found = NULL;
  GArray *way = NULL;

  if (!find_node (self, from, &a) || !find_node (self, to, &b))
    return NULL;
  key = pair_key (a, b);
  if (g_hash_table_lookup_extended (self->ways, &key, NULL, &found))
    return found;
  way = search_way (self, a, b, TRUE);
  if (way == NULL)
    way = search_way (self, a, b, FALSE);
  g_hash_table_insert (self->ways, g_memdup2 (&key, sizeof key), way);
  return way;
}

static gboolean
look_up (QuarryTransforms *self, const char *to, const char *from, gint64 stamp_ns, gboolean hold, QuarryPose *out_to_from_from)
{
  const GArray *way = NULL;
  QuarryPose pose = QUARRY_POSE_IDENTITY;      /* here_from_from */

  if (g_str_equal (to, from))
    {
      *out_to_from_from = pose;
      return TRUE;
    }
  way = find_way (self, to, from);
  if (way == NULL)
    return FALSE;
  for (guint i = 0; i < way->len; i++)
    {
      const Step *step = &g_array_index (way, Step, i);
      QuarryPose edge;

      if (!look_up_edge (get_edge (self, step->edge), stamp_ns, hold, &edge))
        return FALSE;
      if (!step->up)
        edge = quarry_pose_invert (&edge);
      pose = quarry_pose_multiply (&edge, &pose);
    }
  quarry_pose_normalize (&pose);
  *out_to_from_from = pose;
  return TRUE;
}

gboolean
quarry_transforms_lookup (QuarryTransforms *self, const char *to, const char *from, gint64 stamp_ns,
                          QuarryPose *out_to_from_from)
{
  return look_up (self, to, from, stamp_ns, FALSE, out_to_from_from);
}

gboolean
quarry_transforms_lookup_nearest (QuarryTransforms *self, const char *to, const char *from, gint64 stamp_ns,
                                  QuarryPose *out_to_from_from)
{
  return look_up (self, to, from, stamp_ns, TRUE, out_to_from_from);
}

gboolean
quarry_transforms_is_connected (QuarryTransforms *self, const char *to, const char *from)
{
  return g_str_equal (to, from) || find_way (self, to, from) != NULL;
}

gboolean
quarry_transforms_is_static (QuarryTransforms *self, const char *to, const char *from)
{
  const GArray *way = NULL;

  if (g_str_equal (to, from))
    return TRUE;
  way = find_way (self, to, from);
  for (guint i = 0; way != NULL && i < way->len; i++)
    {
      if (!is_fixed (get_edge (self, g_array_index (way, Step, i).edge)))
        return FALSE;
    }
  return way != NULL;
}

/* Returns: (transfer full) */
QuarryTrajectory *
quarry_transforms_get_trajectory (QuarryTransforms *self, const char *world, const char *body)
{
  QuarryTrajectory *trajectory = quarry_trajectory_new ();
  const GArray *way = find_way (self, world, body);

  for (guint i = 0; way != NULL && i < way->len; i++)
    {
      Edge *edge = get_edge (self, g_array_index (way, Step, i).edge);

      for (guint k = 0; edge->fixed == NULL && k < edge->stamped->len; k++)
        {
          QuarryStampedPose stamped;

          sort_edge (edge);
          stamped.stamp_ns = g_array_index (edge->stamped, Stamped, k).stamp_ns;
          if (quarry_transforms_lookup (self, world, body, stamped.stamp_ns, &stamped.world_from_body))
            g_array_append_val (trajectory, stamped);
        }
    }
  quarry_trajectory_sort (trajectory);
  return trajectory;
}

/* --- what there is --- */

gboolean
quarry_transforms_has_frame (QuarryTransforms *self, const char *name)
{
  return g_hash_table_contains (self->by_name, name);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/* Returns: (transfer full) */
char **
quarry_transforms_list_frames (QuarryTransforms *self)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < self->nodes->len; i++)
    g_ptr_array_add (names, g_strdup (get_node (self, i)->name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

/* The first that was stated. Returns: FALSE for a root */
static gboolean
find_parent (QuarryTransforms *self, guint index, guint *out_parent)
{
  const Node *node = get_node (self, index);

  for (guint i = 0; i < node->edges->len; i++)
    {
      const Edge *edge = get_edge (self, g_array_index (node->edges, guint, i));

      if (edge->child != index)
        continue;
      *out_parent = edge->parent;
      return TRUE;
    }
  return FALSE;
}

const char *
quarry_transforms_get_parent (QuarryTransforms *self, const char *name)
{
  guint index = 0, parent = 0;

  return find_node (self, name, &index) && find_parent (self, index, &parent) ? get_node (self, parent)->name : NULL;
}

/* --- faults --- */

/* Returns: (transfer full): "'a', 'b' and 'c'"; of many the first and how many more */
static char *
join_names (GPtrArray *names)
{
  GString *text = g_string_new (NULL);

  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len && i < MAX_NAMES; i++)
    g_string_append_printf (text, "%s'%s'", i == 0 ? "" : i + 1 == names->len ? " and " : ", ",
                            (const char *) names->pdata[i]);
  if (names->len > MAX_NAMES)
    g_string_append_printf (text, " and %u more", names->len - MAX_NAMES);
  return g_string_free (text, FALSE);
}

static void
find_parents (QuarryTransforms *self, GPtrArray *faults)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      const Node *node = get_node (self, i);
      g_autoptr(GPtrArray) parents = g_ptr_array_new ();
      g_autofree char *names = NULL;

      for (guint k = 0; k < node->edges->len; k++)
        {
          const Edge *edge = get_edge (self, g_array_index (node->edges, guint, k));

          if (edge->child == i)
            g_ptr_array_add (parents, get_node (self, edge->parent)->name);
        }
      if (parents->len < 2)
        continue;
      names = join_names (parents);
      if (parents->len == 2)
        g_ptr_array_add (faults, g_strdup_printf ("'%s' has two parents: %s", node->name, names));
      else
        g_ptr_array_add (faults, g_strdup_printf ("'%s' has %u parents: %s", node->name, parents->len, names));
    }
}

/* By depth, from child to parent: who is met again on the same walk closes a circle */
static void
find_circles (QuarryTransforms *self, GPtrArray *faults)
{
  g_autofree guint8 *state = g_new0 (guint8, self->nodes->len);      /* 0 unseen, 1 on this walk, 2 done */

  for (guint i = 0; i < self->nodes->len; i++)
    {
      g_autoptr(GArray) stack = g_array_new (FALSE, FALSE, 2 * sizeof (guint));     /* frame, next edge of it */
      guint top[2] = { i, 0 };

      if (state[i] == 0)
        {
          state[i] = 1;
          g_array_append_val (stack, top);
        }
      while (stack->len > 0)
        {
          guint *entry = (guint *) (gpointer) (stack->data + (stack->len - 1) * 2 * sizeof (guint));
          const Node *node = get_node (self, entry[0]);
          const Edge *edge = NULL;

          if (entry[1] == node->edges->len)
            {
              state[entry[0]] = 2;
              g_array_set_size (stack, stack->len - 1);
              continue;
            }
          edge = get_edge (self, g_array_index (node->edges, guint, entry[1]++));
          if (edge->child != entry[0])
            continue;
          if (state[edge->parent] == 0)
            {
              state[edge->parent] = 1;
              top[0] = edge->parent;
              top[1] = 0;
              g_array_append_val (stack, top);
            }
          else if (state[edge->parent] == 1)
            {
              g_autoptr(GPtrArray) names = g_ptr_array_new ();
              g_autofree char *text = NULL;

              for (guint k = stack->len; k > 0; k--)
                {
                  const guint *on = (const guint *) (gpointer) (stack->data + (k - 1) * 2 * sizeof (guint));

                  g_ptr_array_add (names, get_node (self, on[0])->name);
                  if (on[0] == edge->parent)
                    break;
                }
              text = join_names (names);
              g_ptr_array_add (faults, names->len == 1 ? g_strdup_printf ("%s is its own parent", text)
                                                       : g_strdup_printf ("%s go in a circle", text));
            }
        }
    }
}

static int
compare_sizes (gconstpointer a, gconstpointer b)
{
  const GPtrArray *x = *(GPtrArray * const *) a;
  const GPtrArray *y = *(GPtrArray * const *) b;

  if (x->len != y->len)
    return x->len > y->len ? -1 : 1;
  return strcmp (x->pdata[0], y->pdata[0]);
}

static void
free_array (gpointer data)
{
  g_ptr_array_unref (data);
}

static void
find_islands (QuarryTransforms *self, GPtrArray *faults)
{
  g_autoptr(GPtrArray) islands = g_ptr_array_new_with_free_func (free_array);      /* GPtrArray of names */
  g_autofree guint8 *seen = g_new0 (guint8, self->nodes->len);

  for (guint i = 0; i < self->nodes->len; i++)
    {
      g_autoptr(GArray) queue = g_array_new (FALSE, FALSE, sizeof (guint));
      GPtrArray *names = NULL;

      if (seen[i])
        continue;
      seen[i] = 1;
      names = g_ptr_array_new ();
      g_ptr_array_add (islands, names);
      g_array_append_val (queue, i);
      for (guint head = 0; head < queue->len; head++)
        {
          const guint at = g_array_index (queue, guint, head);
          const Node *node = get_node (self, at);

          g_ptr_array_add (names, node->name);
          for (guint k = 0; k < node->edges->len; k++)
            {
              const Edge *edge = get_edge (self, g_array_index (node->edges, guint, k));
              const guint other = edge->parent == at ? edge->child : edge->parent;

              if (!seen[other])
                {
                  seen[other] = 1;
                  g_array_append_val (queue, other);
                }
            }
        }
      g_ptr_array_sort (names, compare_names);
    }
  g_ptr_array_sort (islands, compare_sizes);
  for (guint i = 1; i < islands->len; i++)
    {
      g_autofree char *names = join_names (islands->pdata[i]);

      g_ptr_array_add (faults, g_strdup_printf ("%s %s not connected to '%s'", names,
                                                ((GPtrArray *) islands->pdata[i])->len == 1 ? "is" : "are",
                                                (const char *) ((GPtrArray *) islands->pdata[0])->pdata[0]));
    }
}

/* Returns: (transfer full): sentences without a full stop; empty where all is one tree */
GPtrArray *
quarry_transforms_find_faults (QuarryTransforms *self)
{
  GPtrArray *faults = g_ptr_array_new_with_free_func (g_free);

  find_parents (self, faults);
  find_circles (self, faults);
  find_islands (self, faults);
  return faults;
}
