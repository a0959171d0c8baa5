/* quarry-label-studio.h: the backend for Label Studio servers
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-vendor.h"

G_BEGIN_DECLS

#define QUARRY_TYPE_LABEL_STUDIO (quarry_label_studio_get_type ())
G_DECLARE_FINAL_TYPE (QuarryLabelStudio, quarry_label_studio, QUARRY, LABEL_STUDIO, GObject)

G_END_DECLS
