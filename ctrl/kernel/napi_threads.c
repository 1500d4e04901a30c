// SPDX-License-Identifier: GPL-2.0
/* NAPI of a device: threads or softirqs (sysfs), and where threads run. */
#include "ctrl/kernel/napi_threads.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/kernel/netdev.h"
#include "ctrl/kernel/sysfs.h"

/* ---- threads or softirqs */

int napi_threaded_get(const char *ifname)
{
	long value;
	int err = sys_net_get(ifname, "threaded", &value);

	return err ? err : !!value;
}

int napi_threaded_set(const char *ifname, bool on)
{
	return sys_net_set(ifname, "threaded", on);
}

/* ---- where threads run */

/* Is @pid the thread "napi/NAME-NUMBER"? @ifname NULL: of any device */
static bool is_thread(pid_t pid, const char *ifname)
{
	char path[32], comm[64] = "";
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (!fgets(comm, sizeof(comm), f))
		comm[0] = '\0';
	fclose(f);
	if (strncmp(comm, "napi/", 5))
		return false;
	len = ifname ? strlen(ifname) : 0;
	return !ifname || (!strncmp(comm + 5, ifname, len) && comm[5 + len] == '-' &&
			   isdigit((unsigned char)comm[6 + len]));
}

static int threads_by_name(const char *ifname, pid_t *pids)
{
	DIR *proc = opendir("/proc");
	struct dirent *e;
	int n = 0;

	while (proc && n < NAPI_MAX && (e = readdir(proc)))
		if (isdigit((unsigned char)e->d_name[0]) && is_thread(atoi(e->d_name), ifname))
			pids[n++] = atoi(e->d_name);
	if (proc)
		closedir(proc);
	return n;
}

static int threads_find(__u32 ifindex, const char *ifname, pid_t *pids)
{
	pid_t list[NAPI_MAX];
	int all = netdev_napi_list(ifindex, list), n = 0;

	if (all < 0)
		return threads_by_name(ifname, pids);
	for (int i = 0; i < all; i++)
		if (list[i] && is_thread(list[i], NULL))
			pids[n++] = list[i];
	return n;
}

int napi_cpus_set(__u32 ifindex, const char *ifname, const struct vlan_set *cpus)
{
	bool any = vlan_set_empty(cpus);
	pid_t pids[NAPI_MAX];
	int n = threads_find(ifindex, ifname, pids), err = n ? 0 : -ESRCH;
	cpu_set_t set;

	CPU_ZERO(&set);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (any || vlan_set_has(cpus, cpu))
			CPU_SET(cpu, &set);
	for (int i = 0; i < n && !err; i++)
		err = sched_setaffinity(pids[i], sizeof(set), &set) ? -errno : 0;
	return err;
}

bool napi_cpus_get(__u32 ifindex, const char *ifname, struct vlan_set *cpus)
{
	cpu_set_t set, all;
	pid_t pids[NAPI_MAX];
	int n = threads_find(ifindex, ifname, pids);

	memset(cpus, 0, sizeof(*cpus));
	CPU_ZERO(&all);
	for (int i = 0; i < n; i++)
		if (!sched_getaffinity(pids[i], sizeof(set), &set))
			CPU_OR(&all, &all, &set);
	if (CPU_COUNT(&all) >= sysconf(_SC_NPROCESSORS_ONLN))
		return n;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &all))
			vlan_set_add(cpus, cpu);
	return n;
}
