// SPDX-License-Identifier: GPL-2.0
/* MAC addresses as text, "02:00:00:00:00:01". */
#include "ctrl/base/mac.h"

#include <stdio.h>
#include <string.h>

bool mac_parse(const char *text, __u8 *mac)
{
	int used = 0;
	__u8 m[6];

	/* sscanf() alone would take blanks, signs and "0x" */
	if (!text || text[strspn(text, "0123456789abcdefABCDEF:")] ||
	    sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &m[0], &m[1], &m[2], &m[3], &m[4],
		   &m[5], &used) != 6 ||
	    text[used])
		return false;
	memcpy(mac, m, sizeof(m));
	return true;
}

const char *mac_text(const __u8 *m)
{
	static _Thread_local char text[sizeof("02:00:00:00:00:01")];

	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4],
		 m[5]);
	return text;
}
