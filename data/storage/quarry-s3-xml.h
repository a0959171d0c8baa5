/* quarry-s3-xml.h: the answers of S3
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-storage.h"

G_BEGIN_DECLS

/* At the end of each element: @path "ListBucketResult/Contents/Key" without namespaces, @text its own */
typedef void (*QuarryS3XmlFunc) (const char *path, const char *text, gpointer data);

gboolean quarry_s3_xml_parse (GBytes           *bytes,
                              QuarryS3XmlFunc   func,
                              gpointer          data,
                              GError          **error);

/* What an <Error> says; "" where it does not */
typedef struct
{
  char *code;          /* "NoSuchKey" */
  char *message;
  char *region;        /* where the bucket is, with AuthorizationHeaderMalformed */
  char *request_id;
} QuarryS3Trouble;

gboolean quarry_s3_trouble_parse (GBytes          *bytes,       /* TRUE: it is an <Error>; out is to be cleared in any case */
                                  QuarryS3Trouble *out);
void     quarry_s3_trouble_clear (QuarryS3Trouble *self);

/* One page of ListObjectsV2 */
typedef struct
{
  GPtrArray *objects;        /* QuarryStorageEntry: name is the whole key, uri NULL, version the ETag */
  gboolean   truncated;
  char      *next;           /* continuation token; nullable */
} QuarryS3Page;

gboolean quarry_s3_page_parse (GBytes        *bytes,
                               QuarryS3Page  *out,
                               GError       **error);
void     quarry_s3_page_clear (QuarryS3Page  *self);

/* One page of ListParts */
typedef struct { guint number; char *etag; gint64 size; } QuarryS3Part;

gboolean quarry_s3_parts_parse (GBytes        *bytes,
                                GArray        *parts,       /* QuarryS3Part, appended; its clear function frees etag */
                                gboolean      *out_truncated,
                                GError       **error);
char    *quarry_s3_upload_id_parse (GBytes      *bytes,     /* of InitiateMultipartUpload; nullable */
                                    GError     **error);
char    *quarry_s3_find_upload (GBytes       *bytes,        /* of ListMultipartUploads: the newest for @key; nullable */
                                const char   *key);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (QuarryS3Trouble, quarry_s3_trouble_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (QuarryS3Page, quarry_s3_page_clear)

G_END_DECLS
