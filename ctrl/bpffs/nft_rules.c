// SPDX-License-Identifier: GPL-2.0
/* Chains of nftables at a device: those of family netdev, and those of inet at ingress. tc, where the
 * switch is, comes before them at ingress; at egress the kernel leaves out what tc has redirected
 * (nf_skip_egress() in net/core/dev.c), so that path skb goes by them as XDP does. And chains that
 * libvirt makes for <filterref>: they stand in hooks of a Linux bridge, which there is none.
 *
 * A kernel without nftables has no chains: it refuses to list them.
 */
#include <arpa/inet.h> /* before the kernel's, which then leaves out what is here */
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>

#include "ctrl/bpffs/rules.h"
#include "ctrl/kernel/netlink.h"

#define HOOK_EGRESS 1	    /* NF_NETDEV_EGRESS of Linux 5.16; 0 is NF_NETDEV_INGRESS */
#define HOOK_INET_INGRESS 5 /* NF_INET_INGRESS of Linux 5.10 */
#define DEVICE_PREFIX 2	    /* NFTA_DEVICE_PREFIX of Linux 6.17: all devices whose names begin so */

struct tell {
	const struct rule_dev *dev;
	rule_fn each;
	void *arg;
};

struct chain {
	int family;
	const char *table, *name;
	int hook;    /* -1: not a base chain */
	bool on_dev; /* is the device among those of the hook? */
	bool drops;  /* policy */
	__u32 rules;
};

static const char *family_word(int family)
{
	switch (family) {
	case NFPROTO_NETDEV:
		return "netdev";
	case NFPROTO_INET:
		return "inet";
	case NFPROTO_BRIDGE:
		return "bridge";
	case NFPROTO_IPV4:
		return "ip";
	default:
		return "ip6";
	}
}

static __u32 be32(const struct nlattr *a)
{
	return ntohl(netlink_u32(a));
}

/* Is @ifname in a list of NFTA_DEVICE_NAME and NFTA_DEVICE_PREFIX? */
static bool devices_have(const struct nlattr *list, const char *ifname)
{
	struct nlattr *a;
	int left;

	nla_for_each_nested(a, list, left)
	{
		size_t n = strnlen(nla_data(a), nla_len(a));

		if (!strncmp(nla_data(a), ifname, n) &&
		    (nla_type(a) == DEVICE_PREFIX || !ifname[n]))
			return true;
	}
	return false;
}

static void hook_parse(struct nlattr *hook, const char *ifname, struct chain *c)
{
	static const struct nla_policy policy[NFTA_HOOK_MAX + 1] = {
		[NFTA_HOOK_HOOKNUM] = { .type = NLA_U32 },
		[NFTA_HOOK_DEV] = { .type = NLA_STRING },
		[NFTA_HOOK_DEVS] = { .type = NLA_NESTED },
	};
	struct nlattr *a[NFTA_HOOK_MAX + 1];

	if (nla_parse_nested(a, NFTA_HOOK_MAX, hook, policy))
		return;
	c->hook = be32(a[NFTA_HOOK_HOOKNUM]);
	c->on_dev = a[NFTA_HOOK_DEV] && !strcmp(netlink_str(a[NFTA_HOOK_DEV]), ifname);
	if (a[NFTA_HOOK_DEVS] && !c->on_dev)
		c->on_dev = devices_have(a[NFTA_HOOK_DEVS], ifname);
}

static bool chain_parse(struct nlmsghdr *h, const char *ifname, struct chain *c)
{
	static const struct nla_policy policy[NFTA_CHAIN_MAX + 1] = {
		[NFTA_CHAIN_TABLE] = { .type = NLA_STRING },
		[NFTA_CHAIN_NAME] = { .type = NLA_STRING },
		[NFTA_CHAIN_HOOK] = { .type = NLA_NESTED },
		[NFTA_CHAIN_POLICY] = { .type = NLA_U32 },
		[NFTA_CHAIN_USE] = { .type = NLA_U32 },
	};
	const struct nfgenmsg *g = nlmsg_data(h);
	struct nlattr *a[NFTA_CHAIN_MAX + 1];

	if (h->nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWCHAIN) ||
	    nlmsg_parse(h, sizeof(*g), a, NFTA_CHAIN_MAX, policy))
		return false;
	*c = (struct chain){ .family = g->nfgen_family,
			     .table = netlink_str(a[NFTA_CHAIN_TABLE]),
			     .name = netlink_str(a[NFTA_CHAIN_NAME]),
			     .hook = -1,
			     .drops = a[NFTA_CHAIN_POLICY] && be32(a[NFTA_CHAIN_POLICY]) == NF_DROP,
			     .rules = be32(a[NFTA_CHAIN_USE]) };
	if (a[NFTA_CHAIN_HOOK])
		hook_parse(a[NFTA_CHAIN_HOOK], ifname, c);
	return true;
}

/* libvirt-J-vnet0, libvirt-P-vnet0, FO-vnet0, FI-vnet0 ...: src/nwfilter/nwfilter_ebiptables_driver.c */
static bool chain_is_filterref(const struct chain *c, const char *ifname)
{
	const char *name = c->name;

	if (!strncmp(name, "libvirt-", 8) && name[8] && name[9] == '-')
		return !strcmp(name + 10, ifname);
	return name[0] && name[1] && name[2] == '-' && strchr("FH", name[0]) &&
	       strchr("OIJP", name[1]) && !strcmp(name + 3, ifname);
}

static void remedy_set(struct rule *rule, const struct rule_dev *dev, const char *command,
		       const char *note)
{
	snprintf(
		rule->remedy, sizeof(rule->remedy),
		"%s # %sinstead: xsw port set %s spoof_check all; xsw bind add %s mac MAC ip ADDRESS",
		command, note, dev->ifname, dev->ifname);
}

static void hook_tell(const struct tell *t, const struct chain *c)
{
	bool egress = c->family == NFPROTO_NETDEV && c->hook == HOOK_EGRESS;
	struct rule rule = { .check = egress ? "nft-egress" : "nft-ingress", .fails = !egress };
	char del[192];

	if (c->family == NFPROTO_INET && c->hook != HOOK_INET_INGRESS)
		return;
	snprintf(rule.what, sizeof(rule.what), "nft chain %s %.32s %.32s, %s%u rules: %s",
		 family_word(c->family), c->table, c->name, c->drops ? "policy drop, " : "",
		 c->rules,
		 egress ? "what the switch sends goes by it" :
			  "the switch takes the frames before");
	/* a chain with rules is not deleted */
	snprintf(del, sizeof(del),
		 "nft flush chain %s %.32s %.32s; nft delete chain %s %.32s %.32s",
		 family_word(c->family), c->table, c->name, family_word(c->family), c->table,
		 c->name);
	if (egress)
		snprintf(rule.remedy, sizeof(rule.remedy), "%s", del);
	else
		remedy_set(&rule, t->dev, del, "");
	t->each(&rule, t->arg);
}

static void chain_tell(struct nlmsghdr *h, void *arg)
{
	struct tell *t = arg;
	struct rule rule = { .check = "filterref", .fails = true };
	struct chain c;

	if (!chain_parse(h, t->dev->ifname, &c))
		return;
	if (c.on_dev && (c.rules || c.drops)) {
		hook_tell(t, &c);
	} else if (chain_is_filterref(&c, t->dev->ifname)) {
		snprintf(rule.what, sizeof(rule.what),
			 "libvirt's filterref, chain %s %.32s %.32s: only a Linux bridge asks it",
			 family_word(c.family), c.table, c.name);
		remedy_set(&rule, t->dev, "virsh edit DOMAIN", "take out <filterref>; ");
		t->each(&rule, t->arg);
	}
}

void rules_nft(const struct rule_dev *dev, rule_fn each, void *arg)
{
	struct tell t = { .dev = dev, .each = each, .arg = arg };
	struct nfgenmsg body = { .nfgen_family = NFPROTO_UNSPEC, .version = NFNETLINK_V0 };

	netlink_talk(NETLINK_NETFILTER,
		     netlink_request(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETCHAIN, NLM_F_DUMP,
				     &body, sizeof(body)),
		     chain_tell, &t);
}
