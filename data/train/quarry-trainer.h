/* quarry-trainer.h: from a dataset to a training run
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A trainer exports the dataset's splits, starts the training and watches it. Adding one: one file with a
 * QuarryTrainer, one line in the table in quarry-trainer.c.
 */

#pragma once

#include "quarry-exporter.h"

G_BEGIN_DECLS

#define QUARRY_TRAIN_ERROR (quarry_train_error_quark ())
typedef enum
{
  QUARRY_TRAIN_ERROR_FAILED,        /* the training cannot start, or ended badly */
  QUARRY_TRAIN_ERROR_PLACEHOLDER,   /* a placeholder that is not known, or whose split is not there */
} QuarryTrainError;
GQuark quarry_train_error_quark (void);

typedef struct
{
  char                 *name;          /* of the run */
  char                 *dataset_name;
  char                 *folder;        /* absolute; gets export/, output/ and log.txt */
  char                **command;       /* words; {export} {train} {val} {test} {output} become paths */
  const QuarryExporter *exporter;
  QuarryExportRequest   export;        /* its folder is set by quarry_train */
} QuarryTrainRequest;

void quarry_train_request_clear (QuarryTrainRequest *self);

typedef struct
{
  const char *id;            /* "local" */
  const char *name;
  const char *what;
  gboolean  (*train) (const QuarryTrainRequest *request,
                      char                    **command,      /* placeholders filled in */
                      QuarryOperation          *operation,
                      int                      *out_status,   /* exit status, −1 where there is none */
                      GError                  **error);
} QuarryTrainer;

const QuarryTrainer * const *quarry_trainer_list  (void);      /* NULL-ended */
const QuarryTrainer         *quarry_trainer_find  (const char               *id);
char                       **quarry_train_fill    (const QuarryTrainRequest *request,
                                                   GError                  **error);
gboolean                     quarry_train         (QuarryCatalog            *catalog,
                                                   const QuarryTrainer      *trainer,
                                                   QuarryTrainRequest       *request,
                                                   QuarryOperation          *operation,
                                                   GError                  **error);     /* blocking; kept as a run in the catalog */

G_END_DECLS
