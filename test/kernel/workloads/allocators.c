/*
 * Several allocators in one program, and functions of which one calls another: the C library, a jemalloc with a prefix,
 * which takes its memory from the kernel, and operators of C++ that put a header in front of what malloc gives.
 */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define API __attribute__((noinline, used))
#define HEADER 16
#define ARENA (4 << 20)

static char *arena;
static size_t used_bytes;
static void *volatile sink;

API void *je_malloc(size_t size)
{
  if (!arena)
    arena = mmap(NULL, ARENA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  size_t at = used_bytes;
  used_bytes += (size + HEADER + 15) & ~(size_t)15;
  if (used_bytes > ARENA)
    abort();
  memcpy(arena + at, &size, sizeof size);
  return arena + at + HEADER;
}

API void je_free(void *block) { sink = block; }

API void *je_calloc(size_t count, size_t each) { return memset(je_malloc(count * each), 0, count * each); }

API void *je_realloc(void *old, size_t size)
{
  void *block = je_malloc(size);
  size_t before;
  memcpy(&before, (char *)old - HEADER, sizeof before);
  memcpy(block, old, before < size ? before : size);
  je_free(old);
  return block;
}

API void *je_mallocx(size_t size, int flags) { return flags < 0 ? NULL : je_malloc(size); }
API void *je_rallocx(void *old, size_t size, int flags) { return flags < 0 ? NULL : je_realloc(old, size); }
API void je_dallocx(void *block, int flags) { sink = flags < 0 ? NULL : block; }
API void je_sdallocx(void *block, size_t size, int flags) { sink = size > 0 && flags < 0 ? NULL : block; }

API void *_Znwm(size_t size) { return (char *)malloc(size + HEADER) + HEADER; }
API void *_Znam(size_t size) { return _Znwm(size); }
API void *_ZnwmSt11align_val_t(size_t size, size_t alignment)
{
  return (char *)aligned_alloc(alignment, size + alignment) + alignment;
}
API void _ZdlPv(void *block) { free((char *)block - HEADER); }
API void _ZdlPvm(void *block, size_t size) { sink = (void *)size; _ZdlPv(block); }
API void _ZdaPv(void *block) { _ZdlPv(block); }

static void touch(void *block) { sink = block; *(volatile char *)block = 1; }

int main(void)
{
  void *place;
  for (int i = 0; i < 20; i++) {
    touch(_Znwm(100000));
    touch(malloc(7000));
    void *array = _Znam(50);
    touch(array);
    _ZdaPv(array);
  }
  for (int i = 0; i < 4; i++)
    touch(_ZnwmSt11align_val_t(512, 64));
  for (int i = 0; i < 3; i++) {
    void *one = _Znwm(77);
    touch(one);
    _ZdlPvm(one, 77);
  }
  for (int i = 0; i < 30; i++) {
    touch(je_malloc(1000));
    void *other = je_malloc(64);
    touch(other);
    je_free(other);
  }
  for (int i = 0; i < 10; i++) {
    void *block = je_mallocx(3000, 0);
    touch(block);
    if (i < 3)
      je_dallocx(block, 0);
    else if (i < 7)
      je_sdallocx(block, 3000, 0);
  }
  for (int i = 0; i < 5; i++)
    touch(je_rallocx(je_calloc(5, 100), 900, 0));
  for (int i = 0; i < 6; i++)
    touch(aligned_alloc(64, 640));
  for (int i = 0; i < 7; i++)
    touch(memalign(64, 704));
  for (int i = 0; i < 8; i++)
    if (posix_memalign(&place, 64, 832) == 0)
      touch(place);
  for (int i = 0; i < 9; i++)
    touch(reallocarray(NULL, 11, 100));
  usleep(100000);
  return 0;
}
