// SPDX-License-Identifier: GPL-2.0
/* Values of options: between text and the members of an object's settings. */
#include "ctrl/base/opt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/base/ip_text.h"
#include "ctrl/base/mac.h"
#include "ctrl/base/name_list.h"
#include "ctrl/base/rate_text.h"
#include "ctrl/base/vlan_set.h"

static const struct opt_word on_off[] = { { "on", ~0ULL }, { "off", 0 }, {} };
static const struct opt_word no_vid[] = { { "none", OPT_VID_NONE }, {} };
static const struct opt_word no_bits[] = { { "none", 0 }, {} };

/* ---- members ---- */

static bool is_number(const struct opt *o)
{
	return o->type < OPT_VIDS;
}

static const void *member(const struct opt *o, const void *settings)
{
	return (const char *)settings + o->at;
}

static __u64 mask(const struct opt *o)
{
	return o->mask ? o->mask : ~0ULL >> (64 - 8 * o->size);
}

/* Where the low bytes of a __u64 are that a smaller member holds. */
static char *low_bytes(const struct opt *o, __u64 *value)
{
	return (char *)value +
	       (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? sizeof(*value) - o->size : 0);
}

/* The bits of the member that are not the value are 0. */
static __u64 load(const struct opt *o, const void *settings)
{
	__u64 value = 0;

	memcpy(low_bytes(o, &value), member(o, settings), o->size);
	return value & mask(o);
}

static void store(const struct opt *o, __u64 value, void *settings)
{
	__u64 all = 0;

	memcpy(low_bytes(o, &all), member(o, settings), o->size);
	all = (all & ~mask(o)) | (value & mask(o));
	memcpy((char *)settings + o->at, low_bytes(o, &all), o->size);
}

/* ---- words ---- */

static const struct opt_word *words_of(const struct opt *o)
{
	static const struct opt_word *const of_type[] = {
		[OPT_ON_OFF] = on_off,
		[OPT_VID] = no_vid,
		[OPT_BITS] = no_bits,
		[OPT_NAMES] = NULL,
	};

	return o->words ? o->words : of_type[o->type];
}

static const struct opt_word *word_find(const struct opt *o, const char *text)
{
	for (const struct opt_word *w = words_of(o); w && w->word; w++)
		if (!strcmp(w->word, text))
			return w;
	return NULL;
}

/* The word for the value in @settings; the first if there is none for it. */
static const char *word_of(const struct opt *o, const void *settings)
{
	for (const struct opt_word *w = words_of(o); w->word; w++)
		if ((w->value & mask(o)) == load(o, settings))
			return w->word;
	return words_of(o)->word;
}

bool opt_takes(const struct opt *o, const char *word)
{
	return word_find(o, word);
}

/* ---- from text ---- */

static unsigned int max_of(const struct opt *o)
{
	return o->type == OPT_VID ? XSW_VID_MAX : o->max;
}

static int digits_parse(const struct opt *o, const char *text, __u64 *number)
{
	bool hex = (o->type == OPT_CODE || o->type == OPT_ETHERTYPE) && text[0] && text[1] == 'x';
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	errno = 0;
	*number = strtoull(text, &end, hex ? 16 : 10);
	return errno || *end || *number < o->min || *number > max_of(o) ? -EINVAL : 0;
}

static int bits_parse(const struct opt *o, const char *text, __u64 *bits)
{
	struct vlan_set set;
	int err = vlan_set_parse(text, &set);

	*bits = set.bits[0];
	for (int i = 1; i < XSW_VLAN_WORDS; i++)
		err = set.bits[i] ? -EINVAL : err;
	return err || *bits & ~mask(o) ? -EINVAL : 0;
}

static int number_parse(const struct opt *o, const char *text, __u64 *number)
{
	const struct opt_word *w = word_find(o, text);

	if (o->type == OPT_RATE)
		return unit_rate_parse(text, number);
	if (o->type == OPT_SIZE)
		return unit_size_parse(text, number);
	if (o->type == OPT_BITS && !w)
		return bits_parse(o, text, number);
	if (w)
		*number = w->value;
	else if (o->type == OPT_ON_OFF || o->type == OPT_CHOICE)
		return -EINVAL;
	return w ? 0 : digits_parse(o, text, number);
}

static int cpus_parse(const char *text, struct vlan_set *cpus)
{
	if (vlan_set_parse(text, cpus))
		return -EINVAL;
	for (int cpu = sysconf(_SC_NPROCESSORS_CONF); cpu <= XSW_VID_MAX; cpu++)
		if (vlan_set_has(cpus, cpu))
			return -EINVAL;
	return 0;
}

/* Read what is not a number, into @value. */
static int other_parse(const struct opt *o, const char *text, void *value)
{
	bool empty;

	switch (o->type) {
	case OPT_VIDS:
		empty = word_find(o, text) || !strcmp(text, "all");
		return vlan_set_parse(empty ? "" : text, value);
	case OPT_NAME:
		strncpy(value, text, XSW_NAME_LEN - 1);
		return name_is_good(text) ? 0 : -EINVAL;
	case OPT_NAMES:
		return word_find(o, text) ? 0 : name_list_parse(text, value);
	case OPT_CPUS:
		return cpus_parse(text, value);
	case OPT_MAC:
		return mac_parse(text, value) ? 0 : -EINVAL;
	default:
		return prefix_parse(text, value);
	}
}

int opt_read(const struct opts *opts, const struct opt *o, const char *text, const char *name,
	     void *settings)
{
	char values[128];
	union {
		__u64 number;
		struct vlan_set set;
		struct ip_prefix prefix;
		__u8 mac[6];
		struct name_list names;
	} value;

	memset(&value, 0, sizeof(value));
	if (is_number(o) ? number_parse(o, text, &value.number) : other_parse(o, text, &value)) {
		opt_values(o, values, sizeof(values));
		return xsw_fail(EINVAL, name ? opts->object : NULL, name, "%s '%s': must be %s",
				o->word, text, values);
	}
	if (is_number(o))
		store(o, value.number, settings);
	else
		memcpy((char *)settings + o->at, &value, o->size);
	*(__u64 *)settings |= 1ULL << (o - opts->row);
	return 0;
}

/* ---- to text ---- */

/* Append to @text, as far as there is room. */
static void add_words(const struct opt *o, const char *before, const char *between, char *text,
		      size_t size)
{
	size_t used = strlen(text);

	for (const struct opt_word *w = words_of(o); w && w->word && used < size; w++) {
		used += snprintf(text + used, size - used, "%s%s", before, w->word);
		before = between;
	}
}

/* Which numbers may be in the list. */
static void bits_values(const struct opt *o, char *text, size_t size)
{
	const struct vlan_set all = { { mask(o) } };
	int n = snprintf(text, size, "a list of ");

	vlan_set_format(&all, text + n, size - n);
}

void opt_values(const struct opt *o, char *text, size_t size)
{
	static const char *const of_type[] = {
		[OPT_RATE] = "a rate such as 100mbit",
		[OPT_SIZE] = "a size such as 64kb",
		[OPT_VIDS] = "VIDs such as 10,20,100-199, or all",
		[OPT_MAC] = "an address such as 01:80:c2:00:00:0e",
		[OPT_PREFIX] = "a prefix such as 192.0.2.0/24 or 2001:db8::/32, no bits behind it",
		[OPT_NAME] = "a device",
		[OPT_NAMES] = "devices such as p1,p2",
	};

	text[0] = '\0';
	if (o->help) {
		snprintf(text, size, "%s", o->help);
		return;
	}
	switch (o->type) {
	case OPT_ON_OFF:
	case OPT_CHOICE:
		add_words(o, "", "|", text, size);
		break;
	case OPT_NUMBER:
	case OPT_CODE:
	case OPT_ETHERTYPE:
	case OPT_VID:
		snprintf(text, size, o->type == OPT_ETHERTYPE ? "0x%04x to 0x%04x" : "%u to %u",
			 o->min, max_of(o));
		add_words(o, ", or ", ", ", text, size);
		break;
	case OPT_BITS:
		bits_values(o, text, size);
		add_words(o, ", or ", ", ", text, size);
		break;
	case OPT_CPUS:
		snprintf(text, size, "CPUs such as 0,2-3, from 0 to %ld",
			 sysconf(_SC_NPROCESSORS_CONF) - 1);
		break;
	default:
		snprintf(text, size, "%s", of_type[o->type]);
	}
}

void opt_text(const struct opt *o, const void *settings, char *text, size_t size)
{
	unsigned long long n = is_number(o) ? load(o, settings) : 0;
	const void *from = member(o, settings);
	struct vlan_set list;

	switch (o->type) {
	case OPT_ON_OFF:
	case OPT_CHOICE:
		snprintf(text, size, "%s", word_of(o, settings));
		break;
	case OPT_VID:
	case OPT_NUMBER:
	case OPT_CODE:
		snprintf(text, size, "%llu", n);
		if (o->type == OPT_VID && n == OPT_VID_NONE)
			text[0] = '\0';
		break;
	case OPT_ETHERTYPE:
		snprintf(text, size, "0x%04llx", n);
		break;
	case OPT_RATE:
		unit_rate_format(n, text, size);
		break;
	case OPT_SIZE:
		unit_size_format(n, text, size);
		break;
	case OPT_VIDS:
	case OPT_CPUS:
	case OPT_BITS:
		opt_list(o, settings, &list);
		vlan_set_format(&list, text, size);
		if (o->type == OPT_BITS && !n)
			snprintf(text, size, "%s", word_of(o, settings));
		break;
	case OPT_MAC:
		snprintf(text, size, "%s", mac_text(from));
		break;
	case OPT_PREFIX:
		prefix_format(from, text, size);
		break;
	case OPT_NAME:
		snprintf(text, size, "%s", (const char *)from);
		break;
	case OPT_NAMES:
		name_list_format(from, text, size);
		break;
	}
}

__u64 opt_number(const struct opt *o, const void *settings)
{
	if (o->type == OPT_ON_OFF)
		return !strcmp(word_of(o, settings), "on");
	return load(o, settings);
}

bool opt_is_list(const struct opt *o)
{
	return o->type == OPT_VIDS || o->type == OPT_CPUS || o->type == OPT_BITS;
}

void opt_list(const struct opt *o, const void *settings, struct vlan_set *list)
{
	memset(list, 0, sizeof(*list));
	if (is_number(o))
		list->bits[0] = load(o, settings);
	else
		memcpy(list, member(o, settings), sizeof(*list));
}

/* ---- all options of an object ---- */

const struct opt *opts_find(const struct opts *opts, const char *word)
{
	opts_for(o, opts)
		if (!strcmp(o->word, word))
			return o;
	return NULL;
}

void opts_default(const struct opts *opts, void *settings)
{
	memset(settings, 0, opts->size);
	opts_for(o, opts)
		if (is_number(o))
			store(o, o->by_default, settings);
}

bool opt_differs(const struct opt *o, const void *a, const void *b)
{
	if (is_number(o))
		return load(o, a) != load(o, b);
	return memcmp(member(o, a), member(o, b), o->size);
}

void opts_copy(const struct opts *opts, void *to, const void *from)
{
	opts_for(o, opts) {
		if (!opt_given(opts, o, from))
			continue;
		if (is_number(o))
			store(o, load(o, from), to);
		else
			memcpy((char *)to + o->at, member(o, from), o->size);
	}
	*(__u64 *)to |= *(const __u64 *)from;
}

__u64 opts_differ(const struct opts *opts, const void *a, const void *b)
{
	__u64 differ = 0;

	opts_for(o, opts)
		differ |= (__u64)opt_differs(o, a, b) << (o - opts->row);
	return differ;
}

void opts_name(const struct opts *opts, void *settings, size_t at)
{
	opts_for(o, opts)
		if (o->at == at)
			*(__u64 *)settings |= 1ULL << (o - opts->row);
}

bool opts_given(const struct opts *opts, const void *settings, size_t at)
{
	opts_for(o, opts)
		if (o->at == at && opt_given(opts, o, settings))
			return true;
	return false;
}
