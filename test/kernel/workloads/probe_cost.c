/* Repeats one cheap event and prints what each took, so that the cost of a probe on it can be told.
 * usage: probe_cost faults|calls|syscalls COUNT
 * prints: <ns each> <runs of the tracer's programs> <ns in them>
 * The last two are the kernel's own statistics (kernel.bpf_stats_enabled) of the programs that the parent,
 * bpftrace -c, holds; 0 when it holds none.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define BATCH 512

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void faults(long count, long long *spent)
{
	size_t page = sysconf(_SC_PAGESIZE), size = BATCH * page;
	volatile char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED || madvise((void *)memory, size, MADV_NOHUGEPAGE)) {
		perror("probe_cost");
		exit(1);
	}
	for (long done = 0; done < count; done += BATCH) {
		long long begin = now();

		for (size_t at = 0; at < size; at += page)
			memory[at] = 1;
		*spent += now() - begin;
		madvise((void *)memory, size, MADV_DONTNEED);
	}
}

__attribute__((noinline)) long probed(long i)
{
	__asm__ volatile("" ::: "memory");
	return i + 1;
}

static void calls(long count, long long *spent)
{
	long long begin = now();
	volatile long sum = 0;

	for (long i = 0; i < count; i++)
		sum = probed(sum);
	*spent = now() - begin;
}

static void syscalls(long count, long long *spent)
{
	long long begin = now();

	for (long i = 0; i < count; i++)
		syscall(SYS_getppid);
	*spent = now() - begin;
}

static void statistics(long long *runs, long long *nanoseconds)
{
	char path[300], line[200];
	DIR *directory;
	struct dirent *entry;

	*runs = *nanoseconds = 0;
	snprintf(path, sizeof path, "/proc/%d/fdinfo", getppid());
	directory = opendir(path);
	while (directory && (entry = readdir(directory))) {
		FILE *info;
		long long value;

		snprintf(path, sizeof path, "/proc/%d/fdinfo/%s", getppid(), entry->d_name);
		info = fopen(path, "r");
		while (info && fgets(line, sizeof line, info)) {
			if (sscanf(line, "run_time_ns: %lld", &value) == 1)
				*nanoseconds += value;
			if (sscanf(line, "run_cnt: %lld", &value) == 1)
				*runs += value;
		}
		if (info)
			fclose(info);
	}
	if (directory)
		closedir(directory);
}

int main(int argc, char **argv)
{
	long count = argc == 3 ? atol(argv[2]) : 0;
	long long spent = 0, runs, nanoseconds;

	if (count <= 0) {
		fprintf(stderr, "usage: probe_cost faults|calls|syscalls COUNT\n");
		return 2;
	}
	if (!strcmp(argv[1], "faults"))
		faults(count, &spent);
	else if (!strcmp(argv[1], "calls"))
		calls(count, &spent);
	else
		syscalls(count, &spent);
	statistics(&runs, &nanoseconds);
	printf("%lld %lld %lld\n", spent / count, runs, nanoseconds);
	return 0;
}
