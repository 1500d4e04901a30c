// SPDX-License-Identifier: GPL-2.0
/* Device features by name: the bit numbers differ between kernels, so the names are read first
 * (once; they are the same for all devices). By ioctl: generic netlink has neither drivers nor the
 * figures of `ethtool -S`, and takes seven times as long for features.
 */
#include "ctrl/kernel/ethtool.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctrl/kernel/link.h"

#define FEATURE_BITS_MAX 256
#define STATS_MAX 16384
#define FEATURE_BLOCKS (FEATURE_BITS_MAX / 32)

static const struct {
	const char *name;
	__u32 bit;
} feature_names[] = {
	{ "rx-vlan-hw-parse", LINK_FEAT_RXVLAN },
	{ "tx-vlan-hw-insert", LINK_FEAT_TXVLAN },
	{ "rx-lro", LINK_FEAT_LRO },
	{ "rx-gro-hw", LINK_FEAT_GRO_HW },
	{ "rx-gro", LINK_FEAT_GRO },
	{ "tx-tcp-segmentation", LINK_FEAT_TSO },
	{ "tx-checksum-ipv4", LINK_FEAT_TXCSUM },
	{ "tx-checksum-ipv6", LINK_FEAT_TXCSUM },
	{ "tx-checksum-ip-generic", LINK_FEAT_TXCSUM },
	{ "tx-vlan-stag-hw-insert", LINK_FEAT_TXVLAN_STAG },
	{ "rx-vlan-stag-hw-parse", LINK_FEAT_RXVLAN_STAG },
};

/* Kernel feature number -> LINK_FEAT_*, 0 for those we do not care about. */
static __u32 feature_of[FEATURE_BITS_MAX];
static unsigned int feature_count;

static int ethtool_ioctl(const char *ifname, void *data)
{
	struct ifreq ifr = { .ifr_data = data };
	int fd, err = 0;

	strncpy(ifr.ifr_name, ifname, IFNAMSIZ - 1);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, SIOCETHTOOL, &ifr) < 0)
		err = -errno;
	close(fd);
	return err;
}

void ethtool_driver(const char *ifname, char *driver, size_t size)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };

	driver[0] = '\0';
	if (!ethtool_ioctl(ifname, &info))
		strncat(driver, info.driver, size - 1);
}

/* The names of string set @which, not more than @max; freed by the caller. */
static int strings_read(const char *ifname, __u32 which, __u32 max, struct ethtool_gstrings **names)
{
	struct {
		struct ethtool_sset_info head;
		__u32 count;
	} set = { .head = { .cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << which } };
	int err = ethtool_ioctl(ifname, &set);

	if (err)
		return err;
	if (!set.head.sset_mask || !set.count || set.count > max)
		return -EOPNOTSUPP;
	*names = calloc(1, sizeof(**names) + set.count * ETH_GSTRING_LEN);
	if (!*names)
		return -ENOMEM;
	(*names)->cmd = ETHTOOL_GSTRINGS;
	(*names)->string_set = which;
	(*names)->len = set.count;
	err = ethtool_ioctl(ifname, *names);
	if (!err && (*names)->len > set.count)
		err = -EAGAIN;
	if (err)
		free(*names);
	return err;
}

static int feature_names_read(const char *ifname)
{
	struct ethtool_gstrings *names;
	int err;

	if (feature_count)
		return 0;
	err = strings_read(ifname, ETH_SS_FEATURES, FEATURE_BITS_MAX, &names);
	if (err)
		return err;
	for (unsigned int i = 0; i < names->len; i++)
		for (size_t n = 0; n < sizeof(feature_names) / sizeof(*feature_names); n++)
			if (!strncmp((char *)names->data + i * ETH_GSTRING_LEN,
				     feature_names[n].name, ETH_GSTRING_LEN))
				feature_of[i] = feature_names[n].bit;
	feature_count = names->len;
	free(names);
	return 0;
}

int ethtool_stats(const char *ifname, int (*each)(const char *name, __u64 value, void *arg),
		  void *arg)
{
	struct ethtool_gstrings *names;
	struct ethtool_stats *stats;
	int err;

	err = strings_read(ifname, ETH_SS_STATS, STATS_MAX, &names);
	if (err)
		return err;
	/* twice the room: the device may have got more queues since */
	stats = calloc(1, sizeof(*stats) + 2 * STATS_MAX * sizeof(__u64));
	if (stats) {
		stats->cmd = ETHTOOL_GSTATS;
		stats->n_stats = names->len;
		err = ethtool_ioctl(ifname, stats);
	} else {
		err = -ENOMEM;
	}
	for (__u32 i = 0; !err && i < names->len && i < stats->n_stats; i++) {
		char name[ETH_GSTRING_LEN + 1] = "";

		memcpy(name, (char *)names->data + i * ETH_GSTRING_LEN, ETH_GSTRING_LEN);
		err = each(name, stats->data[i], arg);
	}
	free(stats);
	free(names);
	return err;
}

int ethtool_features(const char *ifname, __u32 *on, __u32 *fixed)
{
	struct {
		struct ethtool_gfeatures head;
		struct ethtool_get_features_block block[FEATURE_BLOCKS];
	} get = { .head = { .cmd = ETHTOOL_GFEATURES, .size = FEATURE_BLOCKS } };
	__u32 movable = 0, known = 0;
	int err;

	*on = 0;
	*fixed = 0;
	err = feature_names_read(ifname);
	if (!err)
		err = ethtool_ioctl(ifname, &get);
	if (err)
		return err;
	for (unsigned int i = 0; i < feature_count; i++) {
		const struct ethtool_get_features_block *b = &get.block[i / 32];
		__u32 mask = 1U << (i % 32);

		known |= feature_of[i];
		if (b->active & mask)
			*on |= feature_of[i];
		if (b->available & ~b->never_changed & mask)
			movable |= feature_of[i];
	}
	*fixed = known & ~movable;
	return 0;
}

int ethtool_set_features(const char *ifname, __u32 features, bool on)
{
	struct {
		struct ethtool_sfeatures head;
		struct ethtool_set_features_block block[FEATURE_BLOCKS];
	} set = { .head = { .cmd = ETHTOOL_SFEATURES } };
	int err;

	err = feature_names_read(ifname);
	if (err)
		return err;
	set.head.size = (feature_count + 31) / 32;
	for (unsigned int i = 0; i < feature_count; i++) {
		if (!(feature_of[i] & features))
			continue;
		set.block[i / 32].valid |= 1U << (i % 32);
		if (on)
			set.block[i / 32].requested |= 1U << (i % 32);
	}
	return ethtool_ioctl(ifname, &set);
}
