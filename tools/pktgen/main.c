// SPDX-License-Identifier: GPL-2.0
/* xsw-pktgen: generates, receives and reflects frames at high rates; tells
 * rate, loss and latency. Sets up, waits for the end, reports, and takes away.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/error_keep.h"
#include "ctrl/base/signals.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/switch/switch.h"
#include "tools/pktgen/backend.h"
#include "tools/pktgen/pace.h"
#include "tools/pktgen/report.h"
#include "tools/pktgen/swport.h"
#include "tools/pktgen/threads.h"

#define LOOK_NS (NS_PER_S / 4) /* whether the device is still there */

static struct config conf;
static struct run run = { .conf = &conf };

static __u64 least(__u64 a, __u64 b)
{
	return a < b ? a : b;
}

/* Wait for the end of the run, and report meanwhile.
 * Return: 0, or -ENODEV with the error set: the device is gone.
 */
static int attend(int signals)
{
	struct pollfd fds[2] = { { .fd = signals, .events = POLLIN },
				 { .fd = run.done_fd, .events = POLLIN } };
	__u64 end = conf.time_s ? run.start_ns + (__u64)(conf.time_s * NS_PER_S) : ~0ULL;
	__u64 report = conf.quiet ? ~0ULL : run.start_ns + conf.report_ms * 1000000ULL;
	__u64 look = run.start_ns + LOOK_NS, now, next;
	int err = 0;

	for (;;) {
		now = monotonic_ns();
		next = least(least(end, report), look);
		if (poll(fds, 2, next > now ? (next - now) / 1000000 + 1 : 0) < 0 && errno != EINTR)
			return xsw_fail(errno, "run", NULL, "cannot wait: %s", strerror(errno));
		if (fds[1].revents)
			return err;
		now = monotonic_ns();
		if (fds[0].revents || now >= end) {
			run_stop(&run);
			fds[0].fd = -1;
			end = ~0ULL;
		}
		if (now >= report) {
			report_live(&run);
			report += conf.report_ms * 1000000ULL;
		}
		if (now >= look) {
			look = now + LOOK_NS;
			if (!err && dev_gone(&run.dev)) {
				err = dev_fail(&run.dev, ENODEV, "is gone");
				run_stop(&run);
			}
		}
	}
}

/* Files and frames: what can be wrong before a device is touched comes first. */
static int prepare(void)
{
	int err = 0;

	if (conf.pcap && conf.function == FUNCTION_RX)
		return recorder_open(&run.recorder, conf.pcap);
	if (conf.pcap) {
		err = replay_read(&run.replay, conf.pcap, LEN_MAX);
		if (!err && !conf.count_given && !conf.time_s)
			conf.count = run.replay.frames;
		for (__u64 i = 0; i < run.replay.frames; i++)
			if (run.replay.frame[i].len > conf.len)
				conf.len = run.replay.frame[i].len;
	}
	return err;
}

static int measure(int signals)
{
	int err, joined;

	if (!conf.quiet)
		report_begin(&run);
	err = threads_start(&run);
	if (err)
		return err;
	err = attend(signals);
	joined = threads_join(&run);
	if (!conf.quiet && isatty(STDERR_FILENO))
		fputc('\n', stderr);
	report_result(&run);
	return err ? dev_fail(&run.dev, err, "is gone") : joined;
}

static int with_device(int signals)
{
	int err = backend_open(&run.dev, &conf), left;
	struct xsw_error kept;

	if (err)
		return err;
	if (conf.switch_name[0])
		err = swport_add(&conf);
	kept = *xsw_error_last();
	if (err)
		goto out;
	if (run.dev.sends)
		err = frame_plan_make(&run.plan, &conf, run.dev.mac);
	if (!err)
		err = measure(signals);
	kept = *xsw_error_last();
	left = conf.switch_name[0] ? swport_del(&conf) : 0;
	if (!err && left) {
		err = left;
		kept = *xsw_error_last();
	}
out:
	backend_close(&run.dev);
	if (err)
		error_restore(&kept);
	return err;
}

static int failed(int status)
{
	report_error(&conf);
	return status;
}

int main(int argc, char **argv)
{
	int err = config_read(argc, argv, &conf), signals;

	if (err)
		return err < 0 ? EXIT_DONE : failed(EXIT_USAGE);
	/* wrong lengths are the user's, and told before anything is done */
	if (!conf.pcap && frame_plan_make(&run.plan, &conf, (const __u8[6]){}))
		return failed(EXIT_USAGE);
	if (conf.netns && netns_enter(conf.netns))
		return failed(EXIT_REFUSED);
	if (conf.bpffs && xsw_bpffs_set(conf.bpffs))
		return failed(EXIT_REFUSED);
	signal(SIGPIPE, SIG_IGN);
	signals = signals_open(); /* blocked in all threads; read here only */
	err = signals < 0 ? signals : 0;
	if (!err && conf.switch_name[0])
		err = swport_check(&conf);
	if (!err)
		err = prepare();
	if (err)
		return failed(EXIT_REFUSED);
	err = with_device(signals);
	if (run.recorder.dumper && recorder_close(&run.recorder, conf.pcap) && !err)
		err = -EIO;
	replay_free(&run.replay);
	seq_free(&run.seq);
	if (!err && (fflush(stdout) || ferror(stdout)))
		err = xsw_fail(EIO, "output", NULL, "cannot write to standard output");
	return err ? failed(EXIT_REFUSED) : EXIT_DONE;
}
