/* SPDX-License-Identifier: GPL-2.0 */
/* The maps of a live switch for the steps. Arrays lie in this process's memory, hashes are
 * asked by system calls, what is per CPU is per thread and handed over by request_flush().
 */
#pragma once

#include "ctrl/switch/switch.h"
#include "maps/port.h"
#include "maps/request.h"

struct umap_decl;

/**
 * umap_pinned_begin() - all maps of @sw
 * @decls: steps_maps()
 *
 * Each thread that runs steps calls umap_here_begin() besides. Return: 0, or -errno with the
 * error set: -EOPNOTSUPP if the switch was made by a version that did not share its tables.
 */
int umap_pinned_begin(const struct umap_decl *decls, const struct xsw_switch_handle *sw);

/** umap_pinned_follow() - the FDB may have been given other tables (fdb_max); any thread */
void umap_pinned_follow(void);

/**
 * umap_pinned_upgraded() - an upgrade may have added tables to the switch
 * umap_pinned_looks() - do its programs look at ports? Those of earlier versions do not.
 */
void umap_pinned_upgraded(void);
bool umap_pinned_looks(void);

/** umap_pinned_slot() - the settings that @port has now, or NULL */
const struct xsw_port *umap_pinned_port(__u32 port);

/** umap_pinned_state() - of @port, to be written to */
struct xsw_state *umap_pinned_state(__u32 port);
const struct xsw_switch *umap_pinned_switch(void);

/**
 * request_begin() - let program xsw_user write what programs write, from now on
 * request_follow() - an upgrade may have put another in its place
 */
int request_begin(const struct xsw_switch_handle *sw);
void request_follow(void);

/**
 * request_look() - have xsw_user look at all ports: can they forward? Not if it has just looked.
 *
 * Called before each batch of frames; others may carry on with what was seen up to LOOK_NS ago.
 */
void request_look(void);

/** request_flush() - hand over what this thread has counted; when a batch ends, before it sleeps */
void request_flush(void);

/** request_has_counted() - is there something to hand over? */
bool request_has_counted(void);
