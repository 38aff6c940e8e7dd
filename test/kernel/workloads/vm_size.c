/*
 * A process whose address space is changed in every way that there is, and that knows by how much.
 *
 *   vm_size calls      brk, mmap, munmap, mremap, shmat and shmdt, with and without MAP_FIXED, holes and errors
 *   vm_size threads    four threads that map and unmap at the same time
 *
 * Meanwhile it is named "measured", and then prints by how much VmSize grew.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <unistd.h>

#define PAGE 4096UL
#define THREADS 4
#define ROUNDS 1000

static void require(int holds, const char *what)
{
	if (holds)
		return;
	perror(what);
	_exit(1);
}

/* In kB, without a call that needs memory. */
static long vm_size(void)
{
	char text[256] = "";
	int fd = open("/proc/self/statm", O_RDONLY);
	require(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0, "statm");
	close(fd);
	return atol(text) * (long)(PAGE / 1024);
}

static char *map_at(void *at, unsigned long bytes, int flags)
{
	char *made = mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);
	require(made != MAP_FAILED, "mmap");
	return made;
}

static char *map(unsigned long pages)
{
	return map_at(NULL, pages * PAGE, 0);
}

static void unmap(char *at, unsigned long bytes)
{
	require(munmap(at, bytes) == 0, "munmap");
}

static void replace(void)
{
	char *reserved = map(25600);
	for (int i = 0; i < 50; i++)
		map_at(reserved, 2560 * PAGE, MAP_FIXED);
	/* Half over what is mapped, half over what is not. */
	char *half = map(40);
	unmap(half + 20 * PAGE, 20 * PAGE);
	map_at(half + 10 * PAGE, 20 * PAGE, MAP_FIXED);
}

static void leave_holes(void)
{
	char *at = map(30);
	unmap(at + 10 * PAGE, 10 * PAGE);
	unmap(at, 30 * PAGE);
	/* Nothing is there any more. */
	unmap(at, 30 * PAGE);
	/* Lengths are rounded up. */
	at = map_at(NULL, 3 * PAGE + 1, 0);
	unmap(at, PAGE + 1);
}

static void move(void)
{
	char *at = map(10);
	at = mremap(at, 10 * PAGE, 300 * PAGE, MREMAP_MAYMOVE);
	require(at != MAP_FAILED, "mremap");
	require(mremap(at, 300 * PAGE, 200 * PAGE, 0) == at, "mremap that shrinks");
	/* Onto what is mapped, which it replaces. */
	char *target = map(200);
	require(mremap(at, 200 * PAGE, 200 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target) == target, "mremap that moves");
#ifdef MREMAP_DONTUNMAP
	require(mremap(target, 200 * PAGE, 200 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL) != MAP_FAILED, "mremap that copies");
#endif
}

static void fail(void)
{
	char *at = map(1);
	if (mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED || munmap(at + 1, PAGE) == 0 ||
	    mremap(at, PAGE, 0, 0) != MAP_FAILED)
		_exit(1);
}

static void attach(void)
{
	int id = shmget(IPC_PRIVATE, 16 * PAGE, IPC_CREAT | 0600);
	require(id >= 0, "shmget");
	char *kept = shmat(id, NULL, 0), *taken = shmat(id, NULL, 0);
	require(kept != (char *)-1 && taken != (char *)-1 && shmdt(taken) == 0, "shmat");
	shmctl(id, IPC_RMID, NULL);
}

static void calls(void)
{
	replace();
	leave_holes();
	move();
	fail();
	attach();
	require(sbrk(100) != (void *)-1 && sbrk(5 * PAGE) != (void *)-1 && sbrk(-2 * (long)PAGE) != (void *)-1, "sbrk");
}

static void *map_and_unmap(void *unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		char *at = map(100);
		unmap(at + 20 * PAGE, 20 * PAGE);
		map_at(at + 10 * PAGE, 40 * PAGE, MAP_FIXED);
		if (i % 100 != 0)
			unmap(at, 100 * PAGE);
	}
	return NULL;
}

static void threads(void)
{
	pthread_t all[THREADS];
	for (int i = 0; i < THREADS; i++)
		require(pthread_create(&all[i], NULL, map_and_unmap, NULL) == 0, "pthread_create");
	for (int i = 0; i < THREADS; i++)
		pthread_join(all[i], NULL);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("usage: vm_size calls|threads\n", stderr);
		return 2;
	}
	prctl(PR_SET_NAME, "measured");
	long before = vm_size();
	if (strcmp(argv[1], "threads") == 0)
		threads();
	else
		calls();
	long grown = vm_size() - before;
	prctl(PR_SET_NAME, "vm_size");
	fprintf(stderr, "VmSize grew by %ld kB\n", grown);
	return 0;
}
