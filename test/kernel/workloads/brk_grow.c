/*
 * Heap growth by brk.
 *
 *   brk_grow GROWTHS BYTES [SHRINKS]
 *
 * Grows the heap GROWTHS times by BYTES (a multiple of 4096), then shrinks it SHRINKS times
 * (default 0) by BYTES. Uses no malloc.
 * Causes: the brk system call GROWTHS + SHRINKS times after main has begun, of which GROWTHS
 * add GROWTHS * BYTES in all and SHRINKS give SHRINKS * BYTES back. (The C library itself asks
 * once or twice where the heap is, with an argument of 0, as the program starts; loading the
 * program may make one more do_brk_flags, for its zeroed data.)
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: brk_grow GROWTHS BYTES [SHRINKS]\n", stderr);
		return 2;
	}
	long growths = atol(argv[1]), bytes = atol(argv[2]), shrinks = argc > 3 ? atol(argv[3]) : 0;

	for (long i = 0; i < growths; i++)
		if (sbrk(bytes) == (void *)-1)
			_exit(1);
	for (long i = 0; i < shrinks; i++)
		if (sbrk(-bytes) == (void *)-1)
			_exit(1);
	_exit(0);
}
