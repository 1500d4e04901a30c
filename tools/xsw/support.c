// SPDX-License-Identifier: GPL-2.0
/* xsw support: what a maintainer asks for, in one archive. It is what commands show, xsw's own and
 * those of iproute2 and bpftool where they are; frames are in none of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/base/version.h"
#include "tools/xsw/archive.h"
#include "tools/xsw/xsw.h"

#define ITEM_S 20	    /* no command may take longer */
#define ITEM_MAX (64 << 20) /* bytes of what it says */
#define ARGS 8

static const char help_text[] = "Usage: xsw support { FILE | - }\n";

/* A file of the archive, and the command that says what is in it. The program is xsw itself, a
 * program in a folder for commands of the system, or, with a slash, a file that is read.
 */
static const struct item {
	const char *name;
	const char *arg[ARGS];
	int limit_s; /* it goes on until it is ended so; 0: it ends */
} items[] = {
	{ "config.yaml", { "xsw", "config", "dump" }, 0 },
	{ "switch.json", { "xsw", "-j", "switch", "show" }, 0 },
	{ "port.json", { "xsw", "-j", "port", "show" }, 0 },
	{ "fdb.json", { "xsw", "-j", "fdb", "show" }, 0 },
	{ "stats.json", { "xsw", "-j", "-s", "-d", "stats", "show" }, 0 },
	{ "policer.json", { "xsw", "-j", "policer", "show" }, 0 },
	{ "storm.json", { "xsw", "-j", "storm", "show" }, 0 },
	{ "bind.json", { "xsw", "-j", "bind", "show" }, 0 },
	{ "punt.json", { "xsw", "-j", "punt", "show" }, 0 },
	{ "lldp.json", { "xsw", "-j", "lldp", "show" }, 0 },
	{ "check.txt", { "xsw", "check" }, 0 },
	{ "why.txt", { "xsw", "-d", "why" }, 0 },
	{ "events.txt", { "xsw", "-j", "monitor", "last", "512" }, 1 },
	{ "links.txt", { "ip", "-d", "-s", "link", "show" }, 0 },
	{ "qdiscs.txt", { "tc", "-s", "qdisc", "show" }, 0 },
	{ "attached.txt", { "bpftool", "net", "show" }, 0 },
	{ "progs.txt", { "bpftool", "prog", "show" }, 0 },
	{ "maps.txt", { "bpftool", "map", "show" }, 0 },
	{ "bpf_links.txt", { "bpftool", "link", "show" }, 0 },
	{ "features.txt", { "bpftool", "feature", "probe", "kernel" }, 0 },
	{ "os-release", { "/etc/os-release" }, 0 },
	{ "cpus.txt", { "/sys/devices/system/cpu/online" }, 0 },
	{ "sysctl_jit.txt", { "/proc/sys/net/core/bpf_jit_enable" }, 0 },
	{ "sysctl_unprivileged.txt", { "/proc/sys/kernel/unprivileged_bpf_disabled" }, 0 },
	{ "softnet.txt", { "/proc/net/softnet_stat" }, 0 },
	{ "dev.txt", { "/proc/net/dev" }, 0 },
};

#define ITEMS (sizeof(items) / sizeof(*items))

/* What a command said. */
struct said {
	char *text;
	size_t size;
};

/* The program that @name is: an absolute path, so that PATH decides nothing. */
static bool program_find(const char *name, char *path, size_t size)
{
	static const char *const folders[] = { "/usr/sbin", "/sbin", "/usr/bin", "/bin" };

	if (!strcmp(name, "xsw")) {
		snprintf(path, size, "/proc/self/exe");
		return true;
	}
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		snprintf(path, size, "%s/%s", folders[i], name);
		if (!access(path, X_OK))
			return true;
	}
	return false;
}

/* In the child: become the command. Options that say where to look are handed on. */
static void __attribute__((noreturn)) child_run(const struct item *item, const char *path, int out)
{
	const char *argv[ARGS + 5] = { item->arg[0] };
	int n = 1;

	if (!strcmp(item->arg[0], "xsw") && opt.bpffs) {
		argv[n++] = "--bpffs";
		argv[n++] = opt.bpffs;
	}
	if (!strcmp(item->arg[0], "xsw") && opt.all_netns)
		argv[n++] = "--all-netns";
	for (int i = 1; i < ARGS && item->arg[i]; i++)
		argv[n++] = item->arg[i];
	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	signal(SIGPIPE, SIG_DFL);
	alarm(item->limit_s ? item->limit_s : ITEM_S);
	execv(path, (char *const *)argv);
	_exit(127);
}

/* All that comes from @fd, up to a limit; the rest is read and left out. */
static void said_read(int fd, FILE *to)
{
	char bytes[65536];
	size_t size = 0;
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0 || (n < 0 && errno == EINTR)) {
		if (n < 0 || (size += n) > ITEM_MAX)
			continue;
		fwrite(bytes, 1, n, to);
	}
	if (size > ITEM_MAX)
		fprintf(to, "\n# cut here: %zu bytes\n", size);
}

static void command_run(const struct item *item, FILE *to)
{
	char path[64];
	int fds[2], status = 0;
	pid_t pid;

	if (!program_find(item->arg[0], path, sizeof(path))) {
		fprintf(to, "# no %s here\n", item->arg[0]);
		return;
	}
	if (pipe2(fds, O_CLOEXEC))
		return;
	fflush(NULL);
	pid = fork();
	if (!pid)
		child_run(item, path, fds[1]);
	close(fds[1]);
	said_read(fds[0], to);
	close(fds[0]);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		fprintf(to, "# cannot run %s: %s\n", path, strerror(errno));
	else if (WIFEXITED(status) && WEXITSTATUS(status))
		fprintf(to, "# exit status %d\n", WEXITSTATUS(status));
	else if (WIFSIGNALED(status) && !item->limit_s)
		fprintf(to, "# ended by signal %d\n", WTERMSIG(status));
}

static void file_read(const char *path, FILE *to)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		fprintf(to, "# %s: %s\n", path, strerror(errno));
		return;
	}
	said_read(fd, to);
	close(fd);
}

static int item_add(struct archive *a, const struct item *item)
{
	struct said said = {};
	FILE *to = open_memstream(&said.text, &said.size);
	int err = -ENOMEM;

	if (!to)
		return err;
	if (item->arg[0][0] == '/')
		file_read(item->arg[0], to);
	else
		command_run(item, to);
	if (!fclose(to))
		err = archive_add(a, item->name, said.text, said.size);
	free(said.text);
	return err;
}

/* What else is to be known, first: of which version all the rest is. */
static int version_add(struct archive *a)
{
	struct utsname u = {};
	char text[1024];

	uname(&u);
	snprintf(text, sizeof(text), "xsw %s\n%s %s %s\n", xsw_version, u.release, u.version,
		 u.machine);
	return archive_add(a, "version.txt", text, strlen(text));
}

static void told(const char *path)
{
	out_begin();
	out_object(NULL);
	out_string("file", "", path);
	out_text(": %zu files\n", ITEMS + 1);
	out_list("files");
	if (opt.json) {
		out_item(NULL, "version.txt");
		for (size_t i = 0; i < ITEMS; i++)
			out_item(NULL, items[i].name);
	}
	out_close();
	out_close();
	out_end(0);
}

static int archive_write(const char *path)
{
	struct archive *a;
	int err = archive_open(path, &a), closed;

	if (err)
		return err;
	err = version_add(a);
	for (size_t i = 0; i < ITEMS && !err; i++)
		err = item_add(a, &items[i]);
	closed = archive_close(a, !err);
	return err ? err : closed;
}

/* A reader that has seen enough ends this quietly, by SIGPIPE. */
static int run(struct words *w)
{
	const char *path = words_next(w);
	int err;

	if (!path)
		return usage("support", NULL, "FILE missing, or - for standard output");
	if (!*path)
		return usage("support", NULL, "FILE is empty");
	err = no_more(w, "support", path);
	if (err)
		return err;
	if (!strcmp(path, "-") && isatty(STDOUT_FILENO))
		return usage("support", path, "the archive is not for a terminal");
	if (!strcmp(path, "-"))
		opt.json = false; /* what is told would stand in the archive */
	err = archive_write(path);
	if (err)
		return failed(err);
	if (strcmp(path, "-"))
		told(path);
	return EXIT_DONE;
}

const struct object object_support = { "support", help_text, .run = run };
