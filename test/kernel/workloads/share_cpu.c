/*
 * Two threads that share one processor.  usage: share_cpu MILLISECONDS
 *
 * "hoga" and "hogb" compute on CPU 0 until each has had so much time of it, so each waits while the other has it.
 * It prints how long they waited, by the kernel's own count (/proc/PID/task/TID/schedstat).
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long milliseconds;
static pthread_barrier_t start;

static long long waited(void)
{
	char path[64];
	long long on, off = -1;
	snprintf(path, sizeof(path), "/proc/self/task/%ld/schedstat", (long)syscall(SYS_gettid));
	FILE *file = fopen(path, "r");
	if (!file || fscanf(file, "%lld %lld", &on, &off) != 2)
		exit(1);
	fclose(file);
	return off;
}

static void *compute(void *name)
{
	pthread_setname_np(pthread_self(), name);
	pthread_barrier_wait(&start);
	long long before = waited();
	struct timespec now;
	do {
		for (volatile int i = 0; i < 100000; i++)
			;
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	} while (now.tv_sec * 1000 + now.tv_nsec / 1000000 < milliseconds);
	fprintf(stderr, "%s waited: %lld\n", (char *)name, waited() - before);
	return NULL;
}

int main(int argc, char **argv)
{
	milliseconds = argc == 2 ? atol(argv[1]) : 1000;
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	pthread_t a, b;
	pthread_barrier_init(&start, NULL, 2);
	pthread_create(&a, NULL, compute, "hoga");
	pthread_create(&b, NULL, compute, "hogb");
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	return 0;
}
