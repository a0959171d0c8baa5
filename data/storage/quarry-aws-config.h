/* quarry-aws-config.h: ~/.aws/config and ~/.aws/credentials
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files as of "Configuration and credential file settings", AWS SDKs and Tools Reference. AWS_CONFIG_FILE and
 * AWS_SHARED_CREDENTIALS_FILE name others; AWS_PROFILE (else AWS_DEFAULT_PROFILE) chooses the profile. Read once; not changed afterwards, so any thread.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _QuarryAwsConfig QuarryAwsConfig;

QuarryAwsConfig *quarry_aws_config_new           (void);
void             quarry_aws_config_free          (QuarryAwsConfig       *self);
const char      *quarry_aws_config_get_profile   (const QuarryAwsConfig *self);        /* its name; "default" */
gboolean         quarry_aws_config_has_profile   (const QuarryAwsConfig *self);        /* in one of the files */
const char      *quarry_aws_config_get           (const QuarryAwsConfig *self,         /* of the profile: credentials before config; nullable */
                                                  const char            *key);         /* "region"; "s3.addressing_style" of an indented line */
const char      *quarry_aws_config_get_shared    (const QuarryAwsConfig *self,         /* of ~/.aws/credentials alone */
                                                  const char            *key);
char            *quarry_aws_config_dup_region    (const QuarryAwsConfig *self);        /* AWS_REGION, AWS_DEFAULT_REGION, the profile's; nullable */
char            *quarry_aws_config_dup_endpoint  (const QuarryAwsConfig *self,         /* AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, the profile's; nullable */
                                                  const char            *service);     /* "s3" */
GHashTable      *quarry_aws_config_parse         (const char            *text,         /* "SECTION\nKEY" → value; what is no line of such a file is passed over */
                                                  gboolean               is_config);   /* sections are "profile NAME" */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryAwsConfig, quarry_aws_config_free)

G_END_DECLS
