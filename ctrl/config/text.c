// SPDX-License-Identifier: GPL-2.0
/* A configuration file as text: read whole and looked through, event by event, before a document
 * is composed of it. The composer takes seconds for a file that is deep or full of anchors, and
 * says nothing of what stands behind the first document.
 */
#include "ctrl/config/text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/config/yaml.h"

#define CFG_SIZE_MAX (256U << 20) /* bytes: 4 million static entries */
#define CFG_DEPTH_MAX 16	  /* a file as dumped has 8 levels */
#define CFG_ANCHORS_MAX 1000	  /* the parser compares each with all before it */
#define CFG_READ_STEP (64U << 10)

void cfg_text_free(struct cfg_text *text)
{
	free(text->memory);
	memset(text, 0, sizeof(*text));
}

/* Refuse what stands @offset bytes behind the beginning. */
static int bad_offset(const char *path, const struct cfg_text *text, size_t offset, const char *why)
{
	size_t line = 0, column = 0;

	for (size_t i = 0; i < offset && i < text->size; i++) {
		if (text->bytes[i] == '\n') {
			line++;
			column = 0;
		} else if ((text->bytes[i] & 0xc0) != 0x80) { /* not within a character */
			column++;
		}
	}
	return cfg_bad_at(path, line, column, "%s", why);
}

static int file_read(const char *path, FILE *in, struct cfg_text *text)
{
	size_t n;
	char *more;

	do {
		more = realloc(text->memory, text->size + CFG_READ_STEP);
		if (!more)
			return xsw_fail(ENOMEM, NULL, NULL, "out of memory");
		text->memory = more;
		n = fread(more + text->size, 1, CFG_READ_STEP, in);
		text->size += n;
	} while (n && text->size <= CFG_SIZE_MAX);
	text->bytes = text->memory;
	if (ferror(in))
		return xsw_fail(errno ? errno : EIO, "config", path, "cannot read: %s",
				strerror(errno ? errno : EIO));
	if (text->size > CFG_SIZE_MAX)
		return xsw_fail(EFBIG, "config", path, "more than %u bytes", CFG_SIZE_MAX);
	return 0;
}

static void mark_skip(struct cfg_text *text)
{
	if (text->size < 3 || memcmp(text->bytes, "\xef\xbb\xbf", 3))
		return;
	text->bytes += 3;
	text->size -= 3;
}

/* Is there a line that is @line? */
static bool line_find(const struct cfg_text *text, const char *line)
{
	const char *at = text->bytes, *end = text->bytes + text->size;
	size_t len = strlen(line);

	while (at && end - at >= (ptrdiff_t)len) {
		if (!memcmp(at, line, len) &&
		    (at + len == end || at[len] == '\n' || at[len] == '\r'))
			return true;
		at = memchr(at, '\n', end - at);
		at = at ? at + 1 : NULL;
	}
	return false;
}

static int bytes_check(const char *path, const struct cfg_text *text)
{
	const char *nul = text->size ? memchr(text->bytes, '\0', text->size) : NULL;
	size_t begin = strlen(CFG_DUMP_BEGIN);

	if (nul)
		return bad_offset(path, text, nul - text->bytes, "a NUL byte is no text");
	if (text->size >= begin && !memcmp(text->bytes, CFG_DUMP_BEGIN, begin) &&
	    !line_find(text, CFG_DUMP_END))
		return bad_offset(path, text, text->size,
				  "the file was cut short: the line '" CFG_DUMP_END "' is missing");
	return 0;
}

/* What has been seen of a file's events. */
struct look {
	const char *path;
	size_t documents, depth, anchors;
	bool content; /* more than an empty value */
};

static int bad_event(const struct look *l, const yaml_event_t *e, const char *why)
{
	return cfg_bad_at(l->path, e->start_mark.line, e->start_mark.column, "%s", why);
}

/* Tags that say no more than the value itself. */
static bool tag_is_plain(const yaml_char_t *tag)
{
	static const char *const plain[] = { "!",	    YAML_STR_TAG, YAML_INT_TAG,
					     YAML_BOOL_TAG, YAML_SEQ_TAG, YAML_MAP_TAG };

	for (size_t i = 0; tag && i < sizeof(plain) / sizeof(*plain); i++)
		if (!strcmp((const char *)tag, plain[i]))
			return true;
	return !tag;
}

static int node_look(struct look *l, const yaml_event_t *e, const yaml_char_t *anchor,
		     const yaml_char_t *tag)
{
	if (!tag_is_plain(tag))
		return bad_event(l, e,
				 "a tag: only !!str, !!int, !!bool, !!seq and !!map mean "
				 "something here");
	if (anchor && ++l->anchors > CFG_ANCHORS_MAX)
		return bad_event(l, e, "too many anchors");
	return 0;
}

static int collection_look(struct look *l, const yaml_event_t *e, const yaml_char_t *anchor,
			   const yaml_char_t *tag)
{
	l->content = true;
	if (++l->depth > CFG_DEPTH_MAX)
		return bad_event(l, e, "nested too deep");
	return node_look(l, e, anchor, tag);
}

static int scalar_look(struct look *l, const yaml_event_t *e)
{
	const char *value = (const char *)e->data.scalar.value;

	if (memchr(value, '\0', e->data.scalar.length))
		return bad_event(l, e, "a NUL character is no text");
	l->content |= e->data.scalar.length > 0;
	return node_look(l, e, e->data.scalar.anchor, e->data.scalar.tag);
}

static int event_look(struct look *l, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		return l->documents++ ?
			       bad_event(l, e, "a second document begins: a file has one") :
			       0;
	case YAML_SEQUENCE_START_EVENT:
		return collection_look(l, e, e->data.sequence_start.anchor,
				       e->data.sequence_start.tag);
	case YAML_MAPPING_START_EVENT:
		return collection_look(l, e, e->data.mapping_start.anchor,
				       e->data.mapping_start.tag);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		l->depth--;
		return 0;
	case YAML_SCALAR_EVENT:
		return scalar_look(l, e);
	case YAML_STREAM_END_EVENT:
		return l->content ? 0 : cfg_bad_at(l->path, 0, 0, "there is nothing in the file");
	default:
		return 0;
	}
}

/* What the parser cannot read: bytes by their offset, words by the place it marks. */
static int bad_yaml(const char *path, const struct cfg_text *text, const yaml_parser_t *p)
{
	const char *why = p->problem ? p->problem : "cannot be read";

	if (p->error == YAML_MEMORY_ERROR)
		return xsw_fail(ENOMEM, NULL, NULL, "out of memory");
	if (p->error == YAML_READER_ERROR)
		return bad_offset(path, text, p->problem_offset, why);
	return cfg_bad_at(path, p->problem_mark.line, p->problem_mark.column, "%s", why);
}

static int events_check(const char *path, const struct cfg_text *text)
{
	struct look l = { .path = path };
	yaml_parser_t parser;
	bool end = false;
	int err = 0;

	if (!cfg_parser_begin(&parser, text))
		return xsw_fail(ENOMEM, NULL, NULL, "out of memory");
	while (!end && !err) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parser, &event)) {
			err = bad_yaml(path, text, &parser);
			break;
		}
		err = event_look(&l, &event);
		end = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return err;
}

int cfg_text_read(const char *path, FILE *in, struct cfg_text *text)
{
	int err;

	memset(text, 0, sizeof(*text));
	err = file_read(path, in, text);
	if (!err) {
		mark_skip(text);
		err = bytes_check(path, text);
	}
	if (!err)
		err = events_check(path, text);
	if (err)
		cfg_text_free(text);
	return err;
}
