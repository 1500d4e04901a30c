/* SPDX-License-Identifier: GPL-2.0 */
/* What the steps leave to whoever runs them, as programs of the kernel do it: they look at devices
 * (able_look.h), write the FDB and charge policers themselves. Its counterpart for a process is
 * tools/slowpath/steps/in_process.h: what is compiled includes one of the two.
 */
#pragma once

#include "bpf/able_look.h"
#include "bpf/learn.h"
#include "bpf/learn_write.h"
#include "bpf/police.h"
#include "bpf/tell_nothing.h"

static __always_inline int learn_write(const struct pkt *pkt, const struct fdb_seen *src)
{
	return learn_write_here(pkt, src);
}

static __always_inline int police_of(__u32 port, __u32 kind, __u32 of, __u32 value,
				     const struct charge *c)
{
	return police_of_here(port, kind, of, value, c);
}
