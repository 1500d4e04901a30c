// SPDX-License-Identifier: GPL-2.0
/* Programs of timer_memory.c: one takes timers until the kernel has no memory at hand for one
 * more, another starts a single timer as xsw_timer_start does.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MANY 20000
#define FAILURES 50 /* in a row: no memory comes back by itself */
#define MONOTONIC 1 /* CLOCK_MONOTONIC */

struct value {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MANY);
	__type(key, __u32);
	__type(value, struct value);
} many SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct value);
} one SEC(".maps");

__u32 failures;
__u32 tries; /* of start() */

static long take_one(__u32 i, void *ctx)
{
	struct value *v = bpf_map_lookup_elem(&many, &i);

	if (!v)
		return 1;
	failures = bpf_timer_init(&v->timer, &many, MONOTONIC) ? failures + 1 : 0;
	return failures > FAILURES;
}

SEC("tc")
int take_all(struct __sk_buff *skb)
{
	bpf_loop(MANY, take_one, NULL, 0);
	return 0;
}

static int expired(void *map, __u32 *key, struct value *v)
{
	return 0;
}

SEC("tc")
int start(struct __sk_buff *skb)
{
	__u32 zero = 0;
	struct value *v = bpf_map_lookup_elem(&one, &zero);

	if (!v)
		return 1;
	tries++;
	bpf_timer_init(&v->timer, &one, MONOTONIC);
	return bpf_timer_set_callback(&v->timer, expired) ? 2 : 0;
}

char _license[] SEC("license") = "GPL";
