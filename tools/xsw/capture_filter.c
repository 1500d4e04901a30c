// SPDX-License-Identifier: GPL-2.0
/* Filters of pcap-filter(7), compiled and run by libpcap. It is loaded when somebody asks for a filter:
 * what it needs itself would cost every other command of xsw two milliseconds.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pcap/pcap.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "tools/xsw/capture.h"

#define NO_NETMASK PCAP_NETMASK_UNKNOWN

static struct {
	void *lib;
	pcap_t *pcap;
	struct bpf_program program;
	bool compiled;
	pcap_t *(*open_dead)(int linktype, int snaplen);
	int (*compile)(pcap_t *p, struct bpf_program *program, const char *expression, int optimize,
		       bpf_u_int32 netmask);
	char *(*geterr)(pcap_t *p);
	void (*close)(pcap_t *p);
	void (*freecode)(struct bpf_program *program);
	int (*offline_filter)(const struct bpf_program *program, const struct pcap_pkthdr *h,
			      const u_char *data);
} filter;

/* By the names of Debian's and of others' packages */
static void *lib_open(void)
{
	void *lib = dlopen("libpcap.so.0.8", RTLD_NOW | RTLD_LOCAL);

	return lib ? lib : dlopen("libpcap.so.1", RTLD_NOW | RTLD_LOCAL);
}

static bool lib_load(void)
{
	filter.lib = lib_open();
	if (!filter.lib)
		return false;
	filter.open_dead = dlsym(filter.lib, "pcap_open_dead");
	filter.compile = dlsym(filter.lib, "pcap_compile");
	filter.geterr = dlsym(filter.lib, "pcap_geterr");
	filter.close = dlsym(filter.lib, "pcap_close");
	filter.freecode = dlsym(filter.lib, "pcap_freecode");
	filter.offline_filter = dlsym(filter.lib, "pcap_offline_filter");
	return filter.open_dead && filter.compile && filter.geterr && filter.close &&
	       filter.freecode && filter.offline_filter;
}

int capture_filter_open(const char *expression, __u32 snaplen)
{
	if (!lib_load()) {
		xsw_fail(ENOTSUP, "filter", expression, "cannot load libpcap");
		xsw_remedy("install libpcap0.8");
		return -ENOTSUP;
	}
	filter.pcap = filter.open_dead(DLT_EN10MB, snaplen);
	if (!filter.pcap)
		return xsw_fail(ENOMEM, NULL, NULL, "out of memory");
	if (filter.compile(filter.pcap, &filter.program, expression, 1, NO_NETMASK))
		return xsw_fail(EINVAL, "filter", expression, "%s", filter.geterr(filter.pcap));
	filter.compiled = true;
	return 0;
}

bool capture_filter_takes(const struct capture_frame *f)
{
	const struct pcap_pkthdr head = { .caplen = f->caught, .len = f->len };

	return !filter.compiled || filter.offline_filter(&filter.program, &head, f->data);
}

void capture_filter_close(void)
{
	if (filter.compiled)
		filter.freecode(&filter.program);
	if (filter.pcap)
		filter.close(filter.pcap);
	if (filter.lib)
		dlclose(filter.lib);
	memset(&filter, 0, sizeof(filter));
}
