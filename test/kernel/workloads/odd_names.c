/* Opens and maps files by names that are hard to write or to read: bytes that are no UTF-8, quotes, backslashes, 200
 * bytes, a path of more than 255. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static void open_often(const char *name, int times)
{
	for (int i = 0; i < times; i++)
		close(syscall(SYS_openat, AT_FDCWD, name, O_RDWR | O_CREAT, 0600));
}

/* A fault each: what is mapped anew has no page. */
static int touch_often(const char *name, int times)
{
	int file = open(name, O_RDWR | O_CREAT, 0600);
	int sum = 0;

	if (file < 0 || ftruncate(file, 4096))
		return -1;
	for (int i = 0; i < times; i++) {
		volatile char *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);
		sum += page[0];
		munmap((void *)page, 4096);
	}
	close(file);
	return sum;
}

int main(void)
{
	char folder[] = P_tmpdir "/odd-XXXXXX";
	char name[400] = "";

	if (!mkdtemp(folder) || chdir(folder))
		return 2;
	open_often("bad\xff\xfe.so", 3);
	open_often("bad\xc3\xbf.so", 2);
	open_often("back\\slash.so", 4);
	open_often("quo\"te.so", 2);
	memset(name, 'n', 188);
	strcat(name, "-the-end.dat");
	open_often(name, 5);
	memset(name, 0, sizeof(name));
	for (int i = 0; i < 150; i++)
		strcat(name, "./");
	strcat(name, "deep.dat");
	open_often(name, 6);
	return touch_often("map\xff\xfe.so", 7) != 0;
}
