/*
 * Mappings that are unmapped in parts, moved and replaced. What stays, by the function that made it:
 *
 *   cut_at_start     10 times 59 pages: 60 are mapped, and the first is unmapped
 *   cut_at_end       10 times 3 pages: of 40 the last 37 are unmapped
 *   cut_at_both      10 times 20 pages: of 64, as an allocator does that wants them aligned
 *   made_larger      10 times 250 pages: 8 are made so many by mremap, which may move them
 *   made_smaller     10 times 5 pages: of 30, by mremap
 *   with_neighbours  nothing: three mappings next to each other, the lower two of which one call unmaps
 *   committed        nothing: a part of a reservation is mapped again by MAP_FIXED, then all is unmapped
 *   in_halves        nothing: 48 pages, of which first the upper and then the lower half is unmapped
 *   through_holes    nothing: the range that is unmapped ends in one that is not mapped
 *
 * with the argument "threads" instead
 *
 *   map_and_unmap    4 threads that map and unmap 2000 times each keep 10 times 7 pages
 *
 * and with "middle" also
 *
 *   cut_in_middle    10 times 30 pages, of which 10 in the middle are unmapped: no record starts or ends there
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096UL
#define TIMES 10
#define THREADS 4
#define ROUNDS 2000
#define APART __attribute__((noinline, noclone))

static void require(int holds, const char *what)
{
	if (holds)
		return;
	perror(what);
	_exit(1);
}

/* By itself: the functions of the C library have no frames, or use that register, and stacks would lack their callers. */
static inline __attribute__((always_inline)) char *call(long number, long a, long b, long c, long d, long e)
{
	long result;
	register long fourth __asm__("r10") = d;
	register long fifth __asm__("r8") = e;
	register long sixth __asm__("r9") = 0;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth), "r"(sixth)
			 : "rcx", "r11", "memory");
	require(result >= 0, "a system call");
	return (char *)result;
}

APART static char *map_at(void *at, unsigned long pages, int flags)
{
	return call(SYS_mmap, (long)at, pages * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1);
}

APART static char *remap(char *at, unsigned long from, unsigned long to, int flags)
{
	return call(SYS_mremap, (long)at, from * PAGE, to * PAGE, flags, 0);
}

static void unmap(char *at, unsigned long pages)
{
	require(munmap(at, pages * PAGE) == 0, "munmap");
}

APART static void cut_at_start(void)
{
	for (int i = 0; i < TIMES; i++)
		unmap(map_at(NULL, 60, 0), 1);
}

APART static void cut_at_end(void)
{
	for (int i = 0; i < TIMES; i++)
		unmap(map_at(NULL, 40, 0) + 3 * PAGE, 37);
}

APART static void cut_at_both(void)
{
	for (int i = 0; i < TIMES; i++) {
		char *at = map_at(NULL, 64, 0);
		unmap(at, 12);
		unmap(at + 32 * PAGE, 32);
	}
}

APART static void made_larger(void)
{
	for (int i = 0; i < TIMES; i++)
		remap(map_at(NULL, 8, 0), 8, 250, MREMAP_MAYMOVE);
}

APART static void made_smaller(void)
{
	for (int i = 0; i < TIMES; i++)
		remap(map_at(NULL, 30, 0), 30, 5, 0);
}

APART static void with_neighbours(void)
{
	for (int i = 0; i < TIMES; i++) {
		char *room = map_at(NULL, 90, 0);
		unmap(room, 90);
		char *low = map_at(room, 30, MAP_FIXED);
		map_at(room + 30 * PAGE, 30, MAP_FIXED);
		char *high = map_at(room + 60 * PAGE, 30, MAP_FIXED);
		unmap(low, 60);
		unmap(high, 30);
	}
}

APART static void committed(void)
{
	for (int i = 0; i < TIMES; i++) {
		char *at = map_at(NULL, 120, 0);
		map_at(at + 10 * PAGE, 50, MAP_FIXED);
		unmap(at, 120);
	}
}

APART static void in_halves(void)
{
	for (int i = 0; i < TIMES; i++) {
		char *at = map_at(NULL, 48, 0);
		unmap(at + 24 * PAGE, 24);
		unmap(at, 24);
	}
}

APART static void through_holes(void)
{
	for (int i = 0; i < TIMES; i++) {
		char *at = map_at(NULL, 20, 0);
		unmap(at + 10 * PAGE, 10);
		unmap(at, 20);
	}
}

APART static void *map_and_unmap(void *unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		char *at = map_at(NULL, 16, 0);
		unmap(at + 8 * PAGE, 8);
		if (i % (ROUNDS / TIMES) == 0)
			unmap(at, 1);
		else
			unmap(at, 8);
	}
	return NULL;
}

APART static void by_threads(void)
{
	pthread_t all[THREADS];
	for (int i = 0; i < THREADS; i++)
		require(pthread_create(&all[i], NULL, map_and_unmap, NULL) == 0, "pthread_create");
	for (int i = 0; i < THREADS; i++)
		pthread_join(all[i], NULL);
}

APART static void cut_in_middle(void)
{
	for (int i = 0; i < TIMES; i++)
		unmap(map_at(NULL, 40, 0) + 20 * PAGE, 10);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "threads") == 0) {
		by_threads();
		sleep(2);
		return 0;
	}
	cut_at_start();
	cut_at_end();
	cut_at_both();
	made_larger();
	made_smaller();
	with_neighbours();
	committed();
	in_halves();
	through_holes();
	if (argc > 1 && strcmp(argv[1], "middle") == 0)
		cut_in_middle();
	sleep(2);
	return 0;
}
