/* SPDX-License-Identifier: GPL-2.0 */
/* An archive of small files, as tar -cz makes it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct archive;

/**
 * archive_open() - begin an archive
 * @path: of the file, which must not be there; "-": standard output
 *
 * The file has its name only once it is whole, where the file system can do that.
 * Return: 0, or -errno with the error set.
 */
int archive_open(const char *path, struct archive **a);

/** archive_add() - a file of @size bytes, called @name. Return: 0, or -errno with the error set. */
int archive_add(struct archive *a, const char *name, const void *data, size_t size);

/**
 * archive_close() - end it, or leave nothing of it
 * @whole: is all in it?
 *
 * Return: 0, or -errno with the error set if @whole.
 */
int archive_close(struct archive *a, bool whole);
