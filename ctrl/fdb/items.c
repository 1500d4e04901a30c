// SPDX-License-Identifier: GPL-2.0
#include "ctrl/fdb/items.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int fdb_items_room(struct fdb_items *items, __u32 more)
{
	__u32 room = items->n + items->n / 2 + more;
	struct fdb_item *item;

	if (items->n + more <= items->room)
		return 0;
	item = realloc(items->item, room * sizeof(*item));
	if (!item)
		return -ENOMEM;
	items->item = item;
	items->room = room;
	return 0;
}

void fdb_items_add(struct fdb_items *items, __u64 key, __u64 entry)
{
	struct fdb_item *item = &items->item[items->n++];

	memcpy(&item->key, &key, sizeof(key));
	memcpy(&item->entry, &entry, sizeof(entry));
}

static __u64 key_word(const struct fdb_item *item)
{
	__u64 word;

	memcpy(&word, &item->key, sizeof(word));
	return word;
}

/* Items of one address stay in the order in which they were read: in glibc qsort() sorts by merging
 * where there is memory, but promises nothing.
 */
static int item_compare(const void *a, const void *b)
{
	const struct fdb_item *const *x = a, *const *y = b;
	__u64 xk = key_word(*x), yk = key_word(*y);

	if (xk != yk)
		return xk < yk ? -1 : 1;
	return *x < *y ? -1 : 1;
}

void fdb_items_once(struct fdb_items *items)
{
	struct fdb_item **sorted = malloc((items->n + 1) * sizeof(*sorted));
	struct fdb_item *once = malloc((items->n + 1) * sizeof(*once));
	__u32 n = 0;

	if (!sorted || !once) {
		free(sorted);
		free(once);
		return;
	}
	for (__u32 i = 0; i < items->n; i++)
		sorted[i] = &items->item[i];
	qsort(sorted, items->n, sizeof(*sorted), item_compare);
	for (__u32 i = 0; i < items->n; i++)
		if (i + 1 == items->n || key_word(sorted[i]) != key_word(sorted[i + 1]))
			once[n++] = *sorted[i];
	free(sorted);
	free(items->item);
	*items = (struct fdb_items){ .item = once, .n = n, .room = items->n + 1 };
}

void fdb_items_free(struct fdb_items *items)
{
	free(items->item);
	memset(items, 0, sizeof(*items));
}
