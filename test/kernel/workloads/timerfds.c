/*
 * Kernel objects that are freed by kfree_rcu.  usage: timerfds COUNT SECONDS
 *
 * Makes and closes COUNT timerfds, and sleeps SECONDS: the kernel frees such objects some time later, many at once.
 * Causes: COUNT allocations in timerfd_create (or the function that it calls), all of which are freed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	for (long i = 0; i < atol(argv[1]); i++) {
		int fd = timerfd_create(CLOCK_MONOTONIC, 0);
		if (fd < 0) {
			perror("timerfd_create");
			return 1;
		}
		close(fd);
	}
	sleep(atol(argv[2]));
	return 0;
}
