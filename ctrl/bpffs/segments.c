// SPDX-License-Identifier: GPL-2.0
#include "ctrl/bpffs/segments.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "maps/fdb.h"

static struct xsw_fdb_count *count_map(int count)
{
	void *page = mmap(NULL, sizeof(struct xsw_fdb_count), PROT_READ | PROT_WRITE, MAP_SHARED,
			  count, 0);

	return page == MAP_FAILED ? NULL : page;
}

static int segment_add(int fdb, __u32 i)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	int fd, err;

	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "xsw_fdb_segment", sizeof(__u32),
			    sizeof(struct xsw_fdb_bucket), XSW_FDB_SEGMENT, &opts);
	if (fd < 0)
		return -errno;
	err = bpf_map_update_elem(fdb, &i, &fd, BPF_ANY) ? -errno : 0;
	close(fd);
	return err;
}

/* Programs learn of the buckets when all are there. */
static int segments_add(int fdb, struct xsw_fdb_count *c, __u32 entries)
{
	__u32 have = c->buckets_max / XSW_FDB_SEGMENT, want = xsw_fdb_segments_for(entries);
	int err = 0;

	if (want > XSW_FDB_SEGMENTS)
		return -E2BIG;
	for (__u32 i = have; i < want && !err; i++)
		err = segment_add(fdb, i);
	if (!err && want > have)
		__atomic_store_n(&c->buckets_max, want * XSW_FDB_SEGMENT, __ATOMIC_SEQ_CST);
	return err;
}

static int count_begin(struct xsw_fdb_count *c)
{
	if (getrandom(c->secret, sizeof(c->secret), 0) != sizeof(c->secret))
		return -errno;
	c->secret[1] |= 1;
	c->secret[2] |= 1;
	c->shape = XSW_FDB_SHAPE_MIN;
	return 0;
}

static int segments_make(int fdb, int count, __u32 entries, bool begin)
{
	struct xsw_fdb_count *c = count_map(count);
	int err;

	if (!c)
		return -errno;
	err = begin ? count_begin(c) : 0;
	if (!err)
		err = segments_add(fdb, c, entries);
	munmap(c, sizeof(*c));
	return err;
}

int segments_begin(int fdb, int count, __u32 entries)
{
	return segments_make(fdb, count, entries, true);
}

int segments_grow(int fdb, int count, __u32 entries)
{
	return segments_make(fdb, count, entries, false);
}
