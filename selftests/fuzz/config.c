// SPDX-License-Identifier: GPL-2.0
/* The reader of configuration files. What it accepts is dumped, and the dump must be
 * accepted, and dumped the same.
 */
#include "selftests/fuzz/fuzz.h"

#include <errno.h>
#include <stdbool.h>

#include "ctrl/config/model.h"
#include "ctrl/base/error.h"

/* In place of what asks the kernel (--wrap in the Makefile): every device is there whose
 * name it would take (dev_valid_name(), net/core/dev.c) and can be written in ASCII.
 */
int __wrap_xsw_port_check(const char *ifname, bool host);
int __wrap_xsw_port_check(const char *ifname, bool host)
{
	bool good = *ifname && strlen(ifname) < 16 && strcmp(ifname, ".") && strcmp(ifname, "..");

	for (; good && *ifname; ifname++)
		good = !strchr("/: \t\n\v\f\r", *ifname) && !(*ifname & 128);
	return good ? 0 : xsw_fail(ENODEV, "port", "input", "no such device");
}

static int parse(const char *text, size_t size, struct cfg *c)
{
	FILE *in = fmemopen((void *)text, size, "r");
	int err;

	must(in);
	memset(c, 0, sizeof(*c));
	err = cfg_parse("input", in, c);
	fclose(in);
	must(!err || xsw_error_last()->text[0]); /* who refuses says why */
	return err;
}

static char *dump(const struct cfg *c, size_t *size)
{
	char *text;
	FILE *out = open_memstream(&text, size);

	must(out);
	cfg_dump(c, NULL, out);
	must(!fclose(out));
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cfg first, second;
	size_t first_size, second_size;
	char *first_text, *second_text;

	if (!size || parse((const char *)data, size, &first)) {
		if (size)
			cfg_free(&first);
		return 0;
	}
	first_text = dump(&first, &first_size);
	if (parse(first_text, first_size, &second)) {
		fprintf(stderr, "%s\n%s\n", xsw_error_last()->text, first_text);
		must(!"what was dumped is refused");
	}
	second_text = dump(&second, &second_size);
	must(first_size == second_size && !memcmp(first_text, second_text, first_size));
	free(first_text);
	free(second_text);
	cfg_free(&first);
	cfg_free(&second);
	return 0;
}
