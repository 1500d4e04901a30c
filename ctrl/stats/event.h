/* SPDX-License-Identifier: GPL-2.0 */
/* Events of a switch, as the programs and the controller write them into the map
 * xsw_event. A reader maps it and looks from time to time: nobody knows of it.
 */
#pragma once

#include <stdbool.h>

#include "ctrl/bpffs/handle.h"
#include "maps/event.h"

struct xsw_events;

/**
 * xsw_events_open() - read the events of switch @name
 * @events: result, for xsw_events_close()
 *
 * The rings are mapped for reading only. The reader begins with what
 * comes, unless xsw_events_rewind() says otherwise.
 * Return: 0; -ENOENT if there is no such switch, or none with events (made by an
 * older version); -errno. Sets no error text.
 */
int xsw_events_open(const char *name, struct xsw_events **events);
void xsw_events_close(struct xsw_events *events);

/** xsw_events_rewind() - begin with the oldest event that is still kept */
void xsw_events_rewind(struct xsw_events *events);

/**
 * xsw_events_read() - what has happened since the last call, in the order of time
 * @list: result, valid until the next call
 * @lost: raised by the number of events that were overwritten before they were read
 *
 * Return: how many, or -ENOMEM.
 */
int xsw_events_read(struct xsw_events *events, const struct xsw_event **list, __u64 *lost);

/** xsw_events_alive() - is the switch still there that was opened? */
bool xsw_events_alive(const struct xsw_events *events);

/** xsw_event_word() - "learned"; and its object, "fdb" or "port" */
const char *xsw_event_word(unsigned int kind);
const char *xsw_event_object(unsigned int kind);
