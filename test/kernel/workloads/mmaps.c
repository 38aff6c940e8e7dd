/*
 * Known mmap calls.
 *
 *   mmaps COUNT LEN FILE
 *
 * COUNT times each (FILE is made, LEN must be a multiple of 4096):
 *   LEN      PROT_READ|PROT_WRITE  MAP_PRIVATE|MAP_ANONYMOUS
 *   2 * LEN  PROT_READ             MAP_SHARED|MAP_ANONYMOUS
 *   3 * LEN  PROT_READ|PROT_EXEC   MAP_PRIVATE of FILE
 *   4 * LEN  PROT_NONE             MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE
 * Causes: 4 * COUNT mmap calls after main has begun, 10 * COUNT * LEN bytes in all, of which
 * COUNT are of FILE, 3 * COUNT anonymous and COUNT shared. Nothing is touched or unmapped.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 4) {
		fputs("usage: mmaps COUNT LEN FILE\n", stderr);
		return 2;
	}
	long count = atol(argv[1]), len = atol(argv[2]);
	int fd = open(argv[3], O_RDWR | O_CREAT, 0755);
	if (fd < 0 || ftruncate(fd, 3 * len))
		return 1;
	const struct { int times, prot, flags, fd; } kinds[] = {
		{ 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1 },
		{ 2, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1 },
		{ 3, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd },
		{ 4, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1 },
	};
	for (long i = 0; i < count; i++)
		for (int kind = 0; kind < 4; kind++)
			if (mmap(NULL, kinds[kind].times * len, kinds[kind].prot, kinds[kind].flags,
				 kinds[kind].fd, 0) == MAP_FAILED)
				_exit(1);
	_exit(0);
}
