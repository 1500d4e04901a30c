/* SPDX-License-Identifier: GPL-2.0 */
/* What a port, or a switch, has beside its settings: lists of things, each with a key of its own
 * in a file. Private to ctrl/config/.
 */
#pragma once

#include <stdbool.h>

#include "ctrl/config/change.h"
#include "ctrl/config/list.h"
#include "ctrl/config/write.h"
#include "ctrl/config/yaml.h"
#include "ctrl/fdb/fdb.h"

struct cfg_part {
	const char *word; /* the key */
	size_t size;	  /* of an item */

	const char *const *keys; /* of an item, beside its options; up to NULL */

	/* The options of an item, which begins with their settings; NULL: it has none. Rows that
	 * have their bit in @hidden are no keys of a file.
	 */
	const struct opts *opts;
	__u64 hidden;

	/* Append to @list what runs on @port (or XSW_ANY_PORT). Return: 0 or -errno, error set. */
	int (*load)(const struct cfg_part *part, struct cfg_list *list,
		    const struct xsw_switch_handle *sw, __u32 port);

	/* Write the keys of an item that are no options. */
	void (*dump)(struct cfg_writer *w, const void *item);

	/* Read the value of @word, one of @keys. Return: 0, or -errno with the error set. */
	int (*key)(const struct cfg_part *part, struct cfg_reader *r, const char *word,
		   yaml_node_t *value, void *item);

	/* Check and finish an item of port @dev that was read, the last of @list. */
	int (*check)(const struct cfg_part *part, struct cfg_reader *r, yaml_node_t *node,
		     const char *dev, const struct cfg_list *list, void *item);

	/* Do two items tell of one and the same thing? NULL: they are rules, whose order counts. */
	bool (*same)(const void *a, const void *b);

	/* Make of @now (NULL: nothing) what @want (NULL: nothing) is, and tell of it. */
	int (*apply)(struct cfg_target *t, const void *now, const void *want);

	void (*free)(void *item); /* what an item points to; NULL: nothing */
};

/* Numbers of the parts of a port, in the order of a dump */
enum { CFG_POLICERS, CFG_STORM, CFG_BIND, CFG_PUNT, CFG_PORT_PARTS };

extern const struct cfg_part *const cfg_port_parts[CFG_PORT_PARTS];
extern const struct cfg_part cfg_part_policers, cfg_part_storm, cfg_part_bind, cfg_part_punt;

/* Static entries of a switch; changed by cfg_change(), for they name ports */
struct cfg_fdb {
	struct xsw_fdb_key key;
	char dev[XSW_NAME_LEN];
};

extern const struct cfg_part cfg_part_fdb;

/* The mirrors of a switch: items are struct xsw_mirror_row; changed by cfg_change(), all at once */
extern const struct cfg_part cfg_part_mirrors;

/** cfg_mirrors_differ() - are the mirrors, or their order, others? */
bool cfg_mirrors_differ(const struct cfg_list *a, const struct cfg_list *b);

/** cfg_mirrors_tell() - report what is to change */
void cfg_mirrors_tell(struct change *ch, const char *name, const struct cfg_list *now,
		      const struct cfg_list *want);

/** cfg_mirrors_name_all() - does @has know all devices that mirrors name? @lacks: the first that it does not */
bool cfg_mirrors_name_all(const struct cfg_list *list, bool (*has)(const char *ifname, void *arg),
			  void *arg, const char **lacks);

/** cfg_part_read() - the value of key @part->word; @dev: the port for errors, NULL: of a switch */
int cfg_part_read(struct cfg_reader *r, yaml_node_t *value, const struct cfg_part *part,
		  const char *dev, struct cfg_list *list);

void cfg_part_dump(struct cfg_writer *w, const struct cfg_part *part, const struct cfg_list *list);

/* The parts of a port: @list has CFG_PORT_PARTS elements. */

/** cfg_parts_load() - of the running port @port */
int cfg_parts_load(struct cfg_list *list, const struct xsw_switch_handle *sw, __u32 port);

/** cfg_parts_dump() - as the last keys of a port in a file; empty ones have none */
void cfg_parts_dump(struct cfg_writer *w, const struct cfg_list *list);

/** cfg_parts_read() - the value of key @word of port @dev. Return: 0, -EINVAL; -ENOENT: no such. */
int cfg_parts_read(struct cfg_reader *r, const char *word, yaml_node_t *value, const char *dev,
		   struct cfg_list *list);

/** cfg_parts_apply() - from @now (NULL: a new port) to @want */
int cfg_parts_apply(struct cfg_target *t, const struct cfg_list *now, const struct cfg_list *want);

void cfg_parts_free(struct cfg_list *list);
