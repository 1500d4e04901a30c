#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vmtests/fetch has kept the modules that tests need: kinds of devices, queueing disciplines,
# classifiers, actions. What a kernel was packaged without is skipped: modules.order and
# modules.builtin name all that the package had, before fetch chose. Only in virtual machines:
# the machine that runs them has modules of its own.
source "$(dirname "$0")/../selftests/lib.sh"

KINDS="bond bridge dummy geneve ifb ipvlan macvlan macvtap netkit team veth vlan vrf vxlan"
MODULES="sch_ets sch_fq sch_fq_codel sch_htb sch_ingress sch_mqprio sch_netem sch_prio sch_red
	 sch_sfq sch_tbf
	 cls_basic cls_bpf cls_flower cls_fw cls_matchall cls_u32
	 act_bpf act_csum act_ct act_gact act_mirred act_pedit act_police act_sample act_skbedit
	 act_tunnel_key act_vlan
	 ip_gre ip6_gre ipip ip6_tunnel mpls_router mpls_iptunnel"

MODPROBE=$(< /proc/sys/kernel/modprobe)
[ "$MODPROBE" = /run/modprobe ] || skip_all "not in a virtual machine of vmtests/run"
FOLDER=$(echo "$(sed -n 's/.* -d "\(.*\)" .*/\1/p' "$MODPROBE")"/lib/modules/"$(uname -r)")

# module_of KIND
module_of() {
	case $1 in
	bond) echo bonding ;;
	vlan) echo 8021q ;;
	*) echo "$1" ;;
	esac
}

# packaged MODULE: did the kernel come with it?
packaged() {
	grep -q "/$1\.ko" "$FOLDER/modules.order" "$FOLDER/modules.builtin"
}

# makes KIND: the kernel loads the module itself
makes() {
	case $1 in
	ipvlan | macvlan | macvtap) ip -n "$NS" link add link d0 name new0 type "$1" ;;
	vlan) ip -n "$NS" link add link d0 name new0 type vlan id 1 ;;
	vrf) ip -n "$NS" link add new0 type vrf table 10 ;;
	vxlan | geneve) ip -n "$NS" link add new0 type "$1" id 10 remote 192.0.2.1 dstport 0 ;;
	*) ip -n "$NS" link add new0 type "$1" ;;
	esac && ip -n "$NS" link del new0
}

read -rd '' -a modules <<< "$MODULES"
read -ra kinds <<< "$KINDS"
plan $((${#modules[@]} + ${#kinds[@]}))
netns_add "$NS"
ip -n "$NS" link add d0 type dummy
for i in "${kinds[@]}"; do
	if packaged "$(module_of "$i")"; then
		check "a device of kind $i is made" makes "$i"
	else
		skip "a device of kind $i is made" "this kernel has no $(module_of "$i")"
	fi
done
for i in "${modules[@]}"; do
	if packaged "$i"; then
		check "module $i loads" "$MODPROBE" "$i"
	else
		skip "module $i loads" "not in this kernel"
	fi
done
