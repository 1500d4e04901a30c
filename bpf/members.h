/* SPDX-License-Identifier: GPL-2.0 */
/* Visit the ports that may be members of a VLAN, and no others: see maps/members.h. Used by all
 * that sends copies of a frame. The callback of a bpf_loop() of MEMBERS_STEPS rounds, with a
 * struct members_walk that is zero to begin with, calls members_word() where the word has no bit
 * left, and ends the loop if there is no other; else it takes one port by members_take(). A round
 * does one of the two, so that the verifier follows the callback's other work once.
 */
#pragma once

#include "bpf/tables.h"

struct members_walk {
	__u64 bits; /* of the current word, not yet visited */
	__u32 word; /* the one after it */
};

/* So many rounds visit all members of any VLAN. */
#define MEMBERS_STEPS (XSW_MAX_PORTS + XSW_MEMBER_WORDS + 1)

/* Which bit of @bit, a power of two, is set? (BPF has no instruction for it. The top six bits of
 * the product differ for each power of two: Leiserson, Prokop and Randall, "Using de Bruijn
 * sequences to index a 1 in a computer word", 1998.)
 */
static __always_inline __u32 bit_number(__u64 bit)
{
	static const __u8 number[64] = {
		0,  1,	2,  53, 3,  7,	54, 27, 4,  38, 41, 8,	34, 55, 48, 28,
		62, 5,	39, 46, 44, 42, 22, 9,	24, 35, 59, 56, 49, 18, 29, 11,
		63, 52, 6,  26, 37, 40, 33, 47, 61, 45, 43, 21, 23, 58, 17, 10,
		51, 25, 36, 32, 60, 20, 57, 16, 50, 31, 19, 15, 30, 14, 13, 12,
	};

	return number[bit * 0x022fdd63cc95386dULL >> 58];
}

/* Begin with the next word. Return: is there one? */
static __always_inline bool members_word(struct members_walk *w, __u32 vlan)
{
	const struct xsw_switch *sw = switch_get();
	const struct xsw_members *m;
	__u32 word = w->word;

	if (!sw || word * 64 >= sw->port_end)
		return false;
	m = bpf_map_lookup_elem(&xsw_members, &word);
	if (!m)
		return false;
	w->bits = *(const volatile __u64 *)&m->vlan[vlan & (XSW_MEMBER_VLANS - 1)];
	w->word = word + 1;
	return true;
}

/* The next port of the word, which has one. */
static __always_inline __u32 members_take(struct members_walk *w)
{
	__u64 bits = w->bits;

	w->bits = bits & (bits - 1);
	return (w->word - 1) * 64 + bit_number(bits & -bits);
}
