/*
 * Page faults that wait for a read.  usage: touch_cold FILE PAGES
 *
 * Writes FILE, has the page cache forget it, maps it, and reads each page, with no reading ahead.
 * Causes: PAGES faults on FILE, all major. It prints how many the kernel counted for it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PAGE = 4096 };

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: touch_cold FILE PAGES\n");
		return 2;
	}
	long pages = atol(argv[2]);
	static char text[PAGE] = "x";
	int fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0644);
	for (long i = 0; fd >= 0 && i < pages; i++)
		if (write(fd, text, PAGE) != PAGE)
			fd = -1;
	if (fd < 0 || fsync(fd) || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED)) {
		perror(argv[1]);
		return 1;
	}
	volatile char *map = mmap(NULL, pages * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED || madvise((void *)map, pages * PAGE, MADV_RANDOM)) {
		perror("mmap");
		return 1;
	}
	struct rusage before, after;
	getrusage(RUSAGE_SELF, &before);
	for (long i = 0; i < pages; i++)
		(void)map[i * PAGE];
	getrusage(RUSAGE_SELF, &after);
	fprintf(stderr, "major faults: %ld\n", after.ru_majflt - before.ru_majflt);
	unlink(argv[1]);
	return 0;
}
