// SPDX-License-Identifier: GPL-2.0
/* xsw: reads the options and hands the words to the object they name. */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/version.h"
#include "ctrl/bpffs/load.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/bpffs/view.h"
#include "ctrl/kernel/link.h"
#include "ctrl/switch/switch.h"
#include "tools/xsw/xsw.h"

#define BATCH_WORDS 256

struct options opt;

static const char help_text[] =
	"Usage: xsw [ OPTIONS ] OBJECT { COMMAND | help }\n"
	"       xsw [ OPTIONS ] -b FILE\n"
	"OBJECT := { switch | port | fdb | stats | policer | storm | bind | check | config |\n"
	"            monitor | punt | lldp }\n"
	"OPTIONS := -j|--json  -p|--pretty  -s|--statistics  -d|--details\n"
	"           -b|--batch FILE  -n|--netns NAME  --bpffs DIR\n"
	"           --all-netns  --may-exist  --if-exists  --dry-run  --prune\n"
	"           --openmetrics  --prometheus\n"
	"           --link-follow  -V|--version  -h|--help\n";

int run_line(struct words *w)
{
	static const struct command objects[] = {
		{ "switch", object_switch },
		{ "port", object_port },
		{ "fdb", object_fdb },
		{ "stats", object_stats },
		{ "policer", object_policer },
		{ "storm", object_storm },
		{ "bind", object_bind },
		{ "check", object_check },
		{ "config", object_config },
		{ "monitor", object_monitor },
		{ "punt", object_punt },
		{ "lldp", object_lldp },
		{ NULL, NULL },
	};
	const char *name = words_next(w);

	xsw_error_clear();
	if (!name && opt.json)
		return usage("object", NULL, "missing, see 'xsw help'");
	if (!name) {
		fputs(help_text, stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(name, "help")) {
		fputs(help_text, stdout);
		return EXIT_DONE;
	}
	for (const struct command *o = objects; o->name; o++)
		if (word_is(name, o->name))
			return o->run(w);
	return usage("object", name, "unknown, see 'xsw help'");
}

/* Run the lines of a file, up to the first that fails. */
static int run_batch(const char *path)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "r") : stdin;
	int ret = EXIT_DONE, line_number = 0;
	struct options saved = opt;
	char *line = NULL;
	size_t room = 0;

	if (!f) {
		xsw_fail(errno, "batch", path, "cannot open: %s", strerror(errno));
		return failed(-errno);
	}
	while (!ret && getline(&line, &room, f) > 0) {
		char *word[BATCH_WORDS], *save = NULL;
		struct words w = { .word = word };

		line_number++;
		opt = saved;
		line[strcspn(line, "#\n")] = '\0';
		for (char *t = strtok_r(line, " \t", &save); t; t = strtok_r(NULL, " \t", &save)) {
			if (!strcmp(t, "--may-exist"))
				opt.may_exist = true;
			else if (!strcmp(t, "--if-exists"))
				opt.if_exists = true;
			else if (w.n < BATCH_WORDS)
				word[w.n++] = t;
		}
		if (w.n)
			ret = run_line(&w);
		if (ret)
			fprintf(stderr, "xsw: batch '%s': line %d failed\n", path, line_number);
	}
	free(line);
	if (f != stdin)
		fclose(f);
	return ret;
}

/* What did not reach standard output was not done. */
static int finish(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	return status ? status :
			failed(xsw_fail(EIO, "output", NULL, "cannot write to standard output"));
}

int main(int argc, char **argv)
{
	enum {
		OPT_BPFFS = 256,
		OPT_MAY_EXIST,
		OPT_IF_EXISTS,
		OPT_DRY_RUN,
		OPT_PRUNE,
		OPT_LINK_FOLLOW,
		OPT_OPENMETRICS,
		OPT_PROMETHEUS,
		OPT_ALL_NETNS
	};
	static const struct option long_options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "pretty", no_argument, NULL, 'p' },
		{ "statistics", no_argument, NULL, 's' },
		{ "details", no_argument, NULL, 'd' },
		{ "batch", required_argument, NULL, 'b' },
		{ "netns", required_argument, NULL, 'n' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ "all-netns", no_argument, NULL, OPT_ALL_NETNS },
		{ "bpffs", required_argument, NULL, OPT_BPFFS },
		{ "may-exist", no_argument, NULL, OPT_MAY_EXIST },
		{ "if-exists", no_argument, NULL, OPT_IF_EXISTS },
		{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
		{ "prune", no_argument, NULL, OPT_PRUNE },
		{ "link-follow", no_argument, NULL, OPT_LINK_FOLLOW },
		{ "openmetrics", no_argument, NULL, OPT_OPENMETRICS },
		{ "prometheus", no_argument, NULL, OPT_PROMETHEUS },
		{ NULL, 0, NULL, 0 },
	};
	const char *batch = NULL, *netns = NULL, *bpffs = NULL;
	struct words w;
	int c, err;

	opterr = 0;
	/* long options have one dash or two, as with ip(8) */
	while ((c = getopt_long_only(argc, argv, "jpsdb:n:Vh", long_options, NULL)) != -1) {
		switch (c) {
		case 'p':
			opt.pretty = true;
			/* fall through */
		case 'j':
			opt.json = true;
			break;
		case 's':
			opt.statistics = true;
			break;
		case 'd':
			opt.details = true;
			break;
		case 'b':
			batch = optarg;
			break;
		case 'n':
			netns = optarg;
			break;
		case 'V':
			printf("xsw %s\n", xsw_version);
			return EXIT_DONE;
		case 'h':
			fputs(help_text, stdout);
			return EXIT_DONE;
		case OPT_ALL_NETNS:
			opt.all_netns = true;
			break;
		case OPT_BPFFS:
			bpffs = optarg;
			break;
		case OPT_MAY_EXIST:
			opt.may_exist = true;
			break;
		case OPT_IF_EXISTS:
			opt.if_exists = true;
			break;
		case OPT_DRY_RUN:
			opt.dry_run = true;
			break;
		case OPT_PRUNE:
			opt.prune = true;
			break;
		case OPT_LINK_FOLLOW:
			opt.link_follow = true;
			break;
		case OPT_OPENMETRICS:
			opt.metrics = true;
			opt.metrics_format = XSW_METRICS_OPENMETRICS;
			break;
		case OPT_PROMETHEUS:
			opt.metrics = true;
			opt.metrics_format = XSW_METRICS_PROMETHEUS;
			break;
		default:
			return usage("option", argv[optind - 1],
				     "unknown, or its value is missing");
		}
	}
	xsw_log_verbose(opt.details);
	xsw_netns_all(opt.all_netns);
	err = netns ? netns_enter(netns) : 0;
	if (!err && bpffs)
		err = xsw_bpffs_set(bpffs);
	if (err)
		return failed(err);
	w.word = argv + optind;
	w.n = argc - optind;
	return finish(batch ? run_batch(batch) : run_line(&w));
}
