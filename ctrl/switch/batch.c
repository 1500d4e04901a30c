// SPDX-License-Identifier: GPL-2.0
#include "ctrl/switch/batch.h"

#include "ctrl/base/clock.h"
#include "ctrl/base/signals.h"
#include "ctrl/bpffs/kept.h"
#include "ctrl/port/port.h"
#include "ctrl/switch/lock.h"

static bool batch;
static double since_s; /* when the lock was taken, or what was put off was done last */

void xsw_batch_begin(void)
{
	batch = true;
	kept_room();
	xsw_lock_until(&signals_number);
	since_s = monotonic_s();
}

/* Close the switches that are kept open, after what was put off in them. */
static int let_go(void)
{
	int err = xsw_ports_settle();

	switches_close_kept();
	kept_end();
	return err;
}

int xsw_batch_pause(void)
{
	int err = let_go();

	xsw_lock_release();
	return err;
}

/* The lines so far have had their time. */
static int turn_end(void)
{
	since_s = monotonic_s();
	return xsw_lock_is_wanted() ? xsw_batch_pause() : xsw_ports_settle();
}

int xsw_batch_line(enum xsw_batch_line kind)
{
	int err = 0;

	if (!batch)
		return 0;
	if (monotonic_s() - since_s > XSW_BATCH_HOLD_MS / 1e3)
		err = turn_end();
	if (!err && kind == XSW_LINE_WAITS)
		err = xsw_batch_pause();
	else if (!err && (kind == XSW_LINE_OTHER || kept_is_full()))
		err = let_go();
	else if (!err && kind == XSW_LINE_KEEPS)
		err = xsw_ports_write_late();
	if (kind == XSW_LINE_KEEPS || kind == XSW_LINE_SETS)
		kept_begin();
	return err;
}

bool xsw_batch_first(const struct xsw_switch_handle *sw, unsigned int port)
{
	bool first = !sw->kept || !sw->kept->told[port];

	if (sw->kept)
		sw->kept->told[port] = true;
	return first;
}
