/* quarry-test-observation.h: one message, decoded and read
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-test-damage.h"
#include "quarry-test-message.h"
#include "quarry-observation.h"

G_BEGIN_DECLS

#define STAMP G_GINT64_CONSTANT (1700000000123456789)

/* One message, decoded by the built-in definition and read */
typedef struct
{
  QuarryMessageType *type;
  QuarryMessage     *message;
  QuarryObservation  observation;
  GError            *error;
  gboolean           ok;
} Reading;

static inline void
reading_clear (Reading *self)
{
  quarry_observation_clear (&self->observation);
  g_clear_pointer (&self->message, quarry_message_free);
  g_clear_pointer (&self->type, quarry_message_type_unref);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

static inline void
read_as (Reading *self, const char *type, const guint8 *data, gsize length)
{
  g_autoptr(GError) error = NULL;

  self->message = quarry_message_decode (self->type, data, length, &error);
  g_assert_no_error (error);
  self->ok = quarry_observation_read (type, quarry_message_get_root (self->message), data, &self->observation, &self->error);
  g_assert_true (self->ok == (self->error == NULL));
  g_assert_nonnull (self->observation.frame_id);
}

static inline void
read_ros (Reading *self, const char *type, Writer *writer)
{
  self->type = test_type (type, writer->ros1 ? "ros1" : "cdr", "", NULL);
  read_as (self, type, writer->bytes->data, writer->bytes->len);
}

static inline void
read_json (Reading *self, const char *type, const char *text)
{
  self->type = test_type (type, "json", "", NULL);
  read_as (self, type, (const guint8 *) text, strlen (text));
}

static inline void
assert_says (const Reading *reading, int code, const char *says)
{
  g_assert_error (reading->error, QUARRY_MESSAGE_ERROR, code);
  if (strstr (reading->error->message, says) == NULL)
    g_error ("'%s' does not say '%s'", reading->error->message, says);
}

typedef struct { QuarryMessageType *type; const char *name; } Damaged;

static inline void
read_damaged (GBytes *bytes, const char *what, gpointer data)
{
  const Damaged *damaged = data;
  gsize length;
  const guint8 *at = g_bytes_get_data (bytes, &length);
  g_autoptr(QuarryMessage) message = quarry_message_decode (damaged->type, at, length, NULL);
  g_auto(QuarryObservation) observation = { 0, };

  if (message == NULL || !quarry_observation_read (damaged->name, quarry_message_get_root (message), at, &observation, NULL))
    return;
  g_assert_cmpuint (observation.offset, <=, length);
  g_assert_cmpuint (observation.length, <=, length - observation.offset);
}

G_END_DECLS
