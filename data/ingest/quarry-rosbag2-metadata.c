/* quarry-rosbag2-metadata.c: the metadata.yaml of a ROS 2 bag
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Versions 1 to 9 of rosbag2_bagfile_information; what is asked for has been the same in all of them.
 */

#include "config.h"
#include "quarry-rosbag2-metadata.h"

#include <string.h>
#include <yaml.h>

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (yaml_document_t, yaml_document_delete)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (yaml_parser_t, yaml_parser_delete)

void
quarry_rosbag2_metadata_free (QuarryRosbag2Metadata *self)
{
  g_ptr_array_unref (self->files);
  g_free (self);
}

/* Returns: (nullable): NULL where it is no text */
static const char *
get_text (const yaml_node_t *node)
{
  return node != NULL && node->type == YAML_SCALAR_NODE ? (const char *) node->data.scalar.value : NULL;
}

/* Returns: (nullable) */
static yaml_node_t *
get_member (yaml_document_t *document, const yaml_node_t *node, const char *name)
{
  if (node == NULL || node->type != YAML_MAPPING_NODE)
    return NULL;
  for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++)
    if (g_strcmp0 (get_text (yaml_document_get_node (document, pair->key)), name) == 0)
      return yaml_document_get_node (document, pair->value);
  return NULL;
}

/* Files lie beside the metadata: older bags named them with their folder */
static void
read_files (yaml_document_t *document, const yaml_node_t *list, QuarryRosbag2Metadata *out)
{
  if (list == NULL || list->type != YAML_SEQUENCE_NODE)
    return;
  for (yaml_node_item_t *item = list->data.sequence.items.start; item < list->data.sequence.items.top; item++)
    {
      const char *path = get_text (yaml_document_get_node (document, *item));

      if (path != NULL && *path != '\0')
        g_ptr_array_add (out->files, g_path_get_basename (path));
    }
}

static void
read_information (yaml_document_t *document, const yaml_node_t *node, QuarryRosbag2Metadata *out)
{
  const char *count = get_text (get_member (document, node, "message_count"));
  const char *mode = get_text (get_member (document, node, "compression_mode"));

  read_files (document, get_member (document, node, "relative_file_paths"), out);
  if (count == NULL || !g_ascii_string_to_signed (count, 10, 0, G_MAXINT64, &out->n_messages, NULL))
    out->n_messages = -1;
  out->is_file_packed = mode != NULL && g_ascii_strcasecmp (mode, "file") == 0;
  out->is_message_packed = mode != NULL && g_ascii_strcasecmp (mode, "message") == 0;
}

static gboolean
load (yaml_document_t *document, GBytes *bytes, const char *uri, GError **error)
{
  g_auto(yaml_parser_t) parser;
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  yaml_parser_initialize (&parser);
  yaml_parser_set_input_string (&parser, data != NULL ? data : (const guint8 *) "", length);
  if (yaml_parser_load (&parser, document))
    return TRUE;
  memset (document, 0, sizeof *document);
  g_set_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_BROKEN, "%s: line %" G_GSIZE_FORMAT ": %s", uri,
               parser.problem_mark.line + 1, parser.problem != NULL ? parser.problem : "no YAML");
  return FALSE;
}

/* Pure. Returns: (transfer full) (nullable) */
QuarryRosbag2Metadata *
quarry_rosbag2_metadata_parse (GBytes *bytes, const char *uri, GError **error)
{
  g_auto(yaml_document_t) document;
  g_autoptr(QuarryRosbag2Metadata) self = NULL;
  const yaml_node_t *information = NULL;

  if (!load (&document, bytes, uri, error))
    return NULL;
  self = g_new0 (QuarryRosbag2Metadata, 1);
  self->files = g_ptr_array_new_with_free_func (g_free);
  information = get_member (&document, yaml_document_get_root_node (&document), "rosbag2_bagfile_information");
  if (information == NULL)
    {
      g_set_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_UNSUPPORTED, "%s: no rosbag2_bagfile_information: not the metadata of a ROS 2 bag", uri);
      return NULL;
    }
  read_information (&document, information, self);
  return g_steal_pointer (&self);
}
