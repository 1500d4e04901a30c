#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# xsw.service, the udev rule and the Debian package on a machine that boots: a virtual one of a Debian
# release (SUITE), with systemd as process 1, udev and networkd, where the package is
# installed, used, upgraded and purged, and which boots twice. See guest for what is checked.
#
# Called by `make bootcheck`, which has the folder BOOT prepared: system (of the release, with
# the packages that xsw needs), xsw.deb and newer.deb, vmlinuz, initramfs and modules.
set -u
cd "$(dirname "$0")" || exit
BOOT=${BOOT:?make bootcheck SUITE=bookworm}
BOOT_SECONDS=${BOOT_SECONDS:-900} # for everything
root=$BOOT/root
end=$((SECONDS + BOOT_SECONDS))
pid=

cleanup() {
	[ -z "$pid" ] || kill -KILL "$pid"
	rm -rf --one-file-system "$root"
} 2> /dev/null
trap cleanup EXIT
trap 'exit 130' INT TERM

# files: what may not be changed for good
files() {
	(cd "$root" && find etc usr var/lib -xdev \( -path var/lib/dpkg -o -path var/lib/systemd -o -path var/lib/apt \
		-o -path var/lib/dbus \) -prune -o -print | grep -vE 'ld.so.cache|machine-id|/boot-test|etc/mtab|/\.updated' | sort)
}

# in_system COMMAND...
in_system() {
	chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@" > "$BOOT/log" 2>&1 ||
		{ sed 's/^/# /' "$BOOT/log"; return 1; }
}

# networkd makes two veths and gives the host port its address
devices() {
	local i

	mkdir -p "$root/etc/systemd/network"
	for i in 1 2; do
		printf '[NetDev]\nName=p%d\nKind=veth\n[Peer]\nName=e%d\n' $i $i > "$root/etc/systemd/network/p$i.netdev"
		printf '[Match]\nName=p%d\n[Network]\nLinkLocalAddressing=no\n[Link]\nRequiredForOnline=no\n' $i \
			> "$root/etc/systemd/network/p$i.network"
	done
	printf '[Match]\nName=host0\n[Network]\nAddress=192.0.2.10/24\n' > "$root/etc/systemd/network/host0.network"
	printf '[Match]\nMACAddress=02:00:00:00:00:01\n[Link]\nName=uplink0\n' > "$root/etc/systemd/network/10-uplink0.link"
}

switches() {
	cat > "$root/etc/xsw/sw0.yaml" <<- EOF
		switches:
		  - name: sw0
		    ports:
		      - {dev: uplink0}
		      - {dev: p1, tag: 10}
		      - {dev: p2, tag: 10}
		      - {dev: p3, tag: 10}
		      - {dev: host0, host: on, tag: 10}
	EOF
	echo 'switches: [{name: sw1, ports: [{dev: q1}]}]' > "$root/etc/xsw/sw1.yaml"
}

# service: runs the guest's part once the machine has booted
service() {
	mkdir -p "$root/boot-test"
	cp guest "$root/boot-test/"
	cp "$BOOT/newer.deb" "$root/boot-test/"
	cat > "$root/etc/systemd/system/boot-test.service" <<- EOF
		[Unit]
		After=network.target xsw.service
		[Service]
		ExecStart=/boot-test/guest
		[Install]
		WantedBy=multi-user.target
	EOF
	in_system systemctl enable boot-test.service systemd-networkd.service
}

# machine NUMBER: until it goes down
machine() {
	setpriv --pdeathsig KILL -- qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot \
		-machine q35 -accel "$ACCEL" -cpu max -smp 2 -m 1G -kernel "$BOOT/vmlinuz" -initrd "$BOOT/initramfs" \
		-append "console=ttyS0 panic=-1 mitigations=off nowatchdog rcupdate.rcu_expedited=1 systemd.default_timeout_start_sec=600" \
		-fsdev "local,id=root,path=$root,security_model=none,multidevs=remap" \
		-device virtio-9p-pci,fsdev=root,mount_tag=root \
		-netdev hubport,id=n0,hubid=0 -device virtio-net-pci,netdev=n0,mac=02:00:00:00:00:01,romfile= \
		-device virtio-rng-pci -serial "file:$BOOT/console.$1" -serial "file:$BOOT/tap.$1" 2> "$BOOT/qemu.$1" &
	pid=$!
	while kill -0 $pid 2> /dev/null && [ $SECONDS -lt $end ]; do
		sleep 0.5
	done
	! kill -KILL $pid 2> /dev/null || echo "# out of time"
	wait $pid
	pid=
}

# tap NUMBER: what the machine has told, counted on
tap() {
	local line

	while read -r line; do
		case $line in
		ok* | not\ ok*)
			n=$((n + 1))
			echo "$line" | sed "s/ok [0-9]*/ok $n/"
			;;
		1..*) ;;
		*) echo "$line" ;;
		esac
	done < <(tr -d '\r' < "$BOOT/tap.$1")
}

ACCEL=tcg,thread=single
[ "$(cat "$BOOT/accel" 2> /dev/null)" != kvm ] || ACCEL=kvm
n=0
echo "1..39"
cp -a "$BOOT/system" "$root" && devices && service || exit
before=$(files)
cp "$BOOT/xsw.deb" "$root/boot-test/"
in_system dpkg -i /boot-test/xsw.deb || echo "not ok $((++n)) - install"
switches
machine 1
tap 1
machine 2
tap 2
n=$((n + 1))
if diff <(echo "$before") <(files) > "$BOOT/log"; then
	echo "ok $n - nothing of the package stays"
else
	echo "not ok $n - nothing of the package stays"
	sed 's/^/# /' "$BOOT/log"
fi
n=$((n + 1))
if grep -q "Reached target.*Reboot\|reboot: Restarting" "$BOOT/console.1" && grep -q "reboot: Power down" "$BOOT/console.2"; then
	echo "ok $n - it went down twice by itself"
else
	echo "not ok $n - it went down twice by itself"
	tail -n 30 "$BOOT"/console.[12] | sed 's/^/# /'
fi
