/*
 * System V shared memory: N segments of SIZE bytes, each made, mapped, unmapped and removed.
 *
 *   shm N SIZE
 *
 * Causes N each of: shmget(key, SIZE, IPC_CREAT | IPC_EXCL | 0600), shmat(id, NULL, SHM_RDONLY),
 * shmdt(address), shmctl(id, IPC_RMID); and one shmget of a key that is not there, which fails (-2).
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: shm N SIZE\n", stderr);
		return 2;
	}
	for (long i = 0; i < atol(argv[1]); i++) {
		int id = shmget(0x5eed00 + i, atol(argv[2]), IPC_CREAT | IPC_EXCL | 0600);
		void *at = id < 0 ? (void *)-1 : shmat(id, NULL, SHM_RDONLY);
		if (at == (void *)-1 || shmdt(at) || shmctl(id, IPC_RMID, NULL))
			return 1;
	}
	return shmget(0x5eedff, 1, 0) < 0 ? 0 : 1;
}
