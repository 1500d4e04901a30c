/* SPDX-License-Identifier: GPL-2.0 */
/* The helpers of the kernel as functions of a process, so that the headers in bpf/
 * compile unchanged. This folder stands before libbpf's on the include path.
 *
 * What declares a map there declares a structure here; its first member carries the
 * struct umap that stands for it (tools/slowpath/steps/umap.h).
 */
#pragma once

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_endian.h>

#include "tools/slowpath/steps/umap.h"

#define SEC(name)
#define __uint(name, val) int(*name)[val]
#define __type(name, val) typeof(val) *name
#define __array(name, val) typeof(val) *name[1]
#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#define __noinline static __attribute__((noinline, unused))

static inline struct umap *umap_of(const void *map)
{
	return *(struct umap *const *)map;
}

static inline void *bpf_map_lookup_elem(const void *map, const void *key)
{
	return umap_lookup(umap_of(map), key);
}

static inline long bpf_map_update_elem(const void *map, const void *key, const void *value,
				       __u64 flags)
{
	return umap_update(umap_of(map), key, value, flags);
}

static inline long bpf_map_delete_elem(const void *map, const void *key)
{
	return umap_delete(umap_of(map), key);
}

/* A thread that holds a lock may have lost its CPU to the one that waits. */
static inline void bpf_spin_lock(struct bpf_spin_lock *lock)
{
	while (__atomic_exchange_n(&lock->val, 1, __ATOMIC_ACQUIRE))
		sched_yield();
}

static inline void bpf_spin_unlock(struct bpf_spin_lock *lock)
{
	__atomic_store_n(&lock->val, 0, __ATOMIC_RELEASE);
}

static inline long bpf_for_each_map_elem(const void *map, void *each, void *arg, __u64 flags)
{
	return umap_for_each(umap_of(map), each, arg);
}

static inline __u64 bpf_ktime_get_ns(void)
{
	return umap_clock_now();
}

static inline __u64 bpf_ktime_get_coarse_ns(void)
{
	return umap_clock.coarse_ns;
}

static inline __u64 bpf_ktime_get_boot_ns(void)
{
	return umap_clock_boot();
}

/* Of 4 ms, whatever the kernel's are */
static inline __u64 bpf_jiffies64(void)
{
	return umap_clock.coarse_ns >> 22;
}

static inline __u32 bpf_get_smp_processor_id(void)
{
	return umap_cpu();
}

/* Nothing is written: the answer alone counts. */
static inline long bpf_perf_event_output(void *ctx, void *map, __u64 flags, void *data, __u64 size)
{
	return umap_output(umap_of(map), flags);
}

static inline long bpf_loop(__u32 n, void *callback, void *arg, __u64 flags)
{
	long (*each)(__u32 i, void *arg) = callback;
	__u32 i = 0;

	while (i < n && !each(i++, arg))
		;
	return i;
}

static inline long bpf_xdp_adjust_head(struct xdp_md *ctx, int delta)
{
	if (ctx->data + delta < ctx->data_hard_start || ctx->data + delta + 14 > ctx->data_end)
		return -EINVAL;
	ctx->data += delta;
	ctx->data_meta = ctx->data;
	return 0;
}

static inline long bpf_xdp_adjust_meta(struct xdp_md *ctx, int delta)
{
	if (ctx->data_meta + delta < ctx->data_hard_start || ctx->data_meta + delta > ctx->data)
		return -EINVAL;
	ctx->data_meta += delta;
	return 0;
}

static inline long bpf_xdp_load_bytes(struct xdp_md *ctx, __u32 off, void *to, __u32 len)
{
	if (ctx->data + off + len > ctx->data_end)
		return -EINVAL;
	memcpy(to, (void *)(ctx->data + off), len);
	return 0;
}

static inline __u64 bpf_xdp_get_buff_len(struct xdp_md *ctx)
{
	return ctx->data_end - ctx->data;
}
