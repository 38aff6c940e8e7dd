/*
 * Swaps transparent huge pages out and in.  usage: swap_huge PAGES   (swap must be on)
 *
 * Writes PAGES aligned areas of 2 MB that were given MADV_HUGEPAGE, gives them to swap with MADV_PAGEOUT, and
 * reads every small page of them again.
 * Causes: PAGES * 512 pages out and in, the way out in whole folios where the kernel can.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

enum { HUGE = 2 << 20, PAGE = 4096 };

int main(int argc, char **argv)
{
	size_t length = (argc == 2 ? atol(argv[1]) : 4) * (size_t)HUGE;
	char *map = mmap(NULL, length + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	map += -(uintptr_t)map & (HUGE - 1);
	if (madvise(map, length, MADV_HUGEPAGE)) {
		perror("madvise");
		return 1;
	}
	/* No page is all zeros: those are not written by newer kernels. */
	for (size_t at = 0; at < length; at += sizeof(uint64_t))
		*(uint64_t *)(map + at) = at * 0x9e3779b97f4a7c15ull + 1;
	if (madvise(map, length, MADV_PAGEOUT)) {
		perror("madvise");
		return 1;
	}
	uint64_t sum = 0;
	for (size_t at = 0; at < length; at += PAGE)
		sum += *(volatile uint64_t *)(map + at);
	printf("sum: %llx\n", (unsigned long long)sum);
	return 0;
}
