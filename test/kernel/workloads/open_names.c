/* Opens files by names that are hard to read: in a page that is not in memory, longer than 64 bytes, not UTF-8. Calls
 * of readv fail four times, and return 100 bytes twice. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

__attribute__((aligned(4096))) const char before[1 << 20] = {1};
__attribute__((aligned(4096))) const char absent[4096] = "/etc/hostname";
__attribute__((aligned(4096))) const char after[1 << 20] = {1};

static void open_often(const char *name, int times)
{
	for (int i = 0; i < times; i++)
		close(syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CREAT, 0600));
}

int main(void)
{
	char path[200] = P_tmpdir "/names-XXXXXX";
	char odd[200];
	char buffer[100];
	struct iovec to = { buffer, sizeof(buffer) };

	if (!mkdtemp(path))
		return 2;
	strcat(path, "/");
	strcat(strcpy(odd, path), "bad\xff\xfe.so");

	for (int i = 0; i < 5; i++)
		close(syscall(SYS_openat, AT_FDCWD, absent, O_RDONLY));
	for (int i = 0; i < 3; i++) {
		memset(path + strlen(path), 'd' + i, 43);
		strcat(path, "/");
		mkdir(path, 0700);
	}
	strcat(path, "1234target.dat");
	open_often(path, 5);
	open_often(odd, 3);
	int program = open("/proc/self/exe", O_RDONLY);
	for (int i = 0; i < 4; i++)
		readv(-1, &to, 1);
	for (int i = 0; i < 2; i++)
		readv(program, &to, 1);
	return before[5] + after[5] == 77;
}
