/* SPDX-License-Identifier: GPL-2.0 */
/* An array that grows, of things of one kind. Private to ctrl/config/. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct cfg_list {
	void *item;
	size_t n;
	size_t size; /* of an item */
};

/** cfg_grow() - one more zeroed element of @size. Return: it, or NULL with the error set. */
void *cfg_grow(void **array, size_t *n, size_t size);

/** cfg_list_add() - one more zeroed item of @size. Return: it, or NULL with the error set. */
void *cfg_list_add(struct cfg_list *list, size_t size);

/** cfg_list_at() - item @i of @list->n */
void *cfg_list_at(const struct cfg_list *list, size_t i);

/** cfg_list_find() - the first item for which @same(item, @like); or NULL */
void *cfg_list_find(const struct cfg_list *list, bool (*same)(const void *a, const void *b),
		    const void *like);
