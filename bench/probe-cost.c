/* Repeats one cheap event and prints the CPU time that each took, in nanoseconds: with a probe on it and without.
 * usage: probe-cost faults|calls|steps|syscalls|brks|mmaps|mallocs COUNT [DEPTH]
 * The events are `calls` of a function whose first instruction the kernel emulates, and `steps` of one whose first
 * instruction it must let the processor run by itself. DEPTH functions with frame pointers are around the loop.
 */
#define _GNU_SOURCE
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

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static long long faults(long count)
{
	size_t page = sysconf(_SC_PAGESIZE), size = BATCH * page;
	volatile char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long long spent = 0;

	if (memory == MAP_FAILED || madvise((void *)memory, size, MADV_NOHUGEPAGE)) {
		perror("probe-cost");
		exit(1);
	}
	for (long done = 0; done < count; done += BATCH) {
		long long begin = now();

		for (size_t at = 0; at < size; at += page)
			memory[at] = 1;
		spent += now() - begin;
		madvise((void *)memory, size, MADV_DONTNEED);
	}
	return spent;
}

#ifdef __x86_64__
__asm__(".globl called\n.type called, @function\ncalled: push %rbp\npop %rbp\nret\n.size called, .-called\n"
	".globl stepped\n.type stepped, @function\nstepped: lea 1(%rdi), %rax\nret\n.size stepped, .-stepped\n");
#else
__attribute__((noinline)) void called(void) { __asm__ volatile(""); }
__attribute__((noinline)) void stepped(void) { __asm__ volatile(""); }
#endif
void called(void);
void stepped(void);

static long long calls(long count, void (*function)(void))
{
	long long begin = now();

	for (long i = 0; i < count; i++)
		function();
	return now() - begin;
}

static long long syscalls(long count)
{
	long long begin = now();

	for (long i = 0; i < count; i++)
		syscall(SYS_getppid);
	return now() - begin;
}

static long long brks(long count)
{
	long long begin = now();

	for (long i = 0; i < count; i++)
		syscall(SYS_brk, 0);
	return now() - begin;
}

static long long mmaps(long count)
{
	long long begin = now();

	for (long i = 0; i < count; i++)
		munmap(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096);
	return now() - begin;
}

static long long mallocs(long count)
{
	long long begin = now();

	for (long i = 0; i < count; i++) {
		void *volatile block = malloc(100);

		free(block);
	}
	return now() - begin;
}

static long long events(const char *what, long count)
{
	if (!strcmp(what, "faults"))
		return faults(count);
	if (!strcmp(what, "syscalls"))
		return syscalls(count);
	if (!strcmp(what, "brks"))
		return brks(count);
	if (!strcmp(what, "mmaps"))
		return mmaps(count);
	if (!strcmp(what, "mallocs"))
		return mallocs(count);
	return calls(count, strcmp(what, "steps") ? called : stepped);
}

__attribute__((noinline)) static long long deeper(long depth, const char *what, long count)
{
	volatile long long spent = depth > 0 ? deeper(depth - 1, what, count) : events(what, count);

	return spent;
}

int main(int argc, char **argv)
{
	long count = argc > 2 ? atol(argv[2]) : 0;

	if (count <= 0) {
		fprintf(stderr, "usage: probe-cost faults|calls|steps|syscalls|brks|mmaps|mallocs COUNT [DEPTH]\n");
		return 2;
	}
	printf("spent %.1f\n", (double)deeper(argc > 3 ? atol(argv[3]) : 0, argv[1], count) / count);
	return 0;
}
