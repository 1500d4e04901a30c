/* SPDX-License-Identifier: GPL-2.0 */
/* Lists of names of devices, sorted and each once: equal lists are equal memory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "maps/limits.h"

#define NAME_LIST_MAX (XSW_MAX_PORTS - 1)

struct name_list {
	__u32 n;
	char name[NAME_LIST_MAX][XSW_NAME_LEN]; /* the rest is 0 */
};

/** name_is_good() - can a device be called so: 1 to 15 characters, no blank, no '/', not "." or ".."? */
bool name_is_good(const char *name);

/** name_list_add() - Return: 0, also if it is there; -EINVAL: no name of a device; -E2BIG: full */
int name_list_add(struct name_list *list, const char *name);

/** name_list_parse() - "p1,p2"; nothing may be empty. Return: 0, -EINVAL or -E2BIG, no error set. */
int name_list_parse(const char *text, struct name_list *list);

/** name_list_format() - the inverse, cut off at @size bytes */
void name_list_format(const struct name_list *list, char *text, size_t size);

/** name_list_has() - is the name in the list? */
bool name_list_has(const struct name_list *list, const char *name);
