// SPDX-License-Identifier: GPL-2.0
/* VLAN lists: "10,20,100-199" <-> bitmap of 4096 bits. */
#include "ctrl/base/vlan_set.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"

/* Read a VID and step over it. Return: the VID, or -EINVAL with the error set. */
static int vid_parse(const char **text)
{
	const char *start = *text;
	unsigned long vid;
	char *end;

	if (!isdigit((unsigned char)*start))
		return xsw_fail(EINVAL, "vlan list", NULL, "expected a VLAN ID at '%s'", start);
	errno = 0;
	vid = strtoul(start, &end, 10);
	if (errno || vid > XSW_VID_MAX)
		return xsw_fail(EINVAL, "vlan list", NULL, "'%.*s' is not a VLAN ID (0 to %d)",
				(int)(end - start), start, XSW_VID_MAX);
	*text = end;
	return vid;
}

int vlan_set_parse(const char *text, struct vlan_set *set)
{
	const char *s = text;

	memset(set, 0, sizeof(*set));
	while (*s) {
		int first = vid_parse(&s), last = first;

		if (first < 0)
			return first;
		if (*s == '-') {
			s++;
			last = vid_parse(&s);
			if (last < 0)
				return last;
		}
		if (last < first)
			return xsw_fail(EINVAL, "vlan list", NULL, "the range %d-%d runs downwards",
					first, last);
		for (int vid = first; vid <= last; vid++)
			vlan_set_add(set, vid);
		if (*s == ',' && s[1])
			s++;
		else if (*s)
			return xsw_fail(EINVAL, "vlan list", NULL, "unexpected '%s' in '%s'", s,
					text);
	}
	return 0;
}

void vlan_set_format(const struct vlan_set *set, char *text, size_t size)
{
	size_t used = 0;

	if (!size)
		return;
	text[0] = '\0';
	for (unsigned int vid = 0; vid <= XSW_VID_MAX; vid++) {
		unsigned int last = vid;
		char item[16];
		int n;

		if (!vlan_set_has(set, vid))
			continue;
		while (last < XSW_VID_MAX && vlan_set_has(set, last + 1))
			last++;
		if (last > vid)
			n = snprintf(item, sizeof(item), "%s%u-%u", used ? "," : "", vid, last);
		else
			n = snprintf(item, sizeof(item), "%s%u", used ? "," : "", vid);
		if (used + n >= size)
			return;
		memcpy(text + used, item, n + 1);
		used += n;
		vid = last;
	}
}

bool vlan_set_empty(const struct vlan_set *set)
{
	for (int i = 0; i < XSW_VLAN_WORDS; i++)
		if (set->bits[i])
			return false;
	return true;
}
