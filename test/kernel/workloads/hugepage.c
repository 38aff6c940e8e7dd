/*
 * Huge pages, asked for in both ways.
 *
 *   hugepage madvise CALLS     madvise(MADV_HUGEPAGE) on CALLS mappings
 *                              Causes: hugepage_madvise CALLS times.
 *   hugepage hugetlb PAGES     writes PAGES pages of 2 MB, of a MAP_HUGETLB mapping
 *                              Causes: PAGES faults of huge pages, in hugetlb_fault.
 *   hugepage thp PAGES         writes PAGES aligned 2 MB areas that were given MADV_HUGEPAGE
 *                              Causes: PAGES faults, a transparent huge page each.
 *
 * hugetlb sets /proc/sys/vm/nr_hugepages to PAGES while it runs, so it must be root.
 */
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { HUGE = 2 << 20 };

static int reserve(long pages)
{
	FILE *file = fopen("/proc/sys/vm/nr_hugepages", "w");
	return file && fprintf(file, "%ld\n", pages) > 0 && !fclose(file) ? 0 : -1;
}

static volatile char *map_or_exit(size_t size, int flags)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
	if (map == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	return map;
}

int main(int argc, char **argv)
{
	const char *mode = argc == 3 ? argv[1] : "";
	long count = argc == 3 ? atol(argv[2]) : 0;

	if (!strcmp(mode, "madvise")) {
		for (long i = 0; i < count; i++)
			if (madvise((void *)map_or_exit(HUGE, 0), HUGE, MADV_HUGEPAGE))
				return 1;
		return 0;
	}
	if (!strcmp(mode, "hugetlb")) {
		if (reserve(count))
			return 1;
		volatile char *map = map_or_exit(count * HUGE, MAP_HUGETLB);
		for (long i = 0; i < count; i++)
			map[i * HUGE] = 1;
		munmap((void *)map, count * HUGE);
		return reserve(0) ? 1 : 0;
	}
	if (!strcmp(mode, "thp")) {
		size_t size = (count + 1) * HUGE;
		volatile char *map = map_or_exit(size, 0);
		map += -(uintptr_t)map & (HUGE - 1);
		if (madvise((void *)map, count * HUGE, MADV_HUGEPAGE))
			return 1;
		for (long i = 0; i < count; i++)
			map[i * HUGE] = 1;
		return 0;
	}
	fputs("usage: hugepage madvise|hugetlb|thp COUNT\n", stderr);
	return 2;
}
