// SPDX-License-Identifier: GPL-2.0
#include "ctrl/base/name_list.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* As the kernel sees it: net/core/dev.c, dev_valid_name() */
bool name_is_good(const char *name)
{
	size_t len = strnlen(name, XSW_NAME_LEN);

	if (!len || len == XSW_NAME_LEN || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	for (; *name; name++)
		if (*name == '/' || *name == ':' || isspace((unsigned char)*name))
			return false;
	return true;
}

/* The place of @name, or where it belongs. */
static __u32 place_of(const struct name_list *list, const char *name)
{
	__u32 low = 0, high = list->n;

	while (low < high) {
		__u32 middle = (low + high) / 2;

		if (strcmp(list->name[middle], name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool name_list_has(const struct name_list *list, const char *name)
{
	__u32 i = place_of(list, name);

	return i < list->n && !strcmp(list->name[i], name);
}

int name_list_add(struct name_list *list, const char *name)
{
	__u32 i;

	if (!name_is_good(name))
		return -EINVAL;
	if (name_list_has(list, name))
		return 0;
	if (list->n == NAME_LIST_MAX)
		return -E2BIG;
	i = place_of(list, name);
	memmove(list->name[i + 1], list->name[i], (list->n - i) * sizeof(list->name[0]));
	memset(list->name[i], 0, sizeof(list->name[i]));
	strcpy(list->name[i], name);
	list->n++;
	return 0;
}

int name_list_parse(const char *text, struct name_list *list)
{
	char name[XSW_NAME_LEN];
	int err = 0;

	memset(list, 0, sizeof(*list));
	for (;; text++) {
		size_t len = strcspn(text, ",");

		if (len >= sizeof(name))
			return -EINVAL;
		memcpy(name, text, len);
		name[len] = '\0';
		err = name_list_add(list, name);
		text += len;
		if (err || !*text)
			return err;
	}
}

void name_list_format(const struct name_list *list, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (__u32 i = 0; i < list->n && used < size; i++)
		used += snprintf(text + used, size - used, "%s%s", i ? "," : "", list->name[i]);
}
