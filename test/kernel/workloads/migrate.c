/*
 * Page migration between two NUMA nodes.
 *
 *   migrate move PAGES ROUNDS      moves PAGES pages from node 0 to 1, and back, ROUNDS times
 *                                  Causes: 2 * ROUNDS move_pages calls, each with PAGES pages.
 *   migrate balance PAGES SECONDS  puts PAGES pages on node 0 and reads them from node 1's CPU
 *                                  for SECONDS, so that NUMA balancing moves them over.
 *                                  Causes: up to PAGES migrations of misplaced pages. (migrate.sh
 *                                  makes the balancing quick enough to be seen.)
 * Raw system calls: the image has no libnuma headers.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, PREFERRED = 1, BIND = 2, MOVE = 1 << 1 };

static char *pages_on_node_0(long count)
{
	unsigned long nodes = 1;
	/* Bound, not preferred, while it is filled. Afterwards the policy is the default again:
	   the balancing leaves pages alone that are bound. */
	if (syscall(SYS_set_mempolicy, BIND, &nodes, 8 * sizeof nodes))
		return NULL;
	char *map = mmap(NULL, count * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		return NULL;
	madvise(map, count * PAGE, MADV_NOHUGEPAGE);
	memset(map, 1, count * PAGE);
	return syscall(SYS_set_mempolicy, 0, NULL, 0) ? NULL : map;
}

static int move(char *map, long count, long rounds)
{
	void **addresses = malloc(count * sizeof *addresses);
	int *nodes = malloc(count * sizeof *nodes), *status = malloc(count * sizeof *status);

	for (long round = 0; round < 2 * rounds; round++) {
		for (long i = 0; i < count; i++) {
			addresses[i] = map + i * PAGE;
			nodes[i] = round % 2 == 0;
		}
		if (syscall(SYS_move_pages, 0, count, addresses, nodes, status, MOVE))
			return 1;
		for (long i = 0; i < count; i++)
			if (status[i] != nodes[i]) {
				fprintf(stderr, "page %ld stayed: %d\n", i, status[i]);
				return 1;
			}
	}
	return 0;
}

static int balance(char *map, long count, long seconds)
{
	volatile long sum = 0;
	time_t end = time(NULL) + seconds;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(1, &cpus);
	if (sched_setaffinity(0, sizeof cpus, &cpus))
		return 1;
	while (time(NULL) < end)
		for (long i = 0; i < count; i++)
			sum += map[i * PAGE];
	return 0;
}

int main(int argc, char **argv)
{
	long count = argc == 4 ? atol(argv[2]) : 0, last = argc == 4 ? atol(argv[3]) : 0;
	char *map = count ? pages_on_node_0(count) : NULL;

	if (map && !strcmp(argv[1], "move"))
		return move(map, count, last);
	if (map && !strcmp(argv[1], "balance"))
		return balance(map, count, last);
	perror("usage: migrate move PAGES ROUNDS | migrate balance PAGES SECONDS");
	return 2;
}
