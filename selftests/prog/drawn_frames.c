// SPDX-License-Identifier: GPL-2.0
/* Frames drawn by chance, for a port that looks into them: spoof_model.h, guard_model.h.
 *
 *   drawn_frames KIND IF COUNT SEED	send COUNT; print how many are dropped
 *
 * KIND is spoof, or the guards that the port has: ra, dhcp, both. Then there are two numbers: what
 * ra_guard drops, and what dhcp_guard drops.
 */
#include "frame.h"
#include "guard_model.h"
#include "spoof_model.h"

#define TAGGED_MIN                                                                                 \
	20 /* the kernel drops shorter ones itself (net/core/skbuff.c, skb_vlan_untag()) */
#define LEN_MAX 1500

static const char *kind;
static int forgeries, drops[3]; /* drops: by enum guard_drop */

static void draw(struct frame *f)
{
	static uint8_t input[512];

	for (size_t i = 0; i < sizeof(input); i++)
		input[i] = rand() >> 7;
	draw_input = input;
	draw_input_end = input + rand() % sizeof(input);
	if (strcmp(kind, "spoof"))
		guarded_draw(f);
	else
		frame_draw(f);
}

static void count(const struct frame *f)
{
	bool both = !strcmp(kind, "both");

	if (!strcmp(kind, "spoof"))
		forgeries += forged(f);
	else
		drops[guard_says(f, both || !strcmp(kind, "ra"), both || !strcmp(kind, "dhcp"))]++;
}

int main(int argc, char **argv)
{
	struct frame f;
	int fd, left;

	if (argc != 5) {
		fprintf(stderr, "usage: drawn_frames KIND IF COUNT SEED\n");
		return 1;
	}
	kind = argv[1];
	fd = frame_open(argv[2]);
	srand(atoi(argv[4]));
	for (left = atoi(argv[3]); left > 0;) {
		draw(&f);
		if (f.len < TAGGED_MIN || f.len > LEN_MAX)
			continue;
		if (frame_send(fd, f.data, f.len))
			die("cannot send at", argv[2]);
		count(&f);
		left--;
	}
	if (strcmp(kind, "spoof"))
		printf("%d %d\n", drops[GUARD_RA], drops[GUARD_DHCP]);
	else
		printf("%d\n", forgeries);
	return 0;
}
