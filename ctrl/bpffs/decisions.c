// SPDX-License-Identifier: GPL-2.0
#include "ctrl/bpffs/decisions.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

struct xsw_fdb_count *fdb_count_map(const struct xsw_switch_handle *sw)
{
	void *page = mmap(NULL, sizeof(struct xsw_fdb_count), PROT_READ | PROT_WRITE, MAP_SHARED,
			  sw->map.fdb_count, 0);

	return page == MAP_FAILED ? NULL : page;
}

void fdb_count_unmap(struct xsw_fdb_count *count)
{
	munmap(count, sizeof(*count));
}

int fdb_count_add(const struct xsw_switch_handle *sw, __s64 n, __s64 *before)
{
	struct xsw_fdb_count *count = fdb_count_map(sw);
	__s64 was;

	if (!count)
		return -errno;
	was = __atomic_fetch_add(&count->learned, n, __ATOMIC_SEQ_CST);
	if (before)
		*before = was;
	fdb_count_unmap(count);
	return 0;
}

int decisions_void(const struct xsw_switch_handle *sw)
{
	struct xsw_fdb_count *count = fdb_count_map(sw);

	if (!count)
		return -errno;
	__atomic_fetch_add(&count->generation, 1, __ATOMIC_SEQ_CST);
	fdb_count_unmap(count);
	return 0;
}
