/* SPDX-License-Identifier: GPL-2.0 */
/* Words of 8 bytes that several CPUs read and write, in programs and in processes. What changes a
 * word that others may change at the same time is a builtin that both compilers know
 * (__sync_fetch_and_add() and others), and keeps the order of all accesses.
 */
#pragma once

#include <linux/types.h>

/* Read a word once, and now. In a process later accesses come after it on every CPU. A program has no
 * such load (clang 14; the instruction is of 6.15), so what it reads next comes after only if the
 * address is computed from the word, as a slot's is from the keys, or with word_read_after().
 */
static inline __attribute__((always_inline)) __u64 word_read(const __u64 *word)
{
#ifdef __bpf__
	return *(const volatile __u64 *)word;
#else
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
#endif
}

/* Read a word after all the words were read from which @before was computed. Every CPU that Linux
 * runs on keeps the order of two loads if the address of the second depends on what the first
 * brought (Documentation/memory-barriers.txt, "address dependency"), and so it does if that adds 0:
 * neither clang nor a JIT sees through this.
 */
static inline __attribute__((always_inline)) __u64 word_read_after(const __u64 *word, __u64 before)
{
#ifdef __bpf__
	asm volatile("%0 &= 0" : "+r"(before));
	return *(const volatile __u64 *)((const char *)word + before);
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

/* The same after all that was written before, and before all that is written later. (An exchange,
 * because a program has no other store that orders others.)
 */
static inline __attribute__((always_inline)) void word_put(__u64 *word, __u64 value)
{
	__atomic_exchange_n(word, value, __ATOMIC_SEQ_CST);
}
