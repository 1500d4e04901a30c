#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The rules of the switch are those of the kernel's paths: the tests of each, with all
# ports served by xsw-slowpath.
ROOT=$(cd "$(dirname "$0")/.." && pwd)
TESTS="vlan_access vlan_trunk vlan_native dot1q_tunnel tunnel priority_tags reserved mtu
	learning fdb_static fdb_max flood_flags hairpin isolated local locked promisc mac_limit
	spoof policer storm stats port_set_atomic host_port dhcp_guard ra_guard"

n=0 failed=0
# shellcheck disable=SC2086 # words
set -- $TESTS
echo "1..$#"
for name in "$@"; do
	n=$((n + 1))
	if out=$(PATHS=afxdp "$ROOT/selftests/$name.t" 2>&1) && [[ $out = *" (afxdp)"* ]]; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		grep -A 20 '^not ok' <<< "$out" | sed 's/^/# /'
		failed=1
	fi
done
exit $failed
