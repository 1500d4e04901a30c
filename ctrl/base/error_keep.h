/* SPDX-License-Identifier: GPL-2.0 */
/* Private to ctrl/. */
#pragma once

#include "ctrl/base/error.h"

/** error_restore() - the error recorded before a clean-up that may itself have failed */
void error_restore(const struct xsw_error *error);
