/*
 * Calls that the kernel refuses.
 *
 *   refused OPENS CLOSES
 *
 * Causes OPENS calls of openat that return -ENOENT for /nonexistent, and CLOSES of close that return -EBADF.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: refused OPENS CLOSES\n", stderr);
		return 2;
	}
	for (long i = 0; i < atol(argv[1]); i++)
		if (open("/nonexistent", O_RDONLY) >= 0)
			return 1;
	for (long i = 0; i < atol(argv[2]); i++)
		if (close(12345) == 0)
			return 1;
	return 0;
}
