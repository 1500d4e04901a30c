#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `make kselftest` without the kernel's tests: what its wrapper makes of commands of ip, bridge and
# tc, which words it refuses, and how states are told and compared with the list.
source "$(dirname "$0")/lib.sh"
TOOLS=$ROOT/tools/kselftest
export KSELFTEST_STATE=$TMP/state KSELFTEST_ROOT=$ROOT

# translated COMMAND...: what would be run instead, on one line
translated() {
	python3 -S -E "$TOOLS/translate.py" -n "$@" 2>&1 | sed "s|^$XSW|xsw|" | paste -sd ';' |
		sed 's/;/; /g'
}

# offers_not "WORD" COMMAND...: exit status 2, and nothing is run
offers_not() {
	local out status

	out=$(python3 -S -E "$TOOLS/translate.py" -n "${@:2}" 2>&1)
	status=$?
	[ "$out" = "not offered: $1" ] && [ $status = 2 ] || { echo "$status: $out"; false; }
}

# A row: the command, and what is run for it. br1 filters VLANs, br0 does not; one row after the
# other, with what the rows before have made.
rows() {
	cat <<-'END'
		ip link add dev br0 type bridge mcast_snooping 0 = xsw switch add br0; xsw port add br0 switch br0 host; xsw port set br0 TRUNK trunks all
		ip link add br1 address 02:00:00:00:00:01 up type bridge vlan_filtering 1 ageing_time 1000 = xsw switch add br1 ageing_time 10; xsw port add br1 switch br1 host; xsw port set br1 NATIVE tag 1 trunks 1; ip link set dev br1 address 02:00:00:00:00:01 up
		ip link add name br2 type bridge vlan_filtering 1 vlan_default_pvid 0 = xsw switch add br2; xsw port add br2 switch br2 host; xsw port set br2 rx off tx off
		ip link set br0 type bridge fdb_max_learned 8 stp_state 0 = xsw switch set br0 fdb_max 8
		ip link set dev br0 type bridge group_fwd_mask 0x4008 vlan_stats_enabled 1 = xsw switch set br0 forward_reserved 3,14 vlan_stats on
		ip link set dev p1 master br0 = ip -j -d link show dev p1; xsw port add p1 switch br0 keep_addresses on; xsw port set p1 TRUNK trunks all
		ip link set p2 up master br1 = ip link set dev p2 up; ip -j -d link show dev p2; xsw port add p2 switch br1 keep_addresses on; xsw port set p2 NATIVE tag 1 trunks 1
		ip link set dev p1 type bridge_slave isolated on hairpin 0 = xsw port set p1 isolated on hairpin off
		bridge link set dev p1 learning off locked on mab off = xsw port set p1 learning off locked on
		bridge vlan add vid 10 dev p2 = xsw port set p2 NATIVE tag 1 trunks 1,10
		bridge vlan add dev p2 vid 20-21 master = xsw port set p2 NATIVE tag 1 trunks 1,10,20,21
		bridge vlan del dev p2 vid 1 = xsw port set p2 TRUNK trunks 10,20,21
		bridge vlan add dev p2 vid 20 pvid = xsw port set p2 rx on tx on vlan_mode native-tagged tag 20 trunks 10,20,21
		bridge vlan add dev br2 vid 7 self = xsw port set br2 TRUNK trunks 7
		ip link set dev br1 type bridge vlan_filtering 0 = xsw port set br1 TRUNK trunks all; xsw port set p2 TRUNK trunks all
		ip link set dev br1 type bridge vlan_filtering 1 = xsw port set br1 NATIVE tag 1 trunks 1; xsw port set p2 rx on tx on vlan_mode native-tagged tag 20 trunks 10,20,21
		ip link set dev br1 type bridge vlan_default_pvid 0 = xsw port set br1 rx off tx off; xsw port set p2 rx on tx on vlan_mode native-tagged tag 20 trunks 10,20,21
		ip link set dev br1 type bridge vlan_default_pvid 4 = xsw port set br1 NATIVE tag 4 trunks 4; xsw port set p2 NATIVE tag 4 trunks 4,10,20,21
		bridge vlan add dev p2 vid 30 pvid untagged =
		bridge vlan del vid 4 dev p2 = xsw port set p2 NATIVE tag 30 trunks 10,20,21,30
		bridge fdb add 02:00:00:00:00:02 dev br1 master static = xsw fdb add 02:00:00:00:00:02 dev br1 vlan 4 static
		bridge fdb replace 02:00:00:00:00:02 dev p1 master static sticky = xsw fdb replace 02:00:00:00:00:02 dev p1 vlan 0 sticky
		bridge fdb del 02:00:00:00:00:02 dev p2 vlan 10 master = xsw fdb del 02:00:00:00:00:02 switch br1 vlan 10
		bridge fdb flush dev br0 = xsw fdb flush switch br0; xsw -j fdb show switch br0
		bridge fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.1 self = bridge fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.1 self
		ip link set p1 nomaster down = xsw port del p1; ip link set dev p1 down
		ip link set p1 nomaster = ip link set p1 nomaster
		ip link add x0 type veth peer name x1 = ip link add x0 type veth peer name x1
		ip address add 192.0.2.1/24 dev br0 = ip address add 192.0.2.1/24 dev br0
		ip -4 route show = ip -4 route show
		tc qdisc add dev p2 clsact = tc qdisc add dev p2 clsact
		tc filter del dev p2 ingress = tc filter del dev p2 ingress
		ip link del dev br1 = xsw switch del br1
		ip link set dev p2 type bridge_slave learning off = ip link set dev p2 type bridge_slave learning off
	END
}

# Words that have no equal, and what is said. p1 is a port of br0, which does not filter.
refusals() {
	cat <<-'END'
		ip link add br9 type bridge mcast_snooping 1 = mcast_snooping 1
		ip link add br9 type bridge mcast_querier 1 = mcast_querier 1
		ip link add br9 type bridge vlan_protocol 802.1ad = vlan_protocol 802.1ad
		ip link add br9 type bridge ageing_time 150 = 150 hundredths of a second
		ip link add br9 type bridge forward_delay 200 = forward_delay
		ip link set br0 type bridge priority 1 = priority
		ip link set p1 type bridge_slave state 0 = state
		bridge link set dev p1 mab on = mab on
		bridge link set dev p1 backup_port p2 = backup_port
		bridge link set dev p9 learning on = p9, which is no port of a switch
		bridge vlan set vid 10 dev p1 mcast_router 1 = vlan set
		bridge vlan global set vid 10 dev br0 mcast_snooping 1 = vlan global
		bridge fdb add 02:00:00:00:00:02 dev p1 master extern_learn = fdb extern_learn
		bridge fdb add 02:00:00:00:00:02 dev p1 master static use = fdb use
		bridge fdb add 02:00:00:00:00:02 dev p1 master local = fdb permanent
		bridge fdb add 02:00:00:00:00:02 dev p1 self static = fdb entry of the device itself
		bridge fdb append 02:00:00:00:00:02 dev p1 master static = fdb append
		bridge mdb add dev br0 port p1 grp 239.1.1.1 = mdb
		bridge monitor = monitor
		tc filter add dev p1 ingress matchall action drop = tc filter at a port
		tc qdisc add dev p1 root tbf rate 1mbit = tc qdisc at a port
	END
}

# each_row ROWS CHECK: CHECK, of the arguments after and before ` = `
each_row() {
	local row words

	while IFS= read -r row; do
		read -ra words <<< "${row% =*}"
		row=${row##* =}
		row=${row# }
		row=${row//TRUNK/rx on tx on vlan_mode trunk tag none}
		row=${row//NATIVE/rx on tx on vlan_mode native-untagged}
		check "${words[*]}" "$2" "$row" "${words[@]}"
	done < <("$1")
}

becomes() {
	is "$1" translated "${@:2}"
}

plan $(($(rows | wc -l) + $(refusals | wc -l) + 20))
each_row rows becomes
rm -rf "$KSELFTEST_STATE"
translated ip link add br0 type bridge > /dev/null
translated ip link set p1 master br0 > /dev/null
each_row refusals offers_not
check "an untagged VLAN that is not the PVID is refused" eval "translated ip link add br1 type bridge vlan_filtering 1
	translated ip link set p2 master br1
	offers_not 'untagged VLAN that is not the PVID' bridge vlan add dev p2 vid 9 untagged"

check "a PVID that moved and left the old one is refused" eval "translated bridge vlan add dev p2 vid 9 pvid untagged
	offers_not 'untagged VLAN that is not the PVID' ip -4 route show"

# ---- a test of the kernel's kind, of one's own: real ports, and each state

FOLDER=$TMP/forwarding
mkdir "$FOLDER"
cat > "$FOLDER/fake.sh" <<'END'
ALL_TESTS="
	learns again again cannot
	undoes fails skips says
"
result() {
	printf 'TEST: %-60s  [%s]\n' "$1" "$2"
}

learns() {
	bridge fdb add 02:00:00:00:00:09 dev v0 master static || result "add" FAIL
	bridge -j fdb show br br0 brport v0 | jq -e '.[] | select(.mac == "02:00:00:00:00:09" and
		.vlan == 1 and .state == "static")' > /dev/null && result "an entry" " OK "
	bridge fdb show | grep -q "02:00:00:00:00:09 dev v0 vlan 1 master br0 static" &&
		result "an entry as text" " OK "
	bridge fdb get 02:00:00:00:00:09 br br0 vlan 1 > /dev/null && result "one entry" " OK "
	bridge fdb get 02:00:00:00:00:08 br br0 2> /dev/null || result "no entry" " OK "
	bridge -d link show | grep -q " locked off" && result "options of a port" " OK "
	ip -j -d link show dev br0 | jq -e '.[0].linkinfo.info_data.ageing_time == 1000' > /dev/null &&
		result "the time of ageing" " OK "
}

again() {
	result "again" " OK "
}

cannot() {
	bridge mdb show &> /dev/null
	result "nothing is there, as should be" " OK "
}

undoes() {
	bridge fdb flush dev br0
	bridge fdb show | grep -q 02:00:00:00:00:09 || result "all entries go" " OK "
}

fails() {
	result "good" " OK "
	result "bad" FAIL
}

skips() {
	echo "SKIP: too old"
}

says() {
	[ "$(type -P ip)" != "$KSELFTEST_IP" ] && result "" " OK "
}

ip link add v0 type veth peer name v1 &&
	ip link add br0 type bridge vlan_filtering ${FILTERING:-1} ageing_time 1000 ${SETUP:-} &&
	ip link set v0 up master br0
for test in $TESTS; do
	$test
done
ip link del br0
END
cat > "$TMP/list.md" <<'END'
| Test | Function | xsw | Linux bridge | why |
|---|---|---|---|---|
| fake | learns | pass | | |
| fake | again | pass | | |
| fake | again (2) | pass | | |
| fake | cannot | not offered: mdb | | |
| fake | undoes | pass | | |
| fake | fails | fail | | |
| fake | skips | skip | | |
| fake | says | pass | | |
END

# one MODE LIST: remembers which process it was, after which its namespace and folder are named
one() {
	"$TOOLS/one" "$FOLDER" fake "$1" "$2" > "$TMP/one" &
	echo $! >> "$TMP/ones"
	wait $!
}

# differs FUNCTION STATE: a list in which it has that state does not hold
differs() {
	sed "s/^| fake | $1 | [^|]*|/| fake | $1 | $2 |/" "$TMP/list.md" > "$TMP/other.md"
	exits 1 one xsw "$TMP/other.md" && grep -q "^not ok [0-9]* - fake $1: " "$TMP/one" &&
		[ "$(grep -c '^not ok' "$TMP/one")" = 1 ]
}

tells() {
	cat "$TMP/one"
	grep -q "$1" "$TMP/one"
}

leaves_nothing() {
	local pid left=''

	while read -r pid; do
		[ ! -e "/run/netns/xswt$pid" ] && [ ! -e "/sys/fs/bpf/xsw-test-$pid" ] || left+=" $pid"
	done < "$TMP/ones"
	[ -s "$TMP/ones" ] && is "" echo "$left"
}

check "each state is told as the list has it" one xsw "$TMP/list.md"
check "a test that no longer passes is found" differs learns fail
check "a test that passes now is found" differs fails pass
check "what became able is found" differs cannot pass
check "what became unable is found" differs again "not offered: fdb"
check "a function without a row is found" eval "sed -i.bak '/| skips/d' $TMP/list.md
	exits 1 one xsw $TMP/list.md && tells '^not ok .* fake skips: skip'; e=\$?
	mv $TMP/list.md.bak $TMP/list.md; [ \$e = 0 ]"
export SETUP="mcast_snooping 1"
check "what the set-up lacks stands for all" eval "exits 1 one xsw $TMP/list.md &&
	tells '^# result: | fake | (all) | xsw | not offered: mcast_snooping 1 |'"
unset SETUP
check "with the bridge itself, ip is iproute2's" eval "FILTERING=0 exits 1 one bridge $TMP/list.md &&
	tells '^# result: | fake | again | bridge | pass |' && not tells '^# result: | fake | says '"
check "a test that ends within its functions has failed" eval "sed -i 's/^skips() {/&\n\texit 0/' $FOLDER/fake.sh
	exits 1 one xsw $TMP/list.md && tells '^# result: | fake | says | xsw | fail |'"
check "namespaces and pins of tests that ended are gone" leaves_nothing

# ---- wrong and missing: what the user is told

run() {
	BUILD=$TMP/build LIST=${LIST:-$TMP/list.md} "$TOOLS/run" "$@" 2>&1
}

# run_says STATUS TEXT ARGUMENT...
run_says() {
	run "${@:3}" > "$TMP/run"
	[ $? = "$1" ] && grep -qF "$2" "$TMP/run" || { cat "$TMP/run"; false; }
}

# An apt that knows nothing and fetches nothing: no network, no mirror, no package.
mkdir "$TMP/no-apt"
printf '#!/bin/sh\necho "E: Unable to fetch" >&2\nexit 100\n' > "$TMP/no-apt/apt-get"
cp "$TMP/no-apt/apt-get" "$TMP/no-apt/apt-cache"
chmod +x "$TMP"/no-apt/*
without_apt() {
	CACHE=$TMP/cache PATH=$TMP/no-apt:$PATH "$@"
}

check "a name that no test has" run_says 1 "kselftest: nothing: no test that the list" native -- nothing
check "a name that is no word" run_says 1 "kselftest: -x: no test that the list" native -- -x
check "the same name twice is one test" eval "run_says 1 'kselftest: no: no test' native -- no no"
check "no list" eval "LIST=$TMP/none run_says 1 'kselftest: no list: $TMP/none' native"
check "no network is skipped, not failed" without_apt run_says 77 "kselftest: skipped: " native -- fake
check "nothing is left of what was not fetched" is "" find "$TMP/cache" -name '*.part'
check "the list names the tests' version" grep -q 'selftests of Linux [0-9.]*-[0-9]' \
	"$ROOT/tools/bench/figures/kselftest.md"
check "each row of the list has a state for both" is "" awk -F ' *[|] *' \
	'NF >= 6 && $2 ~ /^[a-z0-9_]+$/ && ($4 !~ /^(pass|fail|skip|not offered: .+)$/ || $5 !~ /^(pass|fail|skip|-)$/)' \
	"$ROOT/tools/bench/figures/kselftest.md"
