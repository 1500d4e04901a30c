# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Common to the tests with real guests: QEMU machines on taps that are ports of a
# switch in a network namespace of this host, and all of selftests/lib.sh. Taps are
# called p1, p2, ... as ports are there.
#
#   guest 1  eth0 --- p1 [     ] p2 --- eth0  guest 2      192.0.2.N, 2001:db8::N
#                        [ sw0 ] p3 --- eth0  guest 3
#
# A guest is a process of the test: it is gone when the test ends.

GUESTS_HERE=$(dirname "${BASH_SOURCE[0]}")
GUESTS=${GUESTS:-$(dirname "${XSW:-$GUESTS_HERE/../../build/xsw}")/guests}
ACCEL=$(cat "$GUESTS/accel" 2> /dev/null)
[ "$ACCEL" = kvm ] || SLOW=${SLOW:-5} # emulated
[ "$ACCEL" != tcg ] || ACCEL=tcg,thread=single # why: vmtests/run, boot()
# shellcheck source=../../selftests/lib.sh
source "$GUESTS_HERE/../../selftests/lib.sh"
BOOT_SECONDS=${BOOT_SECONDS:-40} # × SLOW

[ -e "$GUESTS/accel" ] || skip_all "no kernel for guests: see vmtests/guests/prepare"
SUM=$(sha256sum < "$GUESTS/data") # what port 5001 of a guest answers when sent /data

# ---- machines

# taps_up N [multi_queue]: the namespace and N taps; they stay when a guest goes
taps_up() {
	local i

	netns_add "$NS"
	for ((i = 1; i <= $1; i++)); do
		ip -n "$NS" tuntap add "p$i" mode tap ${2:+"$2"} vnet_hdr
		ip -n "$NS" link set "p$i" up
	done
}

# switch_of N: sw0 with the ports p1 to pN
switch_of() {
	local i

	xsw switch add sw0 || return
	for ((i = 1; i <= $1; i++)); do
		xsw port add "p$i" switch sw0 || return
	done
}

# guest_start N [QEMU OPTION...]: on tap pN with the address that mac() gives it; TAP
# and MAC name others, NETDEV and DEVICE hold options for tap and virtio-net, CPUS
# their number. Its files stand in $TMP/guestN.
guest_start() {
	local dir=$TMP/guest$1 cpu=max

	[ "$ACCEL" != kvm ] || cpu=host
	rm -rf "$dir"
	mkdir "$dir"
	mkfifo "$dir"/{control,qmp}.{in,out}
	background "" qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot \
		-machine q35 -accel "$ACCEL" -cpu "$cpu" -smp "${CPUS:-1}" -m 256M \
		-kernel "$GUESTS/vmlinuz" -initrd "$GUESTS/initramfs" -append "console=ttyS0 quiet \
		panic=-1 mitigations=off nowatchdog no_timer_check \
		rcupdate.rcu_cpu_stall_suppress=1" \
		-netdev "tap,id=net0,ifname=${TAP:-p$1},script=no,downscript=no${NETDEV:+,$NETDEV}" \
		-device "virtio-net-pci,netdev=net0,mac=${MAC:-$(mac "$1")},romfile=${DEVICE:+,$DEVICE}" \
		-serial "file:$dir/console" -serial "pipe:$dir/control" \
		-chardev "pipe,id=qmp,path=$dir/qmp" -mon chardev=qmp,mode=control "${@:2}" \
		> "$dir/log" 2>&1
	echo "$BACKGROUND" > "$dir/pid"
}

# guest_kill N: at once, as when its host's memory runs out
guest_kill() {
	local pid

	pid=$(cat "$TMP/guest$1/pid")
	kill -KILL "$pid"
	wait "$pid" 2> /dev/null
	return 0
}

# answer FILE WORD SECONDS N: read FILE up to a line with WORD, print what stands before
# it and set LINE to it; an error if that takes too long or guest N has gone
answer() {
	local fd part end=$((SECONDS + $3)) before=

	exec {fd}<> "$1"
	LINE=
	while :; do
		if IFS= read -r -t 1 -u "$fd" part; then
			LINE+=$part
			[[ $LINE != *"$2"* ]] || break
			printf '%s' "$before"
			before=$LINE$'\n'
			LINE=
			continue
		fi
		LINE+=$part
		if ! kill -0 "$(cat "$TMP/guest$4/pid")" 2> /dev/null || [ "$SECONDS" -ge "$end" ]; then
			printf '%sguest %s does not answer\n' "$before$LINE" "$4"
			tail -n 25 "$TMP/guest$4/log" "$TMP/guest$4/console" | tr -d '\r'
			LINE=
			break
		fi
	done
	exec {fd}>&-
	[ "$before" = $'\n' ] || printf '%s' "$before"
	[ -n "$LINE" ]
}

# guest N COMMAND...: in its shell, as with ssh; LIMIT seconds at most
guest() {
	local id=@$EPOCHREALTIME limit=$((${LIMIT:-20} * SLOW))

	echo "${id#@} $limit ${*:2}" 1<> "$TMP/guest$1/control.in"
	answer "$TMP/guest$1/control.out" "$id" $((limit + 10)) "$1" || return
	return "${LINE##* }"
}

# qmp N COMMAND [ARGUMENTS]: to QEMU itself; prints what it returns
qmp() {
	local id=$EPOCHREALTIME arguments=${3:-}

	# the first command of all is to be qmp_capabilities; later it does no harm
	jq -nc --arg id "$id" --arg command "$2" --argjson arguments "${arguments:-null}" \
		'{execute: "qmp_capabilities"},
		{execute: $command, arguments: ($arguments // {}), id: $id}' 1<> "$TMP/guest$1/qmp.in"
	answer "$TMP/guest$1/qmp.out" "$id" $((10 * SLOW)) "$1" > "$TMP/qmp" || return
	jq -ce '.return // (.error | halt_error)' <<< "$LINE"
}

# guest_address N [NUMBER]: addresses of that number, N unless told
guest_address() {
	guest "$1" "ip link set eth0 up; ip address add 192.0.2.${2:-$1}/24 dev eth0;" \
		"ip address add 2001:db8::${2:-$1}/64 dev eth0 nodad"
}

# booted N...: they take commands
booted() {
	local i

	for i; do
		answer "$TMP/guest$i/control.out" @ready $((BOOT_SECONDS * SLOW)) "$i" || return
	done
}

# ready N...: booted, and addresses given
ready() {
	local i

	booted "$@" || return
	for i; do
		guest_address "$i" || return
	done
}

# boot N...: these guests, all at a time; nothing can be tested without
boot() {
	local i begin=$SECONDS

	for i; do
		guest_start "$i"
	done
	check "guests boot" ready "$@" || exit
	echo "# guests $*: ready after $((SECONDS - begin)) s ($ACCEL)"
}

# ---- what they say to each other

# reaches N ADDRESS [PING OPTION...]
reaches() {
	guest "$1" ping -qc1 -w $((3 * SLOW)) "${@:3}" "$2"
}

# reaches_not N ADDRESS: an answer would take some milliseconds
reaches_not() {
	not guest "$1" ping -qc1 -w 3 "$2"
}

# carries N ADDRESS: /data by TCP from guest N, which is told the checksum of what arrived
carries() {
	is "$SUM" guest "$1" "socat -b 65536 -t 60 - 'TCP:$2:5001' < /data"
}

# throughput N ADDRESS: for the reader of the TAP
throughput() {
	local text

	text=$(guest "$1" iperf3 -J -t 2 -c "$2" |
		jq -r '.end.sum_received.bits_per_second / 1e6 | floor') 2> /dev/null
	echo "# iperf3 guest $1 to $2: ${text:-failed} Mbit/s"
}

# heard N: bytes and frames that eth0 of guest N received
heard() {
	guest "$1" "cd /sys/class/net/eth0/statistics; echo \$(cat rx_bytes rx_packets)"
}
