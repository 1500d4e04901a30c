// SPDX-License-Identifier: GPL-2.0
#include "ctrl/base/version.h"

const char xsw_version[] = XSW_VERSION;
