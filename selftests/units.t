#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The service and the udev rule, as far as they can be asked without a machine that boots: systemd
# and udev take them, what they call does as they need it, and libvirt's hook. vmtests/boot/boot.t
# has a machine that boots.
source "$(dirname "$0")/lib.sh"
UNITS=$TMP/lib/systemd/system
RULE=$TMP/lib/udev/rules.d/99-xsw.rules

# command_of FILE KEY: what stands behind the key, without its quotes
command_of() {
	sed -n "s/^$2=//p" "$1" | sed "s/^.*-c '\(.*\)'$/\1/"
}

# start_service KEY: what the unit calls, in the namespace of the test
start_service() {
	in_ns sh -c "$(command_of "$UNITS/xsw.service" "$1")"
}

# device_comes DEV: what the rule calls
device_comes() {
	local run

	run=$(sed -n 's/.*RUN+="\([^"]*\)".*/\1/p' "$RULE")
	in_ns sh -c "${run/'$name'/$1}"
}

units_verify() {
	systemd-analyze verify --man=no "$UNITS"/xsw.service "$UNITS"/xsw-exporter.service "$UNITS"/xsw-slowpath@sw0.service \
		"$UNITS"/xsw-lldp@sw0.service 2>&1 | grep -F "$UNITS" && return 1
	return 0
}

plan 18
make -s -C "$ROOT" install BUILD="$(cd "${XSW%/*}" && pwd)" PREFIX="$TMP" SYSCONFDIR="$TMP/etc" || exit
mkdir -p "$TMP/etc/xsw"
for i in slowpath lldp; do
	ln -s "xsw-$i@.service" "$UNITS/xsw-$i@sw0.service"
done
if command -v systemd-analyze > /dev/null; then
	check "systemd takes the units" units_verify
else
	skip "systemd takes the units" "no systemd-analyze"
fi
if command -v udevadm > /dev/null && udevadm verify --help > /dev/null 2>&1; then
	check "udev takes the rule" udevadm verify "$RULE"
else
	skip "udev takes the rule" "no udevadm verify"
fi
netns_add "$NS"
check "no switch was made: a device comes" device_comes p1
cat > "$TMP/etc/xsw/sw0.yaml" <<- EOF
	switches: [{name: sw0, ports: [{dev: p1, tag: 10}, {dev: host0, host: on}]}]
EOF
echo 'switches: [{name: sw1, ports: [{dev: q1}]}]' > "$TMP/etc/xsw/sw1.yaml"
check "the service applies its files" start_service ExecStart
check "... what is not there is absent" is "absent 10" json '.[0] | "\(.state) \(.tag)"' port show p1
ip -n "$NS" link add p1 type veth peer name e1
ip -n "$NS" link set p1 up
check "a device comes" device_comes p1
check "... and is a port" is false json '.[0].state == "absent"' port show p1
check "what is a port may come again" device_comes p1
check "... and so may the device of a host port" device_comes host0
check "what is no port may come" device_comes e1
ip -n "$NS" link add r1 type veth peer name e2
xsw port add r1 switch sw0
printf 'switches:\n  - name: sw0\n    colour: blue\n' > "$TMP/etc/xsw/aa.yaml"
sed -i 's/tag: 10/tag: 11/' "$TMP/etc/xsw/sw0.yaml"
check "reload with a wrong file fails" exits 2 eval 'start_service ExecReload 2> "$TMP/err"'
check "... it is told" grep -q "etc/xsw/aa.yaml:3:5: " "$TMP/err"
check "... the others are applied" is 11 json '.[0].tag' port show p1
check "... ports that a command made stay" is runtime json '.[0].owner' port show r1
rm "$TMP/etc/xsw/aa.yaml"
check "reload" start_service ExecReload
rm "$TMP/etc/xsw/sw1.yaml"
check "a file that has gone takes nothing along" start_service ExecReload
check "... its switch stays" xsw switch show sw1
check "nothing is called when the service stops" not grep -q ExecStop "$UNITS/xsw.service"
for i in sw0 sw1; do
	xsw switch del $i
done
