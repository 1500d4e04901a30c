// SPDX-License-Identifier: GPL-2.0
/* An array that grows, of things of one kind. */
#include "ctrl/config/list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"

void *cfg_grow(void **array, size_t *n, size_t size)
{
	char *p = realloc(*array, (*n + 1) * size);

	if (!p) {
		xsw_fail(ENOMEM, NULL, NULL, "out of memory");
		return NULL;
	}
	*array = p;
	memset(p + *n * size, 0, size);
	return p + (*n)++ * size;
}

void *cfg_list_add(struct cfg_list *list, size_t size)
{
	list->size = size;
	return cfg_grow(&list->item, &list->n, size);
}

void *cfg_list_at(const struct cfg_list *list, size_t i)
{
	return (char *)list->item + i * list->size;
}

void *cfg_list_find(const struct cfg_list *list, bool (*same)(const void *a, const void *b),
		    const void *like)
{
	for (size_t i = 0; i < list->n; i++)
		if (same(cfg_list_at(list, i), like))
			return cfg_list_at(list, i);
	return NULL;
}
