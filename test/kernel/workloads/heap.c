/*
 * Every way to get and give back memory of the C library, in known numbers.
 *
 *   heap N
 *
 * N times each, with sizes that nothing else asks for:
 *   leaked   malloc(5001), calloc(1, 5002), posix_memalign(64, 5003), aligned_alloc(64, 5056),
 *            memalign(64, 5005), valloc(5006), pvalloc(5007), reallocarray(NULL, 3, 1671) = 5013 bytes
 *   moved    realloc(malloc(5101), 50010)  the block of 50010 bytes stays, the other is gone
 *   shrunk   realloc(malloc(5202), 5201)   5201 bytes stay
 *   failed   realloc(malloc(5301), 2^62)   the old block of 5301 bytes stays
 *   freed    free(malloc(5401)), realloc(malloc(5402), 0) which frees
 * So 11 * N blocks stay open, of 5001 to 5056, 5013, 50010, 5201 and 5301 bytes.
 */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void *volatile sink;

__attribute__((noinline)) static void *keep(void *block)
{
	sink = block;
	return block;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fputs("usage: heap N [SECONDS]\n", stderr);
		return 2;
	}
	volatile size_t huge = (size_t)1 << 62;
	long n = atol(argv[1]);
	for (long i = 0; i < n; i++) {
		void *place = NULL;
		keep(malloc(5001));
		keep(calloc(1, 5002));
		if (posix_memalign(&place, 64, 5003))
			return 1;
		keep(place);
		keep(aligned_alloc(64, 5056));
		keep(memalign(64, 5005));
		keep(valloc(5006));
		keep(pvalloc(5007));
		keep(reallocarray(NULL, 3, 1671));
		keep(realloc(keep(malloc(5101)), 50010));
		keep(realloc(keep(malloc(5202)), 5201));
		if (realloc(keep(malloc(5301)), huge) != NULL)
			return 1;
		free(keep(malloc(5401)));
		keep(realloc(keep(malloc(5402)), 0));
	}
	if (argc > 2)
		sleep(atoi(argv[2]));
	_exit(0);
}
