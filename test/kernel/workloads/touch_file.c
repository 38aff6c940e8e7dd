/*
 * Page faults on a mapped file, an exact number of them.
 *
 *   touch_file FILE PAGES ROUNDS [read]
 *
 * Makes FILE (all of it in the page cache), then ROUNDS times: maps it shared, touches PAGES
 * pages, each once, and unmaps it.
 * Causes: handle_mm_fault with FILE exactly PAGES * ROUNDS times; mmap and munmap of FILE
 * ROUNDS times each.
 *
 * By default the touches are writes: the kernel maps only the one page then, while for a read
 * it also maps the cached pages around ("fault-around", 16 pages). With `read`, FILE is
 * 16 times as large and one page in 16 is read, so the number stays the same.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, AROUND = 16 };

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: touch_file FILE PAGES ROUNDS [read]\n");
		return 2;
	}
	long pages = atol(argv[2]), rounds = atol(argv[3]);
	int reading = argc > 4 && !strcmp(argv[4], "read");
	size_t step = PAGE * (reading ? AROUND : 1), size = pages * step;
	static char zeros[PAGE];

	int fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0755);
	for (size_t at = 0; fd >= 0 && at < size; at += PAGE)
		if (write(fd, zeros, PAGE) != PAGE)
			fd = -1;
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	for (long round = 0; round < rounds; round++) {
		volatile char *map = mmap(NULL, size, reading ? PROT_READ : PROT_READ | PROT_WRITE,
					  MAP_SHARED, fd, 0);
		if (map == MAP_FAILED) {
			perror("mmap");
			return 1;
		}
		for (size_t at = 0; at < size; at += step) {
			if (reading)
				(void)map[at];
			else
				map[at] = 1;
		}
		munmap((void *)map, size);
	}
	return 0;
}
