/* quarry-records.c: rows of the catalog as plain structs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-records.h"

void
quarry_source_free (QuarrySource *self)
{
  if (self == NULL)
    return;
  g_free (self->uri);
  g_free (self->name);
  g_free (self->format);
  g_free (self->options);
  g_free (self->state);
  g_free (self);
}

void
quarry_scene_free (QuarryScene *self)
{
  if (self == NULL)
    return;
  g_free (self->key);
  g_free (self->name);
  g_free (self->site);
  g_free (self->machine);
  g_free (self);
}

void
quarry_sensor_free (QuarrySensor *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self);
}

void
quarry_point_labels_free (QuarryPointLabels *self)
{
  if (self == NULL)
    return;
  g_free (self->uri);
  g_free (self->format);
  g_free (self->names);
  g_free (self);
}

void
quarry_media_free (QuarryMedia *self)
{
  if (self == NULL)
    return;
  g_free (self->sensor_name);
  g_free (self->uri);
  g_free (self->format);
  quarry_point_labels_free (self->point_labels);
  g_free (self);
}

void
quarry_frame_free (QuarryFrame *self)
{
  if (self == NULL)
    return;
  g_free (self->scene_name);
  g_free (self->key);
  g_strfreev (self->tags);
  g_free (self->cover_uri);
  g_free (self->cover_format);
  g_free (self);
}

void
quarry_label_class_free (QuarryLabelClass *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->color);
  g_free (self);
}

void
quarry_annotation_set_free (QuarryAnnotationSet *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->origin);
  g_free (self);
}

void
quarry_facet_row_free (QuarryFacetRow *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->color);
  g_free (self);
}

void
quarry_dataset_free (QuarryDataset *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->notes);
  g_strfreev (self->splits);
  g_free (self->split_counts);
  g_free (self);
}

void
quarry_dataset_version_free (QuarryDatasetVersion *self)
{
  if (self == NULL)
    return;
  g_free (self->hash);
  g_free (self->note);
  g_free (self->who);
  g_free (self);
}

void
quarry_dataset_frame_free (QuarryDatasetFrame *self)
{
  if (self == NULL)
    return;
  g_free (self->split);
  g_free (self);
}

void
quarry_account_free (QuarryAccount *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->vendor);
  g_free (self->url);
  g_free (self->options);
  g_free (self);
}

void
quarry_job_free (QuarryJob *self)
{
  if (self == NULL)
    return;
  g_free (self->account_name);
  g_free (self->vendor);
  g_free (self->name);
  g_free (self->external_id);
  g_free (self->state);
  g_free (self->manifest);
  g_free (self->manifest_hash);
  g_free (self->error);
  g_free (self);
}

void
quarry_task_free (QuarryTask *self)
{
  if (self == NULL)
    return;
  g_free (self->key);
  g_free (self->upload);
  g_free (self->external_id);
  g_free (self->state);
  g_free (self->error);
  g_free (self);
}

void
quarry_edit_free (QuarryEdit *self)
{
  if (self == NULL)
    return;
  g_free (self->who);
  g_free (self->what);
  g_free (self->state);
  g_free (self);
}

void
quarry_stream_free (QuarryStream *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->type);
  g_free (self->encoding);
  g_strfreev (self->fields);
  g_free (self->sensor_name);
  g_free (self);
}
