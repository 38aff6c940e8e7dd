/*
 * A process whose address space grows and shrinks by known steps.
 *
 *   vm_growth N
 *
 * N times: mmap of 10 pages, of which 4 are unmapped again; sbrk of 3 pages, then of -1 page;
 * and once a mapping of 8 pages is made 20 pages by mremap.
 * Causes a growth of N * (10 - 4 + 3 - 1) pages and 20 pages, after main has begun.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096L

static void *map(long pages)
{
	return mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("usage: vm_growth N\n", stderr);
		return 2;
	}
	for (long i = 0; i < atol(argv[1]); i++) {
		char *at = map(10);
		if (at == MAP_FAILED || munmap(at, 4 * PAGE) || sbrk(3 * PAGE) == (void *)-1 ||
		    sbrk(-PAGE) == (void *)-1)
			_exit(1);
	}
	void *small = map(8);
	if (small == MAP_FAILED || mremap(small, 8 * PAGE, 20 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED)
		_exit(1);
	_exit(0);
}
