/* SPDX-License-Identifier: GPL-2.0 */
/* The options of a kind of object, as a table: the command line, help, completion, output and
 * configuration files all go by its rows. A new option is a new row.
 *
 * The settings of an object are a structure whose first member is `__u64 given`: bit N says that
 * the option of row N was named.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct vlan_set;

enum opt_type {
	/* numbers: an unsigned member of 1, 2, 4 or 8 bytes, or the bits @mask of it */
	OPT_ON_OFF,    /* all bits of @mask, or none; in JSON a boolean */
	OPT_CHOICE,    /* one of @words; in JSON that word */
	OPT_NUMBER,    /* @min to @max */
	OPT_CODE,      /* the same, in base 16 too behind "0x", or one of @words */
	OPT_ETHERTYPE, /* the same; shown in base 16, in JSON a string */
	OPT_VID,       /* 0 to 4094, or OPT_VID_NONE: "none", in JSON 0 */
	OPT_RATE,      /* "10mbit", bits per second; in JSON a number */
	OPT_SIZE,      /* "64kb", bytes; in JSON a number */
	OPT_BITS,      /* "0,2-5": which bits of @mask are set, or "none"; in JSON a list */
	/* others */
	OPT_VIDS,   /* struct vlan_set of VIDs, empty: all, or one of @words; in JSON a list */
	OPT_CPUS,   /* struct vlan_set of CPUs, empty: any; in JSON a list */
	OPT_MAC,    /* __u8[6], any address */
	OPT_PREFIX, /* struct ip_prefix */
	OPT_NAME,   /* char[XSW_NAME_LEN], of a device */
	OPT_NAMES,  /* struct name_list, empty: one of @words */
};

#define OPT_VID_NONE 0xffff
#define OPTS_ALL (~0ULL)   /* of @given: all options are named */
#define OPT_TEXT_MAX 16384 /* has room for each value as text: 1023 names of devices, for one */

struct opt_word {
	const char *word;
	__u64 value; /* of the bits in @mask */
};

struct opt {
	const char *word;
	const char *help; /* what values there are, for help and messages; NULL: as of the type */
	const char *meta; /* what stands for a value in a line of usage; NULL: as @help */
	enum opt_type type;
	__u16 at, size;		      /* which member of the settings: OPT_AT() */
	__u64 mask;		      /* the bits of a number that are the value; 0: all */
	const struct opt_word *words; /* up to one without a word; of OPT_ON_OFF, if not on, off */
	__u32 min, max;
	__u64 by_default; /* of a number; others have no VID, any CPU, zeros */
};

#define OPT_AT(type, member) .at = offsetof(type, member), .size = sizeof(((type *)0)->member)

struct opts {
	const char *object; /* "port": begins messages */
	const struct opt *row;
	size_t n;    /* 64 at the most */
	size_t size; /* of the settings */
};

#define OPTS(object, rows, settings)                                                               \
	{                                                                                          \
		object, rows, sizeof(rows) / sizeof(*(rows)), sizeof(settings)                     \
	}

#define opts_for(o, opts) for (const struct opt *o = (opts)->row; o < (opts)->row + (opts)->n; o++)

/** opts_find() - the option called @word, or NULL */
const struct opt *opts_find(const struct opts *opts, const char *word);

/** opts_default() - all options at their default values, and none named; the rest is 0 */
void opts_default(const struct opts *opts, void *settings);

/** opts_copy() - give @to those values that @from names */
void opts_copy(const struct opts *opts, void *to, const void *from);

/**
 * opt_differs() - has the option another value in @a than in @b?
 * opts_differ() - the same of all options; bit N: that of row N
 */
bool opt_differs(const struct opt *o, const void *a, const void *b);
__u64 opts_differ(const struct opts *opts, const void *a, const void *b);

/** opts_name() - name the options that stand in the member at @at */
void opts_name(const struct opts *opts, void *settings, size_t at);

/** opts_given() - is an option named that stands in the member at @at? */
bool opts_given(const struct opts *opts, const void *settings, size_t at);

/** opt_given() - is the option of row @o named? */
static inline bool opt_given(const struct opts *opts, const struct opt *o, const void *settings)
{
	return *(const __u64 *)settings >> (o - opts->row) & 1;
}

/**
 * opt_read() - read a value
 * @name: of the object, for the error; NULL: it tells the option alone
 *
 * Return: 0, and the option is named; -EINVAL with the error set, and @settings are as before.
 */
int opt_read(const struct opts *opts, const struct opt *o, const char *text, const char *name,
	     void *settings);

/** opt_values() - which values there are: "on|off", "0 to 4094, or none" */
void opt_values(const struct opt *o, char *text, size_t size);

/** opt_takes() - is @word one of the option's words, as "on" of OPT_ON_OFF? */
bool opt_takes(const struct opt *o, const char *word);

/** opt_text() - the value as it can be given; "" for an empty list and no VID */
void opt_text(const struct opt *o, const void *settings, char *text, size_t size);

/** opt_number() - the value of one that is a number; of OPT_ON_OFF: is it on? */
__u64 opt_number(const struct opt *o, const void *settings);

/** opt_is_list() - is a value a list of numbers: OPT_VIDS, OPT_CPUS and OPT_BITS? */
bool opt_is_list(const struct opt *o);

/** opt_list() - the numbers in the value of one that is a list */
void opt_list(const struct opt *o, const void *settings, struct vlan_set *list);
