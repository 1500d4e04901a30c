#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who runs a virtual machine is killed: the machine goes as well. In the machine's place
# stands a program that does nothing, where vmtests/run looks for virtme.
source "$(dirname "$0")/lib.sh"
RUN=$ROOT/vmtests/run
export CACHE=$TMP/cache KVM=off TMPDIR=$TMP BUILD=${XSW%/*}
VIRTME=$CACHE/programs/usr/lib/python3/dist-packages/virtme/commands

command -v python3 > /dev/null || skip_all "no python3"
command -v "qemu-system-$(uname -m)" > /dev/null || skip_all "no QEMU"
command -v file > /dev/null || skip_all "no file(1)"
[ "$SLOW" = 1 ] || skip_all "this machine is too slow for it"

# A vmlinuz for file(1), as Documentation/arch/x86/boot.rst has it: a boot sector with the
# magic HdrS, and the place of the version.
vmlinuz() {
	head -c 2048 /dev/zero
	printf '9.9.9 (of a test) ' && head -c 2048 /dev/zero
}

poke() {
	printf "%b" "$2" | dd of="$TMP/vmlinuz" bs=1 seek=$(($1)) conv=notrunc status=none
}

prepare() {
	mkdir -p "$VIRTME" && vmlinuz > "$TMP/vmlinuz"
	poke 510 '\x55\xaa' && poke 514 'HdrS' && poke 518 '\x0f\x02' && poke 526 '\x00\x06'
	cat > "$VIRTME/run.py" <<-END
		import os, time
		name = os.path.join("$TMP", "machine")
		with open(name + ".new", "w") as out:
		    out.write(str(os.getpid()))
		os.rename(name + ".new", name)
		time.sleep(300)
	END
	file -bL "$TMP/vmlinuz"
}

# machine_runs: and which process it is
machine_runs() {
	wait_for 30 [ -s "$TMP/machine" ] && MACHINE=$(cat "$TMP/machine") && kill -0 "$MACHINE"
}

# nothing_left: neither the machine nor who waits for it
nothing_left() {
	! kill -0 "$MACHINE" 2> /dev/null && ! pgrep -af "$TMP/" && ! readlink /proc/[0-9]*/cwd | grep -F "$TMP/"
}

# goes_with COMMAND...: what runs a machine is killed when it is there
goes_with() {
	local runner status

	rm -f "$TMP/machine"
	setsid "$@" > "$TMP/log" 2>&1 &
	runner=$!
	machine_runs || { cat "$TMP/log"; kill -KILL $runner; return 1; }
	kill -KILL $runner
	wait_for 20 nothing_left
	status=$?
	[ $status = 0 ] || kill -KILL "$MACHINE" 2> /dev/null
	return $status
}

plan 2
prepare > "$TMP/kernel"
check "vmtests/run is killed: its machine goes" goes_with "$RUN" -o "$TMP/vm" "$TMP/vmlinuz" -- \
	"$ROOT/selftests/steps.t"
check "so it does when xsw-bench is" goes_with "$ROOT/tools/bench/xsw-bench" peers --vm "$TMP/vmlinuz" \
	-o "$TMP/out"
