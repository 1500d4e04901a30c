// SPDX-License-Identifier: GPL-2.0
/* The table of the FDB (bpf/fdb_table.h, fdb_change.h, fdb_resize.h), as a process compiles it, under several threads at once,
 * against what each of them knows of its own addresses.
 *
 *   fdb_table [OPERATIONS [THREADS]]	prints TAP; OPERATIONS: of all threads together
 *
 * Each thread owns addresses that no other changes: of these a look-up must say exactly what the
 * thread did last, whatever the others do to the buckets in between. Besides there are
 *  - shared addresses, which all insert, move and delete: never twice in the table, and in the end
 *    there if more were inserted than deleted, by one;
 *  - static addresses, inserted before: always found, where they are;
 *  - addresses that are never inserted: never found.
 * The number of entries goes up and down between few and all, so that buckets are split and merged
 * all the time. In a second round one more thread splits and another one merges, as fast as they can
 * and at the same time. The value of an entry says whose it is: what is read must belong to the key.
 */
#include "tools/slowpath/steps/steps.c"

#pragma GCC diagnostic ignored "-Wunused-function"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

#define OWN 20000 /* addresses of a thread */
#define SHARED 64
#define STATICS 500
#define THREADS_MAX 16
#define REPORTS 5

struct own {
	__u32 turn; /* of the value; 0: not there */
};

struct speaker {
	pthread_t thread;
	__u32 number;
	__u64 seed;
	__u64 operations;
	bool grows; /* the number of its addresses, at the moment */
	__u32 there;
	struct own own[OWN];
	__s64 shared[SHARED]; /* how often it has inserted, less how often deleted */
};

static struct speaker *speakers;
static __u32 n_speakers = 4;
static atomic_int wrong;
static atomic_bool over;

static void complain(const char *what, __u64 key, __u64 value)
{
	if (atomic_fetch_add(&wrong, 1) < REPORTS)
		printf("# %s: key %llx value %llx\n", what, key, value);
}

/* xorshift64* */
static __u64 draw(struct speaker *s)
{
	s->seed ^= s->seed >> 12;
	s->seed ^= s->seed << 25;
	s->seed ^= s->seed >> 27;
	return s->seed * 0x2545f4914f6cdd1dULL;
}

#define OF_SHARED 200
#define OF_STATIC 201
#define OF_NOBODY 202

/* Address @n of owner @of, and never 0. Owners' addresses differ little, as vendors' do. */
static __u64 key_of(__u32 of, __u32 n)
{
	const struct xsw_fdb_key key = { .mac = { 2, of, 0, n >> 16, n >> 8, n }, .vlan = n % 3 };

	return fdb_key_word(&key);
}

/* What is known of @key, the @turn-th time: it begins with what is of the key. */
static __u64 value_of(__u64 key, __u32 turn)
{
	const union fdb_word w = { .e = { .seen = (__u32)(key >> 16) ^ turn << 24,
					  .port = 1 + turn % 2 } };

	return w.word;
}

static bool value_fits(__u64 key, union fdb_word is)
{
	return ((is.e.seen ^ (__u32)(key >> 16)) & 0xffffff) == 0;
}

static bool look(__u64 key, struct fdb_seen *seen)
{
	struct fdb_aim aim;

	fdb_aim(key, &aim);
	return fdb_get(key, &aim, seen);
}

/* As fdb_insert() does, without its limits. */
static bool enter(__u64 key, __u64 value)
{
	struct xsw_fdb_count *c = fdb_count();

	__sync_fetch_and_add(&c->learned, 1);
	if (fdb_enter(key, value) == FDB_DONE) {
		fdb_grow(c);
		return true;
	}
	__sync_fetch_and_add(&c->learned, -1);
	return false;
}

static bool leave(__u64 key, __u64 value)
{
	if (fdb_change(key, value, XSW_FDB_GONE) != FDB_DONE)
		return false;
	__sync_fetch_and_add(&fdb_count()->learned, -1);
	return true;
}

static void own_check(struct speaker *s, __u32 n)
{
	__u64 key = key_of(s->number, n), is = value_of(key, s->own[n].turn);
	struct fdb_seen seen;
	bool there = look(key, &seen);

	if (there != !!s->own[n].turn)
		complain(there ? "found, but deleted" : "lost", key, there ? seen.is.word : 0);
	else if (there && seen.is.word != is)
		complain("another value", key, seen.is.word);
}

/* Insert, change, refresh or delete one of the thread's own addresses. */
static void own_step(struct speaker *s)
{
	__u32 n = draw(s) % OWN, turn = 1 + draw(s) % 0x7f;
	__u64 key = key_of(s->number, n), old = value_of(key, s->own[n].turn);
	struct fdb_seen seen;

	if (!s->own[n].turn) {
		if (!s->grows && draw(s) % 64)
			return own_check(s, n);
		if (!enter(key, value_of(key, turn)))
			complain("no room", key, 0);
		s->there++;
		s->own[n].turn = turn;
	} else if (!s->grows && draw(s) % 4) {
		if (!leave(key, old))
			complain("cannot be deleted", key, old);
		s->there--;
		s->own[n].turn = 0;
	} else if (draw(s) % 2) {
		if (fdb_change(key, old, value_of(key, turn)) != FDB_DONE)
			complain("cannot be changed", key, old);
		s->own[n].turn = turn;
	} else if (look(key, &seen)) {
		/* may fail while the entry changes its bucket, but then changes nothing */
		fdb_refresh(&seen, seen.is.e.seen ^ 1U << 31);
		look(key, &seen);
		s->own[n].turn = (seen.is.e.seen ^ (__u32)(key >> 16)) >> 24;
		if (!s->own[n].turn || s->own[n].turn % 2 != seen.is.e.port - 1U) {
			complain("refreshed wrong", key, seen.is.word);
			s->own[n].turn |= !s->own[n].turn;
		}
	}
	own_check(s, n);
	if (s->there > OWN * 9 / 10)
		s->grows = false;
	else if (s->there < OWN / 20)
		s->grows = true;
}

/* Others do the same to this address. */
static void shared_step(struct speaker *s)
{
	__u32 n = draw(s) % SHARED, turn = draw(s) & 0xff;
	__u64 key = key_of(OF_SHARED, n);
	struct fdb_seen seen;

	if (!look(key, &seen)) {
		s->shared[n] += enter(key, value_of(key, turn));
		return;
	}
	if (!value_fits(key, seen.is))
		complain("of another address", key, seen.is.word);
	if (draw(s) % 2)
		s->shared[n] -= leave(key, seen.is.word);
	else
		fdb_change(key, seen.is.word, value_of(key, turn));
}

static void others_step(struct speaker *s)
{
	__u32 of = draw(s) % n_speakers, n = draw(s) % OWN;
	__u64 key = key_of(of, n);
	struct fdb_seen seen;

	if (look(key, &seen) && !value_fits(key, seen.is))
		complain("of another address", key, seen.is.word);
	key = key_of(OF_STATIC, n % STATICS);
	if (!look(key, &seen) || seen.is.word != (value_of(key, 1) | XSW_FDB_GONE))
		complain("a static entry is lost", key, seen.is.word);
	key = key_of(OF_NOBODY, n);
	if (look(key, &seen))
		complain("found, but never inserted", key, seen.is.word);
}

static void *speak(void *arg)
{
	struct speaker *s = arg;

	umap_here_begin();
	for (__u64 i = 0; i < s->operations; i++) {
		own_step(s);
		if (i % 4 == 0)
			shared_step(s);
		if (i % 4 == 2)
			others_step(s);
	}
	umap_here_end();
	return NULL;
}

/* What the timer does to a table that shrinks (bpf/hook_age.c). */
static void *shrink(void *arg)
{
	const struct xsw_fdb_count *c = fdb_count();

	while (!over) {
		if (xsw_fdb_buckets(word_read(&c->shape)) > 2 * fdb_entries(c))
			fdb_merge();
		else
			sched_yield();
	}
	return NULL;
}

/* One bucket more and one less, on two CPUs at once: there are about as many buckets as entries. */
#define BUCKETS_OFF 64

static void *split_always(void *arg)
{
	const struct xsw_fdb_count *c = fdb_count();

	while (!over) {
		if (xsw_fdb_buckets(word_read(&c->shape)) < fdb_entries(c) + BUCKETS_OFF)
			fdb_split();
		else
			sched_yield();
	}
	return NULL;
}

static void *merge_always(void *arg)
{
	const struct xsw_fdb_count *c = fdb_count();

	while (!over) {
		if (xsw_fdb_buckets(word_read(&c->shape)) + BUCKETS_OFF > fdb_entries(c))
			fdb_merge();
		else
			sched_yield();
	}
	return NULL;
}

/* ---- in the end */

/* How often @key stands in the table. */
static int count_key(__u64 key)
{
	const struct xsw_fdb_count *c = fdb_count();
	__u64 hash = xsw_fdb_hash(c->secret, key);
	__u32 first = xsw_fdb_first(c->shape, hash), second = xsw_fdb_second(c->shape, hash);
	int n = match_count(bucket_match(fdb_bucket(first), key));

	return first == second ? n : n + (int)match_count(bucket_match(fdb_bucket(second), key));
}

static __u64 count_all(void)
{
	__u32 buckets = fdb_count()->buckets_max;
	__u64 n = 0;

	for (__u32 i = 0; i < buckets; i++)
		n += XSW_FDB_WAYS - match_count(bucket_match(fdb_bucket(i), 0));
	return n;
}

static bool shared_right(void)
{
	for (__u32 n = 0; n < SHARED; n++) {
		__s64 is = count_key(key_of(OF_SHARED, n)), should = 0;

		for (__u32 i = 0; i < n_speakers; i++)
			should += speakers[i].shared[n];
		if (is != should) {
			printf("# address %u stands %lld times, not %lld\n", n, (long long)is,
			       (long long)should);
			return false;
		}
	}
	return true;
}

static bool owned_right(void)
{
	for (__u32 i = 0; i < n_speakers; i++)
		for (__u32 n = 0; n < OWN; n++)
			if (count_key(key_of(i, n)) != !!speakers[i].own[n].turn)
				return false;
	return true;
}

static void statics_enter(void)
{
	for (__u32 n = 0; n < STATICS; n++) {
		__u64 key = key_of(OF_STATIC, n);

		if (fdb_enter(key, value_of(key, 1) | XSW_FDB_GONE) != FDB_DONE)
			complain("no room for a static entry", key, 0);
		fdb_count()->statics++;
		fdb_grow(fdb_count());
	}
}

/* Speakers go on with what they know of their addresses, beside @resizers: two, or one and NULL. */
static void run(__u64 operations, void *(*const resizers[])(void *))
{
	pthread_t resizer[2];
	int n = 0;

	over = false;
	for (; n < 2 && resizers[n]; n++)
		pthread_create(&resizer[n], NULL, resizers[n], NULL);
	for (__u32 i = 0; i < n_speakers; i++) {
		speakers[i].number = i;
		speakers[i].seed = 0x9e3779b97f4a7c15ULL * (i + 1);
		speakers[i].grows = true;
		speakers[i].operations = operations / n_speakers;
		pthread_create(&speakers[i].thread, NULL, speak, &speakers[i]);
	}
	for (__u32 i = 0; i < n_speakers; i++)
		pthread_join(speakers[i].thread, NULL);
	over = true;
	while (n--)
		pthread_join(resizer[n], NULL);
}

/* @when: what the buckets did meanwhile */
static void report(const char *when)
{
	const struct xsw_fdb_count *c = fdb_count();

	printf("# %s: %llu buckets in use, %llu entries, %llu changed their buckets, shape changed %llu times\n",
	       when, (unsigned long long)xsw_fdb_buckets(c->shape),
	       (unsigned long long)fdb_entries(c), (unsigned long long)c->relocated,
	       (unsigned long long)(c->shape >> 32));
	tap_report(!wrong, "each look-up says what is so");
	tap_report(owned_right(), "each address stands once in the table, or not at all");
	tap_report(shared_right(), "... so do addresses that all insert and delete");
	tap_report(count_all() == fdb_entries(c), "the counts are right");
}

int main(int argc, char **argv)
{
	static void *(*const as_entries_come[])(void *) = { shrink, NULL };
	static void *(*const always[])(void *) = { split_always, merge_always };
	__u64 operations = argc > 1 ? strtoull(argv[1], NULL, 0) : 2000000;

	if (argc > 2)
		n_speakers = atoi(argv[2]) % (THREADS_MAX + 1);
	speakers = calloc(n_speakers, sizeof(*speakers));
	if (!speakers || umap_memory_begin(steps_maps(), n_speakers * OWN + STATICS + SHARED))
		return 2;
	statics_enter();
	run(operations * 3 / 4, as_entries_come);
	report("buckets follow the entries");
	run(operations / 4, always);
	report("buckets are split and merged at once");
	return tap_end();
}
