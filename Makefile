# SPDX-License-Identifier: GPL-2.0-or-later
#
# make              build/rescue: one static stripped ELF, no interpreter
# make check        everything that must pass: installs what it needs, ends with
#                   "N passed, N failed"
# make demo         a broken server disk, repaired in QEMU before your eyes
# make unit         unit tests alone (UNIT=formats/bls for one); with RESCUE_MODULES=DIR
#                   UNIT=formats/kmod_agrees compares every module below DIR with kmod
# make cli          command line tests alone
# make check-system every QEMU test (make check runs the small set)
# make check-judge-menu  menus made at random: real boot loaders start what we say
# make check-judge  every kernel of the lab asked what it loads (make check: one of them)
# make check-symbols  what images export against Module.symvers: all kernels of the archive
# make fuzz         every fuzz target for FUZZ_SECONDS=10 each
# make bench        how fast (BENCH_RUNS=5): packages against rpm, cpio, bsdtar; a whole
#                   restore against rpm, depmod, dracut; locate against lsblk, blkid;
#                   verify against modinfo, depmod -e, xz
# make reproducible two builds in two directories, two initramfs images: the same bytes
# make layers       the include law
# make lint         shellcheck over all scripts
# make install      into DESTDIR and PREFIX=/usr/local: program and manual page
# make clean        removes build/, not the cache of libraries and test inputs
#
# DEV=1    warnings are errors
# SAN=1    ASan and UBSan on glibc: build/san/rescue (unit and cli run with it)
# V=1      show commands
#
# The libraries are built once by scripts/dependencies into a cache outside this tree
# (RESCUE_CACHE, else ~/.cache/rescue).

VERSION := 0.1.0
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 10
BENCH_RUNS ?= 5
# In pipeline order: a room sees those before it. scripts/check-layers enforces it.
ROOMS := base formats target locate inventory package verify plan generate apply command

ifdef SAN
FLAVOUR := san
BIN := build/san/rescue
else
FLAVOUR ?= musl
BIN := build/rescue
endif
LIBC := $(if $(filter musl,$(FLAVOUR)),musl,glibc)
OBJ := build/obj/$(FLAVOUR)

WARNINGS := -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wpointer-arith -Wundef \
	-Wimplicit-fallthrough -Wduplicated-cond -Wlogical-op -Wnull-dereference
ifdef DEV
WARNINGS += -Werror
endif
CPPFLAGS = -iquote include -isystem $(DEPS_$(LIBC))/include -D_GNU_SOURCE \
	-D_FILE_OFFSET_BITS=64 -DRESCUE_VERSION='"$(VERSION)"'
CFLAGS_COMMON := -std=gnu11 -g $(WARNINGS) -fstack-protector-strong -fno-common \
	-ffile-prefix-map=$(CURDIR)=.
CFLAGS_musl := -Os -ffunction-sections -fdata-sections
CFLAGS_glibc := -O1 -DRESCUE_FAULT_POINTS
CFLAGS_san := -O1 -DRESCUE_FAULT_POINTS -fsanitize=address,undefined \
	-fno-sanitize-recover=undefined -fno-omit-frame-pointer
LDFLAGS_musl := -Wl,--gc-sections -Wl,-z,relro,-z,now -Wl,--build-id=none \
	-Wl,--fatal-warnings -Wl,--wrap=memcpy,-u,__wrap_memcpy
LDFLAGS_san := -fsanitize=address,undefined
LIBS := -ldepmod -lkmod -lmount -lblkid -lsmartcols -luuid -larchive -lnettle \
	-lz -lbz2 -llzma -lzstd -llz4 -lminilzo -lpthread
CC_FLAVOUR = $(DEPS_$(LIBC))/bin/cc
CFLAGS_ALL = $(CFLAGS_COMMON) $(CFLAGS_$(FLAVOUR)) $(CPPFLAGS) $(CFLAGS)
$(OBJ)/rescue/formats/%.o $(OBJ)/rescue/target/%.o: WARNINGS_ROOM := -Wconversion

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-6s %s\n' $(1) $(2);)

# ---- sources ------------------------------------------------------------------------
room_objects = $(patsubst %.c,$(OBJ)/%.o,$(sort $(wildcard rescue/$(1)/*.c)))
ARCHIVES := $(foreach r,$(ROOMS),$(if $(wildcard rescue/$(r)/*.c),$(OBJ)/$(r).a))
INIT_OBJECTS := $(patsubst %.c,$(OBJ)/%.o,$(sort $(wildcard initramfs/*.c)))
# A linker reads archives left to right: the topmost room first.
reverse = $(if $(1),$(call reverse,$(wordlist 2,99,$(1))) $(firstword $(1)))

.PHONY: all bench check demo unit cli fuzz fuzz-corpora layers lint install clean check-system \
	check-judge check-judge-menu check-symbols reproducible
all: $(BIN)

build/rescue: $(OBJ)/rescue/main.o $(INIT_OBJECTS) $(ARCHIVES) scripts/check-binary
	$(call say,LINK,$@)$(CC_FLAVOUR) -L$(DEPS_$(LIBC))/lib $(LDFLAGS_$(FLAVOUR)) \
		-o $@.unstripped $(filter %.o,$^) $(call reverse,$(ARCHIVES)) \
		$(LIBS) $(LDFLAGS)
	$(Q)strip -o $@.new $@.unstripped
	$(Q)scripts/check-binary $@.new
	$(Q)mv $@.new $@

build/glibc/rescue build/san/rescue: $(OBJ)/rescue/main.o $(INIT_OBJECTS) $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC_FLAVOUR) -L$(DEPS_$(LIBC))/lib $(LDFLAGS_$(FLAVOUR)) -o $@ \
		$(filter %.o,$^) $(call reverse,$(ARCHIVES)) $(LIBS) $(LDFLAGS)

$(OBJ)/%.o: %.c build/deps-$(LIBC).mk
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC_FLAVOUR) $(CFLAGS_ALL) $(WARNINGS_ROOM) -MMD -MP -c -o $@ $<

define room_rule
$(OBJ)/$(1).a: $(call room_objects,$(1))
	$(Q)rm -f $$@ && ar rcsD $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rule,$(r))))

# ---- libraries: built once, outside the tree ----------------------------------------------
# check and demo install what is missing first, and call make again.
ifeq ($(filter clean layers lint check check-system demo reproducible,$(or $(MAKECMDGOALS),all)),)
include build/deps-$(LIBC).mk
endif
build/deps-%.mk: scripts/dependencies
	@mkdir -p build
	@scripts/setup --check build
	@prefix=$$(scripts/dependencies $*) && \
		printf 'DEPS_%s := %s\n' $* "$$prefix" > $@.new && mv $@.new $@

# ---- tests ---------------------------------------------------------------------------------
# tests/unit/ROOM/NAME.c is linked with the rooms that ROOM may see, and no others.
UNIT ?= *
UNIT_SOURCES := $(sort $(filter $(if $(findstring *,$(UNIT)),%,tests/unit/$(UNIT).c),\
	$(wildcard tests/unit/*/*.c)))
UNIT_PROGRAMS := $(patsubst tests/unit/%.c,build/unit-$(FLAVOUR)/%,$(UNIT_SOURCES))
rooms_up_to = $(if $(filter initramfs,$(1)),base formats target locate,$(if \
	$(filter $(1),$(firstword $(2))),$(1),$(firstword $(2)) $(call \
	rooms_up_to,$(1),$(wordlist 2,99,$(2)))))
unit_archives = $(filter $(patsubst %,$(OBJ)/%.a,$(call rooms_up_to,$(1),$(ROOMS))),$(ARCHIVES))

ifeq ($(FLAVOUR),musl)
# cmocka is a glibc library: the unit tests are built there.
unit:
	$(Q)$(MAKE) --no-print-directory FLAVOUR=glibc $(if $(DEV),DEV=1) unit
else
unit: $(UNIT_PROGRAMS)
	$(Q)tests/run-unit $(UNIT_PROGRAMS)
endif

UNIT_LIBRARY := $(patsubst %.c,$(OBJ)/%.o,$(sort $(wildcard tests/lib/*.c)))

define unit_rule
build/unit-$(FLAVOUR)/$(1)/%: tests/unit/$(1)/%.c $(UNIT_LIBRARY) \
		$(call unit_archives,$(1)) $(if $(filter initramfs,$(1)),$(INIT_OBJECTS))
	@mkdir -p $$(@D)
	$$(call say,UNIT,$$<)$$(CC_FLAVOUR) $$(CFLAGS_ALL) -Wno-null-dereference \
		-iquote tests/lib -MMD -MP -MF build/unit-$(FLAVOUR)/$(1)/$$*.d -o $$@ $$< \
		$$(filter %.o,$$^) -L$$(DEPS_$(LIBC))/lib $$(LDFLAGS_$(FLAVOUR)) \
		$(call reverse,$(call unit_archives,$(1))) $(LIBS) -lcmocka
endef
$(foreach r,$(ROOMS) initramfs,$(eval $(call unit_rule,$(r))))

layers:
	$(Q)scripts/check-layers

lint:
	$(Q)shellcheck -x $$(git ls-files -- ':!*.corpus/*' ':!tests/data' | xargs awk \
		'FNR == 1 && /^\#(!.*\/(env )?(ba)?sh| shellcheck shell)/ { print FILENAME }')

cli: $(BIN)
	$(Q)RESCUE=$(BIN) tests/cli/run

fuzz:
	$(Q)FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run

fuzz-corpora:
	$(Q)tests/fuzz/run --replay

# The release's own archives: musl, -Os.
build/bench/unpack: tests/bench/unpack.c $(call unit_archives,package)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC_FLAVOUR) $(CFLAGS_ALL) -static -o $@ $< -L$(DEPS_$(LIBC))/lib \
		$(LDFLAGS_$(FLAVOUR)) $(call reverse,$(call unit_archives,package)) $(LIBS)

bench: build/bench/unpack build/rescue
	$(Q)scripts/setup bench
	$(Q)tests/bench/packages --runs $(BENCH_RUNS) build/bench/unpack
	$(Q)tests/bench/locate build/rescue
	$(Q)tests/bench/restore --runs $(BENCH_RUNS) build/rescue
	$(Q)tests/bench/verify --runs $(BENCH_RUNS) build/rescue

check:
	$(Q)tests/check

check-judge: build/rescue
	$(Q)tests/judge/run

check-judge-menu: build/rescue
	$(Q)tests/system/run menus

build/judge/exports: tests/judge/exports.c $(call unit_archives,inventory)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC_FLAVOUR) $(CFLAGS_ALL) -static -o $@ $< -L$(DEPS_$(LIBC))/lib \
		$(LDFLAGS_$(FLAVOUR)) $(call reverse,$(call unit_archives,inventory)) $(LIBS)

check-symbols: build/judge/exports
	$(Q)tests/judge/symbols $<

check-system:
	$(Q)tests/system/run

reproducible:
	$(Q)tests/reproducible

demo:
	$(Q)scripts/demo

install: build/rescue
	install -D -m 0755 build/rescue $(DESTDIR)$(PREFIX)/sbin/rescue
	install -D -m 0644 scripts/man/rescue.8 $(DESTDIR)$(PREFIX)/share/man/man8/rescue.8
	install -d $(DESTDIR)$(PREFIX)/share/doc/rescue
	cp -r $(DEPS_musl)/licences $(DESTDIR)$(PREFIX)/share/doc/rescue/

clean:
	rm -rf build

-include $(shell find build/obj build/unit-* -name '*.d' 2>/dev/null)
.SUFFIXES:
.SECONDARY:
