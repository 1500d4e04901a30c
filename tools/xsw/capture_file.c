// SPDX-License-Identifier: GPL-2.0
/* The files of `xsw capture`: one, or one after the other as large or as old as they are to become.
 * Each is a file of its own, whose interfaces have the same numbers in all.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/error.h"
#include "ctrl/base/pcapng.h"
#include "ctrl/base/version.h"
#include "tools/xsw/capture.h"

#define PATH_SIZE 4096
#define FILE_BUFFER (1 << 20)

static struct {
	const struct capture_words *words;
	struct pcapng to;
	char path[PATH_SIZE];
	__u32 files; /* begun */
	__u64 began_ns;
	struct capture_interface *interface;
	__u32 interfaces;
} out;

static int write_fail(int err)
{
	return err == EPIPE ? -EPIPE :
			      xsw_fail(err, "file", out.path, "cannot write: %s", strerror(err));
}

static bool to_stdout(void)
{
	return !strcmp(out.words->path, "-");
}

/* ---- names ---- */

static int digits(__u32 n)
{
	return n < 10 ? 1 : 1 + digits(n / 10);
}

/* The name as it was given, with what strftime(3) replaces if files are to have an age.
 * Return: does it differ from that of the file before?
 */
static bool name_make(char *name, size_t size)
{
	static char before[PATH_SIZE];
	time_t now = time(NULL);
	struct tm tm;
	bool differs;

	localtime_r(&now, &tm);
	if (!out.words->set.rotate_time || !strftime(name, size, out.words->path, &tm))
		snprintf(name, size, "%s", out.words->path);
	differs = strcmp(name, before);
	memcpy(before, name, size);
	return differs;
}

/* As tcpdump(8) does: FILE, FILE1, FILE2 ...; where files are to be overwritten by later ones, FILE0
 * to the last, with zeros in front.
 */
static void path_make(void)
{
	__u32 files = out.words->set.rotate_files;
	char name[PATH_SIZE - 16], number[16] = "";
	bool differs = name_make(name, sizeof(name));

	if (files)
		snprintf(number, sizeof(number), "%0*u", digits(files - 1) & 7, out.files % files);
	else if (!differs)
		snprintf(number, sizeof(number), "%u", out.files);
	snprintf(out.path, sizeof(out.path), "%s%s", name, number);
}

/* ---- a file ---- */

static void interface_put(const struct capture_interface *i)
{
	char description[64];
	struct pcapng_interface put = {
		.name = i->ifname,
		.description = description,
		.filter = out.words->filter,
		.snaplen = out.words->set.snaplen,
	};

	snprintf(description, sizeof(description), "port of switch %s", i->switch_name);
	pcapng_interface(&out.to, &put);
}

static int file_begin(void)
{
	char us[64];
	FILE *file;

	if (strlen(out.words->path) >= PATH_SIZE - 16)
		return xsw_fail(ENAMETOOLONG, "file", out.words->path, "name too long");
	path_make();
	file = to_stdout() ? fdopen(dup(STDOUT_FILENO), "w") : fopen(out.path, "we");
	if (!file)
		return xsw_fail(errno, "file", out.path, "cannot open: %s", strerror(errno));
	setvbuf(file, NULL, _IOFBF, FILE_BUFFER);
	snprintf(us, sizeof(us), "xsw %s", xsw_version);
	pcapng_begin(&out.to, file, us);
	for (__u32 i = 0; i < out.interfaces; i++)
		interface_put(&out.interface[i]);
	out.files++;
	out.began_ns = monotonic_ns();
	return capture_file_flush();
}

static int file_end(void)
{
	__u64 now = clock_ns(CLOCK_REALTIME);
	int err;

	if (!out.to.file)
		return 0;
	for (__u32 i = 0; i < out.interfaces; i++)
		pcapng_statistics(&out.to, i, now, out.interface[i].frames + out.interface[i].lost,
				  out.interface[i].lost);
	err = pcapng_flush(&out.to);
	if (fclose(out.to.file) && !err)
		err = -errno;
	out.to.file = NULL;
	return err ? write_fail(-err) : 0;
}

int capture_file_open(const struct capture_words *words)
{
	memset(&out, 0, sizeof(out));
	out.words = words;
	return file_begin();
}

int capture_file_interface(const struct capture_interface *interface)
{
	struct capture_interface *more =
		realloc(out.interface, (out.interfaces + 1) * sizeof(*more));

	if (!more)
		return xsw_fail(ENOMEM, NULL, NULL, "out of memory");
	out.interface = more;
	more[out.interfaces] = *interface;
	interface_put(interface);
	return out.interfaces++;
}

static bool is_full(void)
{
	const struct capture_settings *set = &out.words->set;

	return (set->rotate_size && out.to.bytes >= set->rotate_size) ||
	       (set->rotate_time && monotonic_ns() - out.began_ns >= set->rotate_time * NS_PER_S);
}

int capture_file_frame(const struct capture_frame *f)
{
	const struct xsw_capture_meta *m = f->meta;
	char comment[128];
	struct pcapng_packet packet = {
		.interface = f->interface,
		.time_ns = f->time_ns,
		.len = f->len,
		.caught = f->caught,
		.data = f->data,
		.direction = XSW_CAPTURE_INBOUND >> m->kind & 1 ? PCAPNG_INBOUND : PCAPNG_OUTBOUND,
		.has_queue = m->queue != XSW_CAPTURE_ANY,
		.queue = m->queue,
		.comment = comment,
	};
	int err = 0;

	if ((out.words->set.rotate_size || out.words->set.rotate_time) && is_full())
		err = file_end() ?: file_begin();
	if (err)
		return err;
	capture_comment(m, comment, sizeof(comment));
	pcapng_packet(&out.to, &packet);
	out.interface[f->interface].frames++;
	return out.to.error ? write_fail(out.to.error) : 0;
}

void capture_file_lost(__u32 interface, __u64 lost)
{
	out.interface[interface].lost = lost;
}

int capture_file_flush(void)
{
	int err = pcapng_flush(&out.to);

	return err ? write_fail(-err) : 0;
}

int capture_file_close(void)
{
	int err = out.words ? file_end() : 0;

	free(out.interface);
	memset(&out, 0, sizeof(out));
	return err;
}
