# SPDX-License-Identifier: GPL-2.0
# One non-recursive build, out of tree in build/. `make help` lists what it can do.
#
# check, demo and bench install what is missing first and then call make again:
# what pkg-config, clang and bpftool say is asked only when a recipe needs it.

BUILD   ?= build
# where to install, by these names or by those of the GNU coding standards: make install prefix=/usr
PREFIX     ?= $(or $(prefix),/usr/local)
SBINDIR    ?= $(or $(sbindir),$(PREFIX)/sbin)
LIBDIR     ?= $(or $(libdir),$(PREFIX)/lib)
INCDIR     ?= $(or $(includedir),$(PREFIX)/include)
MANDIR     ?= $(or $(mandir),$(PREFIX)/share/man)
DOCDIR     ?= $(or $(docdir),$(PREFIX)/share/doc/xsw)
SYSCONFDIR ?= $(or $(sysconfdir),/etc)
UNITDIR    ?= $(PREFIX)/lib/systemd/system
UDEVDIR    ?= $(PREFIX)/lib/udev/rules.d
COMPDIR    ?= $(PREFIX)/share/bash-completion/completions
BENCHDIR   ?= $(PREFIX)/lib/xsw-bench
PUT         = $(foreach v,BUILD VERSION DESTDIR SBINDIR LIBDIR INCDIR MANDIR DOCDIR SYSCONFDIR UNITDIR UDEVDIR \
	        COMPDIR BENCHDIR,$(v)='$($(v))') tools/install

CLANG   ?= clang
PROVE   ?= prove
PROVE_FLAGS ?= --failures --comments
PROVE_JOBS ?= 2
FORMAT  ?= clang-format
CFLAGS  ?= -O2 -g

PACKAGES := libbpf libelf zlib json-c yaml-0.1 libnl-3.0 libnl-route-3.0 libnl-genl-3.0 libcap-ng
PKTGEN_PACKAGES := libxdp libpcap
XSW_PACKAGES := libpcap

# once NAME,COMMAND: a variable whose value is asked for at its first use
once = $(eval $(1) = $$(eval $(1) := $$(shell $(2)))$$($(1)))
$(call once,PKG_CFLAGS,pkg-config --cflags $(PACKAGES))
$(call once,PKG_LIBS,pkg-config --libs $(PACKAGES))
$(call once,EXPORTER_PKG,pkg-config --cflags --libs libmicrohttpd)
$(call once,PKTGEN_LIBS,pkg-config --libs $(PKTGEN_PACKAGES))
$(call once,XSW_LIBS,pkg-config --libs $(XSW_PACKAGES))
$(call once,BPFTOOL,tools/bpftool-path)
VERSION   := $(or $(patsubst v%,%,$(if $(wildcard .git),$(shell git describe --tags --match 'v[0-9]*' 2>/dev/null))), \
	       $(shell sed -n 's/^Version \([0-9.]*\).*/\1/p;T;q' NEWS))
$(call once,MULTIARCH,$(CC) -dumpmachine)
BPF_ARCH = $(patsubst aarch64,arm64,$(patsubst x86_64,x86,$(firstword $(subst -, ,$(MULTIARCH)))))

WARN       := -Wall -Wextra -Wno-unused-parameter $(if $(filter true,$(CI)),-Werror)
ALL_CFLAGS  = $(FIRST) -std=gnu11 -D_GNU_SOURCE= $(WARN) -I. -I$(BUILD) $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS)
BPF_CFLAGS  = -std=gnu11 $(WARN) -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_$(BPF_ARCH) -I. \
	      -I/usr/include/$(MULTIARCH)
LIBS        = $(PKG_LIBS) -pthread -lm $(LDLIBS)

Q   := $(if $(V),,@)
say  = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2))
# make, with all CPUs unless the caller chose
MAKE_ALL = $(MAKE) --no-print-directory $(if $(findstring j,$(filter -j% --jobserver%,$(MAKEFLAGS))),,-j$$(nproc))

# ---- what is built from what

CTRL_OBJ  := $(patsubst %.c,$(BUILD)/%.o,$(wildcard ctrl/*/*.c))
STEPS_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(filter-out %/trace.c,$(wildcard tools/slowpath/steps/*.c)))
TRACE_OBJ := $(BUILD)/tools/slowpath/steps/trace.o
XSW_OBJ   := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tools/xsw/*.c))
EXPORTER  := $(BUILD)/xsw-exporter
EXPORTER_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tools/exporter/*.c))
TOOL_BIN  := $(filter-out $(EXPORTER),$(patsubst tools/%.c,$(BUILD)/%,$(wildcard tools/*.c)))
BENCH_BIN := $(patsubst tools/bench/%.c,$(BUILD)/bench/%,$(filter-out %.bpf.c,$(wildcard tools/bench/*.c)))
TEST_BIN  := $(patsubst selftests/prog/%.c,$(BUILD)/selftests/%,$(filter-out %.bpf.c,$(wildcard selftests/prog/*.c)))
LIB       := $(if $(CTRL_OBJ),$(BUILD)/libxsw.a)
STEPS_LIB := $(BUILD)/libxsw-steps.a
XSW       := $(if $(XSW_OBJ),$(BUILD)/xsw)
PKTGEN_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(filter-out %.bpf.c,$(wildcard tools/pktgen/*.c)))
PKTGEN    := $(if $(PKTGEN_OBJ),$(BUILD)/xsw-pktgen)
PUNT_OBJ  := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tools/punt/*.c))
PUNT      := $(if $(PUNT_OBJ),$(BUILD)/xsw-punt)
PUNT_LIB  := $(BUILD)/libxsw-punt.a
EXAMPLES  := $(patsubst tools/examples/%.c,$(BUILD)/examples/%,$(wildcard tools/examples/*.c))

SLOWPATH_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tools/slowpath/*.c))
SLOWPATH  := $(BUILD)/xsw-slowpath

# what reads what others wrote, compiled for libFuzzer; the rest comes from the library
FUZZ      := $(patsubst selftests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard selftests/fuzz/*.c))
FUZZ_OBJ  := $(patsubst %.c,$(BUILD)/fuzz/of/%.o,$(wildcard ctrl/base/*.c) ctrl/limits/bind.c $(wildcard ctrl/config/*.c) \
	       ctrl/punt/lldp_frame.c ctrl/limits/policer.c \
	       ctrl/limits/policer_opts.c ctrl/port/settings.c ctrl/switch/settings.c ctrl/switch/mirror_opts.c ctrl/punt/punt.c ctrl/punt/punt_opts.c \
	       tools/pktgen/range.c tools/pktgen/replay.c tools/punt/pcapng.c tools/slowpath/steps/steps.c tools/slowpath/steps/umap.c tools/slowpath/steps/umap_memory.c)

SCRIPTS := $(shell grep -lE '^\#! ?/(usr/)?bin/(env )?(ba|da)?sh' selftests/fuzz/* tools/* tools/*/* selftests/*.t \
	     selftests/*.sh vmtests/* vmtests/guests/* vmtests/boot/* .ci/* 2>/dev/null) $(wildcard selftests/*.sh vmtests/guests/*.sh)
C_FILES := $(wildcard maps/*.[ch] bpf/*.[ch] ctrl/*/*.[ch] tools/*.[ch] tools/*/*.[ch] \
	     tools/slowpath/steps/*.[ch] tools/slowpath/steps/compat/*/*.h selftests/prog/*.[ch] selftests/fuzz/*.[ch])

all: programs $(LIB) $(TEST_BIN) $(EXAMPLES) ## build everything (the default)

programs: $(XSW) $(EXPORTER) $(PKTGEN) $(PUNT) $(SLOWPATH) $(PUNT_LIB) $(TOOL_BIN) $(BENCH_BIN) # that are installed

$(BUILD)/libxsw.a: $(CTRL_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(STEPS_LIB): $(STEPS_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# for programs of others: <xsw-punt.h>
$(PUNT_LIB): $(patsubst %.c,$(BUILD)/%.o,ctrl/punt/xsw-punt.c ctrl/kernel/cpu_watch.c ctrl/bpffs/known_maps.c ctrl/bpffs/layout.c ctrl/bpffs/pin_get.c ctrl/bpffs/table_use.c)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/xsw: $(XSW_OBJ) $(TRACE_OBJ) $(STEPS_LIB) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(XSW_LIBS) $(LIBS)

$(BUILD)/xsw-pktgen: $(PKTGEN_OBJ) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(PKTGEN_LIBS) $(LIBS)

$(BUILD)/xsw-punt: $(PUNT_OBJ) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(SLOWPATH): $(SLOWPATH_OBJ) $(STEPS_LIB) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(PKTGEN_LIBS) $(LIBS)

$(BUILD)/%.o: %.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# compiled again when the version is another, and only then
$(BUILD)/ctrl/base/version.o $(BUILD)/fuzz/of/ctrl/base/version.o: private FIRST := -DXSW_VERSION='"$(VERSION)"'
$(BUILD)/ctrl/base/version.o $(BUILD)/fuzz/of/ctrl/base/version.o: $(BUILD)/version
$(BUILD)/version: $(if $(filter $(VERSION),$(file <$(BUILD)/version)),,FORCE)
	$(Q)mkdir -p $(@D) && echo '$(VERSION)' >$@

$(BUILD)/ctrl/bpffs/load.o: $(BUILD)/xsw.skel.h
# the headers in bpf/, with helpers and maps of a process; they read words as clang does
$(BUILD)/tools/slowpath/steps/steps.o $(TRACE_OBJ): private FIRST := -Itools/slowpath/steps/compat -fno-strict-aliasing
$(BUILD)/tools/pktgen/afxdp.o: $(BUILD)/pktgen.skel.h

# programs of one file each; only the tests may need the library
define link_one
	$(call say,CCLD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -MT $@ -MF $@.d $(LDFLAGS) -o $@ $< $(filter %.o %.a,$^) $(LIBS)
endef

$(BUILD)/xsw-guest: $(BUILD)/ctrl/base/mac.o
$(TOOL_BIN): $(BUILD)/%: tools/%.c
	$(link_one)
$(EXPORTER): $(BUILD)/%: tools/%.c $(EXPORTER_OBJ) $(LIB)
	$(link_one) $(EXPORTER_PKG)
$(EXAMPLES): CPPFLAGS += -Ictrl/punt
$(EXAMPLES): $(BUILD)/examples/%: tools/examples/%.c $(PUNT_LIB)
	$(link_one)
$(BENCH_BIN): $(BUILD)/bench/%: tools/bench/%.c $(BUILD)/bench.skel.h
	$(link_one)
$(TEST_BIN): $(BUILD)/selftests/%: selftests/prog/%.c $(STEPS_LIB) $(LIB)
	$(link_one)
$(BUILD)/selftests/bulks: $(BUILD)/bulks.skel.h
$(BUILD)/selftests/exhaustive $(BUILD)/selftests/fdb_table: private FIRST := -Itools/slowpath/steps/compat -fno-strict-aliasing
$(BUILD)/selftests/timer_memory: $(BUILD)/timer_memory.skel.h

# Frames are read by words, wherever they stand: alignment is not looked at.
# callbacks of BPF helpers are declared with the types of their own maps: no check of those of functions
FUZZ_FLAGS = -O1 -g -fsanitize=address,undefined -fno-sanitize=alignment,function -fno-sanitize-recover=undefined
$(BUILD)/fuzz/of/tools/slowpath/steps/steps.o $(BUILD)/fuzz/of/selftests/fuzz/punt.o: private FIRST := -Itools/slowpath/steps/compat -fno-strict-aliasing

$(BUILD)/fuzz/of/%.o: %.c
	$(call say,FUZZ,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(ALL_CFLAGS) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$(BUILD)/fuzz/libtested.a: $(FUZZ_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^
$(BUILD)/fuzz/libpktgen.a: $(filter-out %/main.o,$(PKTGEN_OBJ))
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/fuzz/config: private LDFLAGS += -Wl,--wrap=xsw_port_check
$(BUILD)/fuzz/pcapng: private LDFLAGS += -Wl,--wrap=xsw_punt_port_name
$(FUZZ): $(BUILD)/fuzz/%: $(BUILD)/fuzz/of/selftests/fuzz/%.o $(BUILD)/fuzz/libtested.a $(BUILD)/fuzz/libpktgen.a $(LIB)
	$(call say,LD,$@)
	$(Q)$(CLANG) $(FUZZ_FLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(PKTGEN_LIBS) $(LIBS)

define compile_bpf
	$(call say,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -c -o $@ $<
endef

$(BUILD)/%.bpf.o: bpf/%.bpf.c
	$(compile_bpf)
$(BUILD)/%.bpf.o: tools/bench/%.bpf.c
	$(compile_bpf)
$(BUILD)/%.bpf.o: tools/pktgen/%.bpf.c
	$(compile_bpf)
$(BUILD)/%.bpf.o: selftests/prog/%.bpf.c
	$(compile_bpf)

$(BUILD)/%.skel.h: $(BUILD)/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(if $(BPFTOOL),,echo "bpftool not found: run tools/install-deps" >&2; exit 1;) \
	  $(BPFTOOL) gen skeleton $< name $*_bpf >$@.tmp && mv $@.tmp $@

.SECONDARY: $(BUILD)/xsw.bpf.o $(BUILD)/bench.bpf.o $(BUILD)/pktgen.bpf.o $(BUILD)/bulks.bpf.o $(BUILD)/timer_memory.bpf.o
.DELETE_ON_ERROR:

-include $(shell find $(BUILD) \( -path $(BUILD)/deb -o -path $(BUILD)/boot \) -prune -o -name '*.d' -type f -print 2>/dev/null)

# ---- what is done with it

# tests NAMES: their paths, of names with and without selftests/ and .t
tests = $(foreach t,$(1),$(firstword $(wildcard $(t) selftests/$(t) selftests/$(t).t) $(t)))
# prove TESTS, prove_alone TESTS: PROVE_JOBS at a time, or one after the other
prove = XSW=$(abspath $(BUILD)/xsw) $(PROVE) -j$(PROVE_JOBS) $(PROVE_FLAGS) $(1)
prove_alone = XSW=$(abspath $(BUILD)/xsw) $(PROVE) $(PROVE_FLAGS) $(1)
# These count that no frame is lost. All network namespaces share the queue of a CPU that frames wait
# in (net.core.netdev_max_backlog), so a test that floods beside them makes them lose some.
ALONE := $(wildcard $(addprefix selftests/,pktgen_ping.t port_set_atomic.t upgrade.t upgrade_layout.t))
# All others: those that took longest when all were run last begin first. Told to use such a
# state, prove runs each test that stands there, asked for or not.
STATE = $(abspath $(BUILD))/prove.together
prove_all = $(call prove,--state=$(if $(wildcard $(STATE)),slow$(comma))save --statefile=$(STATE) \
	  $(sort $(filter-out $(ALONE),$(wildcard selftests/*.t))))
comma := ,
SMOKE := bad_input config fdb_static isolated learning port_set_atomic steps vlan_access vlan_trunk

deps: ## install what is missing to build and test (Debian, Ubuntu)
	$(Q)tools/install-deps

check: deps ## build, lint, run every selftest (as root)
	$(Q)$(MAKE_ALL) all $(if $(shell selftests/fuzz/why-not),,fuzzers)
	$(Q)$(MAKE_ALL) lint
	$(Q)tools/check-root check
	$(Q)$(if $(T),$(call prove,$(call tests,$(T))),$(prove_all))
	$(Q)$(if $(T),:,$(call prove_alone,$(ALONE)))

test: ## build what tests need, run T=NAME.t (as root; several in quotes), no lint, no packages
	$(Q)$(if $(T),,echo "make test: which one? T=isolated.t, for example" >&2; exit 1;) \
	  $(MAKE_ALL) all
	$(Q)tools/check-root test
	$(Q)$(call prove,$(call tests,$(T)))

smoke: ## one test of each kind, in half a minute (as root)
	$(Q)$(MAKE_ALL) all
	$(Q)tools/check-root smoke
	$(Q)$(call prove,$(SMOKE:%=selftests/%.t))

exhaustive: deps ## the VLAN rules for all frames and ports that can be told apart, the FDB a hundred million times (two minutes)
	$(Q)$(MAKE_ALL) $(BUILD)/selftests/exhaustive $(BUILD)/selftests/fdb_table
	$(Q)$(BUILD)/selftests/exhaustive
	$(Q)$(BUILD)/selftests/fdb_table 100000000

vmcheck: deps ## selftests on other kernels in virtual machines (as root; KERNEL=, T=, VMTESTS=all)
	$(Q)$(MAKE_ALL) all
	$(Q)tools/check-root vmcheck
	$(Q)BUILD=$(abspath $(BUILD)) PROVE="$(PROVE)" PROVE_FLAGS="$(filter-out --failures --comments,$(PROVE_FLAGS))" VMTESTS=$(VMTESTS) \
	  vmtests/run $(or $(KERNEL),6.1 6.12 newest) $(if $(T),-- $(T))

guestcheck: ## real QEMU guests on taps (as root; T= chooses one test)
	$(Q)tools/install-deps vm
	$(Q)$(MAKE_ALL) all
	$(Q)tools/check-root guestcheck
	$(Q)vmtests/guests/prepare $(BUILD)/guests || [ $$? = 75 ]
	$(Q)XSW=$(abspath $(BUILD)/xsw) $(PROVE) $(PROVE_FLAGS) --comments \
	  $(or $(T),$(sort $(wildcard vmtests/guests/*.t)))

bootcheck: ## systemd, udev and the package on a virtual machine that boots (as root; SUITE=bookworm)
	$(Q)tools/install-deps boot
	$(Q)tools/check-root bootcheck
	$(Q)vmtests/boot/prepare $(BUILD)/boot $(or $(SUITE),bookworm)
	$(Q)BOOT=$(abspath $(BUILD)/boot) $(PROVE) $(PROVE_FLAGS) vmtests/boot/boot.t

kselftest: deps ## the kernel's net/forwarding tests, of Debian's linux-source, on xsw (as root; KERNEL=native, T=bridge_vlan_aware)
	$(Q)$(MAKE_ALL) all
	$(Q)tools/check-root kselftest
	$(Q)BUILD=$(abspath $(BUILD)) PROVE="$(PROVE)" tools/kselftest/run $(KERNEL) $(if $(T),-- $(T)) || [ $$? = 77 ]

distrocheck: ## demo and check in a fresh system of a Debian release (as root; SUITE=trixie)
	$(Q)tools/check-root distrocheck
	$(Q)tools/distrocheck $(SUITE)

debcheck: ## packages built, installed, upgraded, purged in a fresh system of a release (as root; SUITE=bookworm)
	$(Q)tools/check-root debcheck
	$(Q)tools/distrocheck $(or $(SUITE),bookworm) "deb VERSION=0.1" "deb VERSION=0.2" package-test

package-test: # in that system
	$(Q)tools/install-deps lintian
	$(Q)$(PROVE) $(PROVE_FLAGS) vmtests/package.t

demo: deps ## three guests, two VLANs, a QinQ tunnel, half a minute (as root)
	$(Q)$(MAKE_ALL) all
	$(Q)tools/check-root demo
	$(Q)BUILD=$(abspath $(BUILD)) tools/demo

bench: deps ## measure against Linux bridge and bare redirect (as root; QUICK=1: half a minute)
	$(Q)$(MAKE_ALL) all
	$(Q)tools/check-root bench
	$(Q)BUILD=$(abspath $(BUILD)) QUICK=$(QUICK) tools/bench/run

bench-peers: ## xsw-bench: beside bridge, OVS, DPDK (as root; QUICK=1, LOAD=pps-60,... or all)
	$(Q)tools/install-deps bench
	$(Q)$(MAKE_ALL) all
	$(Q)tools/check-root bench-peers
	$(Q)BUILD=$(abspath $(BUILD)) tools/bench/xsw-bench peers -v -o $(BUILD)/bench-peers \
	  $(if $(filter-out 0,$(QUICK)),--quick) $(if $(LOAD),--load $(LOAD))

bench-guests: deps ## TCP and latency of guests on taps, against Linux bridge (as root)
	$(Q)$(MAKE_ALL) all
	$(Q)tools/check-root bench-guests
	$(Q)BUILD=$(abspath $(BUILD)) tools/bench/guests

bench-policers: deps ## how well policers keep their rates (as root)
	$(Q)$(MAKE_ALL) all
	$(Q)tools/check-root bench-policers
	$(Q)BUILD=$(abspath $(BUILD)) tools/bench/policers

fuzzers: $(FUZZ) # the targets of libFuzzer, in build/fuzz

fuzz: deps ## libFuzzer on all that reads what others wrote (FUZZ_SECONDS=60 each, FUZZ=build/fuzz/steps: one)
	$(Q)$(MAKE_ALL) all fuzzers
	$(Q)BUILD=$(abspath $(BUILD)) selftests/fuzz/run long $(notdir $(FUZZ))

# A script is read again when it, or one that it sources, has changed.
LINTED := $(if $(shell command -v shellcheck),$(SCRIPTS:%=$(BUILD)/lint/%.ok))
$(LINTED): $(BUILD)/lint/%.ok: % $(filter %.sh,$(SCRIPTS))
	$(call say,LINT,$<)
	$(Q)mkdir -p $(@D)
	$(Q)shellcheck -x -S warning -P SCRIPTDIR $< && touch $@

lint: $(LINTED) $(CTRL_OBJ) $(STEPS_OBJ) $(TRACE_OBJ) $(SLOWPATH_OBJ) $(PKTGEN_OBJ) $(XSW_OBJ) ## order of rooms, call circles, layout of C, SPDX lines, shellcheck
	$(Q)tools/lint
	$(Q)tools/circles -b $(BUILD) ctrl tools/slowpath tools/pktgen tools/xsw

hooks: ## have git look at commit messages in this clone
	$(Q)git config core.hooksPath tools/hooks

format: ## reformat all C files
	$(Q)$(FORMAT) -i $(C_FILES)

# tools/install knows what goes where.
install: programs ## install programs, man pages, units, completion (DESTDIR, PREFIX, SBINDIR, ...)
	$(Q)$(PUT) install

uninstall: ## remove what install has made, with the same DESTDIR and folders
	$(Q)$(PUT) uninstall

deb: ## Debian packages of what stands here, into build/deb
	$(Q)tools/install-deps deb
	$(Q)BUILD=$(BUILD) tools/deb $(VERSION)

clean: ## remove build/
	$(Q)rm -rf $(BUILD) compile_commands.json

compile_commands.json: $(filter %.c,$(C_FILES)) Makefile ## for clangd and the like
	$(Q){ echo '['; sep=; for f in $(filter %.c,$(C_FILES)); do \
	  case $$f in *.bpf.c|bpf/*.c) c='$(CLANG) $(BPF_CFLAGS)';; *) c='$(CC) $(ALL_CFLAGS)';; esac; \
	  printf '%s{"directory": "%s", "file": "%s", "command": "%s -c %s"}' \
	    "$$sep" '$(CURDIR)' "$$f" "$$c" "$$f"; sep=', '; done; echo ']'; } >$@

help: ## this list
	@sed -n 's/^\([a-z_.-]*\):[^#=]*## \(.*\)/  \1\t\2/p' Makefile | expand -t 26
	@echo '  V=1 shows commands, CI=true makes warnings errors, T=selftests/x.t checks one behaviour'

FORCE:
.PHONY: FORCE all programs deps check exhaustive test smoke hooks vmcheck guestcheck bootcheck kselftest distrocheck debcheck package-test demo bench bench-peers bench-guests bench-policers fuzzers fuzz lint format install uninstall deb clean help
