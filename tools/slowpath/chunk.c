// SPDX-License-Identifier: GPL-2.0
#include "tools/slowpath/chunk.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE (2UL << 20)
#define KEEP_MOST 512 /* a thread's */
#define KEEP_LEAST 8

__u8 *chunk_area;
size_t chunk_area_size;

static struct {
	void *map; /* the area is in it */
	size_t map_size;
	pthread_mutex_t lock;
	__u32 *list;
	__u32 n, all;
	__u32 keep;   /* threads do: all of them together a small part */
	__u16 *owner; /* of each chunk; 0: we */
} common = { .lock = PTHREAD_MUTEX_INITIALIZER };

static __thread __u32 mine[KEEP_MOST], n_mine;

/* Each socket has the kernel pin the whole area: in huge pages that takes a tenth of the
 * time, and frames fewer entries of the TLB. All of it is used, so nothing is wasted.
 */
static int area_begin(size_t size)
{
	common.map_size = size + HUGE_PAGE;
	common.map = mmap(NULL, common.map_size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (common.map == MAP_FAILED) {
		common.map = NULL;
		return -ENOMEM;
	}
	chunk_area = (void *)(((uintptr_t)common.map + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));
	chunk_area_size = size;
	madvise(chunk_area, size, MADV_HUGEPAGE);
	return 0;
}

int chunks_begin(__u32 n, __u32 threads)
{
	common.list = calloc(n, sizeof(*common.list));
	common.owner = calloc(n, sizeof(*common.owner));
	if (!common.list || !common.owner || area_begin((size_t)n * CHUNK))
		return -ENOMEM;
	common.all = n;
	common.keep = n / 8 / (threads + 1);
	if (common.keep > KEEP_MOST)
		common.keep = KEEP_MOST;
	if (common.keep < KEEP_LEAST)
		common.keep = KEEP_LEAST;
	for (__u32 i = 0; i < n; i++)
		common.list[common.n++] = n - 1 - i;
	return 0;
}

void chunks_end(void)
{
	if (common.map)
		munmap(common.map, common.map_size);
	free(common.list);
	free(common.owner);
	chunk_area = NULL;
	common.map = NULL;
	common.list = NULL;
	common.n = n_mine = 0;
}

static void take(__u32 n)
{
	pthread_mutex_lock(&common.lock);
	if (n > common.n)
		n = common.n;
	common.n -= n;
	memcpy(mine + n_mine, common.list + common.n, n * sizeof(*mine));
	pthread_mutex_unlock(&common.lock);
	n_mine += n;
}

static void give(__u32 n)
{
	n_mine -= n;
	pthread_mutex_lock(&common.lock);
	memcpy(common.list + common.n, mine + n_mine, n * sizeof(*mine));
	common.n += n;
	pthread_mutex_unlock(&common.lock);
}

__u32 chunks_get(__u64 *at, __u32 n)
{
	__u32 got = 0;

	while (got < n) {
		if (!n_mine)
			take(common.keep / 2);
		if (!n_mine)
			break;
		at[got++] = (__u64)mine[--n_mine] * CHUNK;
	}
	return got;
}

void chunk_put(__u64 at)
{
	if (n_mine == common.keep)
		give(common.keep / 2);
	mine[n_mine++] = at / CHUNK;
}

void chunk_lend(__u64 at, __u16 owner)
{
	common.owner[at / CHUNK] = owner;
}

void chunks_call_back(__u16 owner)
{
	for (__u32 i = 0; i < common.all; i++)
		if (common.owner[i] == owner) {
			common.owner[i] = 0;
			chunk_put((__u64)i * CHUNK);
		}
}

void chunks_leave(void)
{
	give(n_mine);
}

__u32 chunks_missing(void)
{
	return common.all - common.n - n_mine;
}

bool chunks_low(void)
{
	return __atomic_load_n(&common.n, __ATOMIC_RELAXED) < common.all / 8;
}
