/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of xsw share: its options, the words of a command, the objects that commands are
 * about, output, and the functions that print errors. Functions that run a command, or read a word
 * of one, return an exit status.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <linux/types.h>

#include "ctrl/base/opt.h"
#include "ctrl/port/port.h"
#include "ctrl/stats/metrics.h"
#include "ctrl/switch/batch.h"
#include "ctrl/switch/switch.h"

#define EXIT_DONE 0
#define EXIT_USAGE 1
#define EXIT_REFUSED 2

/* What --color says, as of ip(8) */
enum color_when { COLOR_NEVER, COLOR_AUTO, COLOR_ALWAYS };

/* --openmetrics or --prometheus: the last of them */
enum metrics_format { METRICS_NONE, METRICS_OPENMETRICS, METRICS_PROMETHEUS };

/* What stands before the object, by its word there. */
struct options {
	bool json; /* also with pretty */
	bool pretty;
	bool statistics;
	bool details;
	bool brief;
	bool oneline;
	int color;   /* enum color_when */
	int metrics; /* enum metrics_format */
	bool may_exist;
	bool if_exists;
	bool dry_run;
	bool force;
	bool prune;
	bool link_follow;
	bool all_netns;
	bool version;
	bool help;
	const char *batch; /* NULL: not given */
	const char *netns;
	const char *bpffs;
};

extern struct options opt;

/* The words of a command that are still to be read. */
struct words {
	char **word;
	int n;
};

/**
 * options_read() - take the options out of a command line
 * @argv: its words, up to a NULL; in another order afterwards
 * @w: result: those that are left
 *
 * Return: 0 or EXIT_USAGE, printed.
 */
int options_read(char **argv, struct words *w);

/** option_in_batch() - set the option @word, if a line of a batch may have it. Return: was it one? */
bool option_in_batch(const char *word);

/** options_help() - the list of options, as it stands in the help */
void options_help(FILE *out);

typedef int (*each_switch_fn)(const struct xsw_switch_handle *sw, void *arg);
typedef int (*each_port_fn)(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
			    void *arg);

struct command {
	const char *name;
	int (*run)(struct words *w); /* Return: an exit status */
	enum xsw_batch_line line;    /* what it does as a line of a batch */
};

/* What commands are about. */
struct object {
	const char *name;
	const char *help;		/* lines of usage */
	const struct opts *opts;	/* listed below them; NULL: none */
	void (*print_help)(void);	/* instead of both */
	const struct command *commands; /* up to one without a name; `show` needs not be said */
	each_port_fn show;		/* `show [ DEV ]` and `list` show ports by this; NULL */
	int (*run)(struct words *w);	/* of an object without commands */
};

extern const struct object object_switch, object_port, object_fdb, object_stats, object_policer,
	object_storm, object_bind, object_check, object_config, object_monitor, object_punt,
	object_lldp, object_trace, object_why, object_support, object_mirror, object_capture;

/* Next word, or NULL. */
char *words_next(struct words *w);
const char *words_peek(const struct words *w);

/* Is @word this command word, whole or as a prefix? */
bool word_is(const char *word, const char *name);

/**
 * nearest_hint() - "; did you mean 'port'?" if one of the words is nearly @word, else ""
 * @words: of each element, @size bytes apart, the first member is a word; up to NULL
 * @hint: result, of @hint_size bytes
 */
void nearest_hint(const char *word, const void *words, size_t size, char *hint, size_t hint_size);

/** usage() - one line on stderr, EXIT_USAGE */
int usage(const char *kind, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** failed() - print what the library recorded, EXIT_REFUSED (or EXIT_USAGE for a bad value) */
int failed(int err);
int failed_value(void);

/** done() - EXIT_DONE, or failed() if @err is neither 0 nor @forgiven, which is -errno or 0 */
int done(int err, int forgiven);

/** warn() - one line on stderr about what was done all the same */
void warn(const char *kind, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** no_more() - 0 when no word is left, else a usage error */
int no_more(struct words *w, const char *kind, const char *name);

/** word_u32() - read a number from @min to @max. Return: 0 or EXIT_USAGE, printed. */
int word_u32(const char *kind, const char *name, const char *what, const char *text,
	     unsigned long min, unsigned long max, __u32 *value);

/**
 * word_name() - read the name that follows @word, such as that of a switch after "switch"
 * @name: what the command is about, or NULL
 * @to: the name; NULL before
 *
 * Return: 0 or EXIT_USAGE, printed, if no name follows, or @word was there before.
 */
int word_name(const char *kind, const char *name, const char *word, struct words *w,
	      const char **to);

/* Which ports a command shows. */
struct where {
	const char *ifname;	 /* NULL: all */
	const char *switch_name; /* NULL: on whichever switch */
};

/**
 * word_where() - read `[ dev ] DEV` or `switch NAME`, which @word begins
 *
 * Return: 0 or EXIT_USAGE, printed.
 */
int word_where(const char *kind, const char *word, struct words *w, struct where *where);

/** word_interval() - read 0.01 to 86400 seconds. Return: 0 or EXIT_USAGE, printed. */
int word_interval(const char *kind, const char *text, double *seconds);

/**
 * unknown_word() - say that a command of @kind does not know @word
 * @words: those that it knows, up to a NULL
 *
 * Return: EXIT_USAGE.
 */
int unknown_word(const char *kind, const char *name, const char *word, const char *const *words);

/** unknown_option() - say that the object called @name has no option @word. Return: EXIT_USAGE. */
int unknown_option(const struct opts *opts, const char *word, const char *name);

/**
 * read_opt() - read the option @word of the object called @name
 * @value: NULL: there is no word behind it
 *
 * Return: 0 or EXIT_USAGE, printed.
 */
int read_opt(const struct opts *opts, const char *word, const char *value, const char *name,
	     void *settings);

/**
 * help_item() - print one of a list in the help, on a new line if there is no room
 * @indent: of new lines
 * @column: of the line so far
 * @between: what stands between items of a line
 *
 * Return: the column behind it.
 */
int help_item(FILE *out, int indent, int column, const char *between, const char *text);

/** opts_usage() - "@begin@command [ WORD VALUE ]...", below one another behind @begin */
void opts_usage(const char *begin, const char *command, const struct opts *opts);

/** opts_help() - the list of options and their values */
void opts_help(const struct opts *opts);

/* What a command shows is told once, and printed as text or, with -j, as JSON. Of a field, @key is
 * its name in JSON, and @text what stands before its value in the text; NULL: the other one alone
 * has it.
 */

/** out_begin() - begin the answer of a command, a list of objects */
void out_begin(void);

/**
 * out_end() - end it
 * @err: 0, or what went wrong (-errno, the error is set)
 *
 * With -EUCLEAN, objects of JSON are printed all the same, and the error on stderr alone.
 * Return: what the command returns.
 */
int out_end(int err);

/**
 * out_object() - begin an object, called @key if it is in one
 * out_list() - begin a list of values, the same
 * out_close() - end what was begun last
 *
 * An object outside of out_begin() and out_end() is printed by out_close(), on a line of its own.
 */
void out_object(const char *key);
void out_list(const char *key);
void out_close(void);

/** out_redirect() - write text to @to from now on; NULL: to standard output */
void out_redirect(FILE *to);

/** out_text() - what is in the text alone */
void out_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

void out_string(const char *key, const char *text, const char *value);

/** out_word() - as out_string(), in the text alone; colours go by @key */
void out_word(const char *key, const char *text, const char *value);

/** out_brief() - is one line an object to be printed, of columns, instead of all? Not with -j. */
bool out_brief(void);

/** out_column() - a value of such a line, at least @width characters wide; colours go by @key */
void out_column(const char *key, int width, const char *value);
void out_column_int(int width, long long value);

/** out_row_end() - end such a line, with the namespace of the switch if all are shown */
void out_row_end(const char *netns);
void out_int(const char *key, const char *text, long long value);

/** out_bool() - in the text "on" or "off" */
void out_bool(const char *key, const char *text, bool value);

/** out_null() - a null in JSON */
void out_null(const char *key);

/** out_item() - a word of a list */
void out_item(const char *text, const char *value);

/** out_opt() - an option by its word, with "_" for "-" in JSON; in the text only if @in_text */
void out_opt(const struct opt *o, const void *settings, bool in_text);

/** out_switch() - a switch's name and network namespace, which the text has with --all-netns */
void out_switch(const char *text, const char *name, const char *netns);
void out_netns(const char *netns);

/** out_port() - where a port is: "p1: switch sw0" */
void out_port(const struct xsw_port_info *info);

/**
 * port_named() - the port that `DEV` names, refused if `switch NAME` names another's switch
 * @switch_name: NULL: whichever it is on
 * @sw: result: its switch, open if there is no error
 *
 * Return: port number or -errno, error set.
 */
int port_named(const char *ifname, const char *switch_name, struct xsw_switch_handle *sw);

/**
 * each_switch() - call @each for the switch called @name, NULL: for all
 *
 * Return: 0, or the first error, negative.
 */
int each_switch(const char *name, each_switch_fn each, void *arg);

/** switch_check() - 0 if there is a switch called @name, or @name is NULL; -errno, the error set */
int switch_check(const char *name);

/**
 * each_port() - call @each for port @ifname (with --all-netns for each that is called so); NULL:
 * for all ports of switch @switch_name, NULL: of all switches
 *
 * Return: 0, or the first error, negative.
 */
int each_port(const char *ifname, const char *switch_name, each_port_fn each, void *arg);

typedef int (*change_port_fn)(struct xsw_switch_handle *sw, __u32 port, void *arg);

/**
 * change_port() - the whole of a command that changes port @ifname by @change
 * @forgiven: what --may-exist or --if-exists makes no error, -errno; 0: nothing
 *
 * Return: what the command returns.
 */
int change_port(const char *ifname, change_port_fn change, void *arg, int forgiven);

/** show_ports() - a whole `show [ DEV ]` command by each_port(), without an @arg */
int show_ports(struct words *w, const char *object, each_port_fn each);

/** stats_tell() - the counters of a port, within what is shown of it with -s */
void stats_tell(const struct xsw_switch_handle *sw, const struct xsw_port_info *info);

/**
 * screen_begin() - use the terminal at standard output as a screen, as watch(1) does
 * screen_draw() - draw @text anew, as much of it as there is room for
 * screen_end() - leave the terminal as it was
 *
 * Return of screen_begin(): is there a terminal? The others do nothing without one.
 */
bool screen_begin(void);
void screen_draw(const char *text);
void screen_end(void);

typedef int (*run_line_fn)(struct words *w);

/**
 * batch_run() - run the lines of file @path, "-": of standard input, each by @run
 *
 * Up to the first that fails, with --force all of them. Return: exit status of the first that failed.
 */
int batch_run(const char *path, run_line_fn run);

int monitor_link_follow(struct words *w);
