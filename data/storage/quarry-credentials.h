/* quarry-credentials.h: AWS credentials, from where the AWS tools look for them
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * In this order: AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN); the profile in ~/.aws/credentials;
 * its credential_process; its keys in ~/.aws/config; a container's endpoint (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or
 * _FULL_URI); the instance metadata service, version 2 (unless AWS_EC2_METADATA_DISABLED is true). Roles (role_arn, web
 * identity) and SSO need another service and are not asked: the error says how credential_process does it.
 */

#pragma once

#include "quarry-aws-config.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define QUARRY_CREDENTIALS_ERROR (quarry_credentials_error_quark ())
typedef enum
{
  QUARRY_CREDENTIALS_ERROR_NONE,      /* nowhere any */
  QUARRY_CREDENTIALS_ERROR_FAILED,    /* there should be, but: the message says, without secrets */
} QuarryCredentialsError;
GQuark quarry_credentials_error_quark (void);

typedef struct
{
  gatomicrefcount references;
  char           *access_key;
  char           *secret_key;
  char           *session_token;   /* nullable */
  gint64          expires_s;       /* Unix time; 0: never */
  const char     *origin;          /* static: "the environment" */
} QuarryCredentials;

QuarryCredentials *quarry_credentials_ref   (QuarryCredentials     *self);
void               quarry_credentials_unref (QuarryCredentials     *self);
QuarryCredentials *quarry_credentials_parse (const char            *text,           /* JSON of a process, container or instance */
                                             gsize                  length,
                                             const char            *origin,         /* static; for messages, too */
                                             GError               **error);

/* Keeps what it found, and asks again before it expires. Any thread. */
typedef struct _QuarryCredentialsChain QuarryCredentialsChain;

QuarryCredentialsChain *quarry_credentials_chain_new   (const QuarryAwsConfig   *config);      /* which outlives it */
void                    quarry_credentials_chain_free  (QuarryCredentialsChain  *self);
QuarryCredentials      *quarry_credentials_chain_get   (QuarryCredentialsChain  *self,
                                                        const QuarryCredentials *refused,      /* nullable: the server says that these have expired */
                                                        GCancellable            *cancellable,
                                                        GError                 **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryCredentials, quarry_credentials_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryCredentialsChain, quarry_credentials_chain_free)

G_END_DECLS
