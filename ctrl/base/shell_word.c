// SPDX-License-Identifier: GPL-2.0
#include "ctrl/base/shell_word.h"

#include <stdio.h>
#include <string.h>

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-+@%="
#define WORDS 4
#define WORD_LEN 128 /* room for a name of 15 bytes, each of them a quote */

const char *shell_word(const char *text, int most)
{
	static _Thread_local char words[WORDS][WORD_LEN];
	static _Thread_local unsigned int turn;
	char *word = words[turn++ % WORDS];
	int n = 0, len = strnlen(text, most);

	if (len && (int)strspn(text, PLAIN) >= len) {
		snprintf(word, WORD_LEN, "%.*s", len, text);
		return word;
	}
	word[n++] = '\'';
	for (int i = 0; i < len && n < WORD_LEN - 6; i++)
		n += snprintf(word + n, WORD_LEN - n, "%s%c%s", text[i] == '\'' ? "'\\" : "",
			      text[i], text[i] == '\'' ? "'" : "");
	snprintf(word + n, WORD_LEN - n, "'");
	return word;
}
