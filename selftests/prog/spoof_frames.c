// SPDX-License-Identifier: GPL-2.0
/* Frames drawn by chance, for a port whose senders are bound as in spoof_model.h.
 *
 *   spoof_frames IF COUNT SEED		send COUNT; print how many are forged
 */
#include "frame.h"
#include "spoof_model.h"

#define TAGGED_MIN                                                                                 \
	20 /* the kernel drops shorter ones itself (net/core/skbuff.c, skb_vlan_untag()) */
#define LEN_MAX 1500

int main(int argc, char **argv)
{
	static uint8_t input[512];
	struct frame f;
	int fd, count, forgeries = 0;

	if (argc != 4) {
		fprintf(stderr, "usage: spoof_frames IF COUNT SEED\n");
		return 1;
	}
	fd = frame_open(argv[1]);
	count = atoi(argv[2]);
	srand(atoi(argv[3]));
	while (count > 0) {
		for (size_t i = 0; i < sizeof(input); i++)
			input[i] = rand() >> 7;
		draw_input = input;
		draw_input_end = input + rand() % sizeof(input);
		frame_draw(&f);
		if (f.len < TAGGED_MIN || f.len > LEN_MAX)
			continue;
		if (frame_send(fd, f.data, f.len))
			die("cannot send at", argv[1]);
		forgeries += forged(&f);
		count--;
	}
	printf("%d\n", forgeries);
	return 0;
}
