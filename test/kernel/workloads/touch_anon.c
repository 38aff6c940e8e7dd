/*
 * Anonymous page faults of a process with a given name.
 *
 *   touch_anon PAGES [NAME [ROUNDS]]
 *
 * Names itself NAME (15 characters at most), then writes PAGES new anonymous pages, each
 * ROUNDS times over (default 1), huge pages off, and exits without a word.
 * Causes: under the comm NAME exactly PAGES faults, when memory is not short: later rounds
 * fault only for what was swapped out meanwhile.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { PAGE = 4096 };

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: touch_anon PAGES [NAME [ROUNDS]]\n");
		return 2;
	}
	size_t size = atol(argv[1]) * PAGE;
	long rounds = argc > 3 ? atol(argv[3]) : 1;
	volatile char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED || madvise((void *)map, size, MADV_NOHUGEPAGE)) {
		perror("touch_anon");
		return 1;
	}
	(void)*(volatile char *)_exit; /* its code page is to be there already: no fault of its own */
	if (argc > 2)
		prctl(PR_SET_NAME, argv[2]);
	for (long round = 0; round < rounds; round++)
		for (size_t at = 0; at < size; at += PAGE)
			map[at] = (char)(at / PAGE + round);
	_exit(0); /* no exit handlers: they would fault too */
}
