/* SPDX-License-Identifier: GPL-2.0 */
/* Words of 8 bytes that several CPUs read and write, in programs and in processes. What changes a
 * word that others may change at the same time is a builtin that both compilers know
 * (__sync_fetch_and_add() and others), and keeps the order of all accesses.
 */
#pragma once

#include <linux/types.h>

/* Read a word once, and now. A program has no load that orders others; on CPUs that reorder loads the
 * address that depends on what was read orders them, and what is changed between.
 */
static inline __attribute__((always_inline)) __u64 word_read(const __u64 *word)
{
#ifdef __bpf__
	return *(const volatile __u64 *)word;
#else
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
#endif
}

/* Write a word of which nobody else is a writer at the moment. */
static inline __attribute__((always_inline)) void word_write(__u64 *word, __u64 value)
{
#ifdef __bpf__
	*(volatile __u64 *)word = value;
#else
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
#endif
}
