#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# xsw-ifup and xsw-ifdown, as QEMU and libvirt call them.
source "$(dirname "$0")/lib.sh"

ifup() {
	in_ns env XSW_PORTS="$TMP/ports" "$ROOT/tools/xsw-ifup" "$@"
}

ifdown() {
	in_ns "$ROOT/tools/xsw-ifdown" "$@"
}

tap() {
	ip -n "$NS" tuntap add "$1" mode tap
}

# domain PHASE: the XML that libvirt gives the hook
domain() {
	local without='s/x/x/'

	[ "$1" != release ] || without="/<interface/,/<.interface>/ s/<target dev=[^>]*>//"
	sed "$without" <<- EOF
		<domain type='kvm'><name>guest</name><devices>
		<interface type='bridge'><source bridge='br0'/><target dev='vm2-1'/></interface>
		$(sed 's/vm1-0/vm2-0/' "$ROOT/tools/libvirt/interface.xml")
		<disk type='file'><target dev='vda' bus='virtio'/></disk></devices></domain>
	EOF
}

# libvirt's hook with a domain of two guest interfaces, of which one is ours. The last call
# has no names of devices.
hook() {
	in_ns env PATH="$ROOT/tools:$PATH" "$ROOT/tools/libvirt/qemu" guest "$1" end - < <(domain "$1")
}

plan 29
netns_add "$NS"
xsw switch add sw0
tap vm1-0
tap vm2-0
tap vm2-1
check "without a file it is refused" exits 1 ifup vm1-0
cat > "$TMP/ports" << 'EOF'
# device  settings
vm1-*     switch sw0 tag 10
  vm2-0   switch sw0 vlan_mode trunk trunks 10,20

nosuch*   switch nosuch
EOF
check "without a device it is refused" exits 1 ifup
check "the line that fits" ifup vm1-0
check "... its settings" is '["access",10]' json '.[0] | [.vlan_mode, .tag]' port show vm1-0
check "the device is up" sh -c "ip -n $NS link show vm1-0 | grep -q '[<,]UP'"
check "again changes nothing" ifup vm1-0
check "another line" ifup vm2-0
check "... its settings" is "[10,20]" json '.[0].trunks' port show vm2-0
check "no line fits" exits 1 ifup vm2-1
check "... and it is no port" exits 2 xsw port show vm2-1
check "a line with a switch that is not there" exits 1 ifup nosuch1
check "down" ifdown vm1-0
check "down again is no error" ifdown vm1-0
check "libvirt's hook leaves a starting guest alone" eval 'hook prepare && hook start && hook started'
check "... whose port stays" xsw port show vm2-0
check "... and takes the ports of one that has gone" eval 'hook stopped && hook release'
check "... which are no ports any more" exits 2 xsw port show vm2-0
cat > "$TMP/f" << EOF
switches:
  - {name: sw0, ports: [{dev: vm3-0, tag: 30, storm: [{class: broadcast, pps: 100}]}]}
EOF
check "a configuration file names a tap that is to come" xsw config apply "$TMP/f"
tap vm3-0
check "up: it is the port of the file" ifup vm3-0
check "... with its settings" is "config 30 false" json '.[0] | "\(.owner) \(.tag) \(.state == "absent")"' port show vm3-0
check "... and limits" is 100 json '.[0].pps' storm show vm3-0
check "... the tap is up" sh -c "ip -n $NS link show vm3-0 | grep -q '[<,]UP'"
check "again changes nothing" ifup vm3-0
check "down leaves it" eval 'ifdown vm3-0 && xsw port show vm3-0'
ip -n "$NS" link del vm3-0
check "... absent when the tap has gone" wait_for 2 is absent json '.[0].state' port show vm3-0
check "down again" eval 'ifdown vm3-0 && xsw port show vm3-0'
check "up without the tap is refused" not ifup vm3-0
tap vm3-0
check "the tap comes again without a list of ports" eval 'rm "$TMP/ports" && ifup vm3-0'
check "... and is the port again" is "30 false" json '.[0] | "\(.tag) \(.state == "absent")"' port show vm3-0
xsw switch del sw0
