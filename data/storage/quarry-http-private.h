/* quarry-http-private.h: what the HTTP client's two files share: one answer, and what to make of it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-http.h"

#include <curl/curl.h>

G_BEGIN_DECLS

typedef struct
{
  GByteArray *body;
  gsize       body_max;
  gboolean    too_large;
  guint       status;         /* 0: none came */
  GHashTable *headers;        /* lower-case name → value */
  char       *location;       /* of a redirect; nullable */
  gint64      retry_after_s;  /* −1: not said */
} QuarryHttpAnswer;

void      quarry_http_answer_begin       (QuarryHttpAnswer *self,
                                          gsize             body_max);
void      quarry_http_answer_clear       (QuarryHttpAnswer *self);
size_t    quarry_http_answer_header_cb   (char             *bytes,
                                          size_t            size,
                                          size_t            n,
                                          void             *user_data);
size_t    quarry_http_answer_body_cb     (char             *bytes,
                                          size_t            size,
                                          size_t            n,
                                          void             *user_data);
void      quarry_http_answer_steal       (QuarryHttpAnswer *self,
                                          QuarryHttpReply  *out_reply);
char     *quarry_http_answer_dup_reason  (QuarryHttpAnswer *self);
gboolean  quarry_http_answer_is_redirect (QuarryHttpAnswer *self);
gboolean  quarry_http_answer_is_passing  (QuarryHttpAnswer *self,
                                          CURLcode          code);
char     *quarry_http_url_origin         (const char       *url);
char     *quarry_http_url_public         (const char       *url);
char     *quarry_http_url_resolve        (const char       *base,
                                          const char       *location);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (QuarryHttpAnswer, quarry_http_answer_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CURLU, curl_url_cleanup)

G_END_DECLS
