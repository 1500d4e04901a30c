// SPDX-License-Identifier: GPL-2.0
#include "ctrl/kernel/holder.h"

#include <ctype.h>
#include <dirent.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool target_is(pid_t pid, const char *fd, const char *target)
{
	char path[64], text[PATH_MAX];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/fd/%.10s", pid, fd);
	n = readlink(path, text, sizeof(text) - 1);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return !fnmatch(target, text, 0);
}

/* Is there the line @line? And the number behind @key in another one, NULL: does not matter. */
static bool info_has(pid_t pid, const char *fd, const char *line, const char *key, long *number)
{
	char path[64], text[256];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.10s", pid, fd);
	f = fopen(path, "re");
	while (f && fgets(text, sizeof(text), f)) {
		text[strcspn(text, "\n")] = '\0';
		found |= !strcmp(text, line);
		if (key && !strncmp(text, key, strlen(key)))
			*number = strtol(text + strlen(key), NULL, 10);
	}
	if (f)
		fclose(f);
	return found;
}

static bool pid_holds(pid_t pid, const struct held *held, const char *key, long *number)
{
	struct dirent *d;
	char path[32];
	bool found = false;
	DIR *stream;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	stream = opendir(path);
	while (stream && !found && (d = readdir(stream)))
		found = target_is(pid, d->d_name, held->target) &&
			info_has(pid, d->d_name, held->line, key, number);
	if (stream)
		closedir(stream);
	return found;
}

static bool pid_holds_all(pid_t pid, const struct held *held, int n)
{
	for (int i = 0; i < n; i++)
		if (!pid_holds(pid, &held[i], NULL, NULL))
			return false;
	return true;
}

static void comm_read(struct holder *holder)
{
	char path[32];
	FILE *f;

	holder->comm[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/comm", holder->pid);
	f = fopen(path, "re");
	if (!f)
		return;
	if (fgets(holder->comm, sizeof(holder->comm), f))
		holder->comm[strcspn(holder->comm, "\n")] = '\0';
	fclose(f);
}

bool holder_find(const struct held *held, int n, struct holder *holder)
{
	DIR *stream = opendir("/proc");
	struct dirent *d;
	bool found = false;

	while (stream && !found && (d = readdir(stream))) {
		holder->pid = strtol(d->d_name, NULL, 10);
		found = isdigit((unsigned char)d->d_name[0]) && holder->pid != getpid() &&
			pid_holds_all(holder->pid, held, n);
	}
	if (stream)
		closedir(stream);
	if (found)
		comm_read(holder);
	return found;
}

long holder_number(pid_t pid, const struct held *held, const char *key)
{
	long number = -1;

	return pid_holds(pid, held, key, &number) ? number : -1;
}
