#!/usr/bin/python3 -I
"""open allocation sum(size), count() by ustack where age > 10s every 5s

Compiled by Faultline for debian12 (6.1.0-50-cloud-amd64), BCC 0.26.0.
free: uprobe:libc:free
realloc_call: uretprobe:libc:realloc
realloc_call: uprobe:libc:realloc
reallocarray_call: uretprobe:libc:reallocarray
reallocarray_call: uprobe:libc:reallocarray
malloc_call: uretprobe:libc:malloc
malloc_call: uprobe:libc:malloc
calloc_call: uretprobe:libc:calloc
calloc_call: uprobe:libc:calloc
posix_memalign_call: uretprobe:libc:posix_memalign
posix_memalign_call: uprobe:libc:posix_memalign
memalign_call: uretprobe:libc:memalign
memalign_call: uprobe:libc:memalign
aligned_alloc_call: uretprobe:libc:aligned_alloc
aligned_alloc_call: uprobe:libc:aligned_alloc
valloc_call: uretprobe:libc:valloc
valloc_call: uprobe:libc:valloc
pvalloc_call: uretprobe:libc:pvalloc
pvalloc_call: uprobe:libc:pvalloc
"""
import argparse
import logging
import os
import signal
import sys
import threading
import time

from bcc import BPF  # package python3-bpfcc or python3-bcc

PROGRAM = r"""
#include <uapi/linux/ptrace.h>
#include <linux/types.h>
#include <linux/errno.h>

BPF_STACK_TRACE(stacks, MAX_ENTRIES);

/* How often each kind of problem occurred. */
enum { FULL_MAP, MISSED_END, MISSING_STACK, COLLIDED_STACK, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);

static __always_inline int stack_of(void *context, u64 flags)
{
    int id = stacks.get_stackid(context, flags);
    if (id < 0)
        problems.increment(id == -EEXIST ? COLLIDED_STACK : MISSING_STACK);
    return id;
}

/* each open realloc_call, by tid */
struct realloc_call_begun {
    u64 old;
    u64 size;
};
BPF_HASH(realloc_call_begun, u32, struct realloc_call_begun, MAX_ENTRIES);

/* each open reallocarray_call, by tid */
struct reallocarray_call_begun {
    u64 old;
    u64 size;
};
BPF_HASH(reallocarray_call_begun, u32, struct reallocarray_call_begun, MAX_ENTRIES);

struct allocation_begun_key {
    u32 pid;
    u64 address;
};

/* each open allocation, by pid, address */
struct allocation_begun {
    u64 time;
    s32 ustack;
    u32 ustack_pid;
    u64 size;
};
BPF_HASH(allocation_begun, struct allocation_begun_key, struct allocation_begun, MAX_ENTRIES);

/* each open malloc_call, by tid */
struct malloc_call_begun { u64 size; };
BPF_HASH(malloc_call_begun, u32, struct malloc_call_begun, MAX_ENTRIES);

/* each open calloc_call, by tid */
struct calloc_call_begun { u64 size; };
BPF_HASH(calloc_call_begun, u32, struct calloc_call_begun, MAX_ENTRIES);

/* each open posix_memalign_call, by tid */
struct posix_memalign_call_begun {
    u64 place;
    u64 size;
};
BPF_HASH(posix_memalign_call_begun, u32, struct posix_memalign_call_begun, MAX_ENTRIES);

/* each open memalign_call, by tid */
struct memalign_call_begun { u64 size; };
BPF_HASH(memalign_call_begun, u32, struct memalign_call_begun, MAX_ENTRIES);

/* each open aligned_alloc_call, by tid */
struct aligned_alloc_call_begun { u64 size; };
BPF_HASH(aligned_alloc_call_begun, u32, struct aligned_alloc_call_begun, MAX_ENTRIES);

/* each open valloc_call, by tid */
struct valloc_call_begun { u64 size; };
BPF_HASH(valloc_call_begun, u32, struct valloc_call_begun, MAX_ENTRIES);

/* each open pvalloc_call, by tid */
struct pvalloc_call_begun { u64 size; };
BPF_HASH(pvalloc_call_begun, u32, struct pvalloc_call_begun, MAX_ENTRIES);

/* A span that is open began again, or there was no room for it. */
static __always_inline void begin_again(int failed)
{
    problems.increment(failed ? FULL_MAP : MISSED_END);
}

/* record the start of malloc_call */
int on_malloc(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_0 = PT_REGS_PARM1(ctx);
    struct malloc_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.size = argument_0;
    if (malloc_call_begun.insert(&tid, &begun))
        begin_again(malloc_call_begun.update(&tid, &begun));
    return 0;
}

/* malloc_call: record the start of allocation */
int on_malloc_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct malloc_call_begun *entry = malloc_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    u64 returned = PT_REGS_RC(ctx);
    if (returned != 0) {
        u32 pid = bpf_get_current_pid_tgid() >> 32;
        struct allocation_begun_key key;
        __builtin_memset(&key, 0, sizeof(key));
        key.pid = pid;
        key.address = returned;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.insert(&key, &begun))
            begin_again(allocation_begun.update(&key, &begun));
    }
    malloc_call_begun.delete(&tid);
    return 0;
}

/* record the start of calloc_call */
int on_calloc(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_0 = PT_REGS_PARM1(ctx);
    u64 argument_1 = PT_REGS_PARM2(ctx);
    struct calloc_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.size = argument_0 * argument_1;
    if (calloc_call_begun.insert(&tid, &begun))
        begin_again(calloc_call_begun.update(&tid, &begun));
    return 0;
}

/* calloc_call: record the start of allocation */
int on_calloc_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct calloc_call_begun *entry = calloc_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    u64 returned = PT_REGS_RC(ctx);
    if (returned != 0) {
        u32 pid = bpf_get_current_pid_tgid() >> 32;
        struct allocation_begun_key key;
        __builtin_memset(&key, 0, sizeof(key));
        key.pid = pid;
        key.address = returned;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.insert(&key, &begun))
            begin_again(allocation_begun.update(&key, &begun));
    }
    calloc_call_begun.delete(&tid);
    return 0;
}

/* record the start of posix_memalign_call */
int on_posix_memalign(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_0 = PT_REGS_PARM1(ctx);
    u64 argument_2 = PT_REGS_PARM3(ctx);
    struct posix_memalign_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.place = argument_0;
    begun.size = argument_2;
    if (posix_memalign_call_begun.insert(&tid, &begun))
        begin_again(posix_memalign_call_begun.update(&tid, &begun));
    return 0;
}

/* posix_memalign_call: record the start of allocation */
int on_posix_memalign_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct posix_memalign_call_begun *entry = posix_memalign_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    s64 returned = PT_REGS_RC(ctx);
    u64 word = 0;
    bpf_probe_read_user(&word, sizeof(word), (void *)entry->place);
    if ((returned & 0xffffffffLL) == 0 && word != 0) {
        u32 pid = bpf_get_current_pid_tgid() >> 32;
        struct allocation_begun_key key;
        __builtin_memset(&key, 0, sizeof(key));
        key.pid = pid;
        key.address = word;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.insert(&key, &begun))
            begin_again(allocation_begun.update(&key, &begun));
    }
    posix_memalign_call_begun.delete(&tid);
    return 0;
}

/* record the start of memalign_call */
int on_memalign(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_1 = PT_REGS_PARM2(ctx);
    struct memalign_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.size = argument_1;
    if (memalign_call_begun.insert(&tid, &begun))
        begin_again(memalign_call_begun.update(&tid, &begun));
    return 0;
}

/* memalign_call: record the start of allocation */
int on_memalign_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct memalign_call_begun *entry = memalign_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    u64 returned = PT_REGS_RC(ctx);
    if (returned != 0) {
        u32 pid = bpf_get_current_pid_tgid() >> 32;
        struct allocation_begun_key key;
        __builtin_memset(&key, 0, sizeof(key));
        key.pid = pid;
        key.address = returned;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.insert(&key, &begun))
            begin_again(allocation_begun.update(&key, &begun));
    }
    memalign_call_begun.delete(&tid);
    return 0;
}

/* record the start of aligned_alloc_call */
int on_aligned_alloc(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_1 = PT_REGS_PARM2(ctx);
    struct aligned_alloc_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.size = argument_1;
    if (aligned_alloc_call_begun.insert(&tid, &begun))
        begin_again(aligned_alloc_call_begun.update(&tid, &begun));
    return 0;
}

/* aligned_alloc_call: record the start of allocation */
int on_aligned_alloc_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct aligned_alloc_call_begun *entry = aligned_alloc_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    u64 returned = PT_REGS_RC(ctx);
    if (returned != 0) {
        u32 pid = bpf_get_current_pid_tgid() >> 32;
        struct allocation_begun_key key;
        __builtin_memset(&key, 0, sizeof(key));
        key.pid = pid;
        key.address = returned;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.insert(&key, &begun))
            begin_again(allocation_begun.update(&key, &begun));
    }
    aligned_alloc_call_begun.delete(&tid);
    return 0;
}

/* record the start of valloc_call */
int on_valloc(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_0 = PT_REGS_PARM1(ctx);
    struct valloc_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.size = argument_0;
    if (valloc_call_begun.insert(&tid, &begun))
        begin_again(valloc_call_begun.update(&tid, &begun));
    return 0;
}

/* valloc_call: record the start of allocation */
int on_valloc_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct valloc_call_begun *entry = valloc_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    u64 returned = PT_REGS_RC(ctx);
    if (returned != 0) {
        u32 pid = bpf_get_current_pid_tgid() >> 32;
        struct allocation_begun_key key;
        __builtin_memset(&key, 0, sizeof(key));
        key.pid = pid;
        key.address = returned;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.insert(&key, &begun))
            begin_again(allocation_begun.update(&key, &begun));
    }
    valloc_call_begun.delete(&tid);
    return 0;
}

/* record the start of pvalloc_call */
int on_pvalloc(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_0 = PT_REGS_PARM1(ctx);
    struct pvalloc_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.size = argument_0;
    if (pvalloc_call_begun.insert(&tid, &begun))
        begin_again(pvalloc_call_begun.update(&tid, &begun));
    return 0;
}

/* pvalloc_call: record the start of allocation */
int on_pvalloc_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct pvalloc_call_begun *entry = pvalloc_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    u64 returned = PT_REGS_RC(ctx);
    if (returned != 0) {
        u32 pid = bpf_get_current_pid_tgid() >> 32;
        struct allocation_begun_key key;
        __builtin_memset(&key, 0, sizeof(key));
        key.pid = pid;
        key.address = returned;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.insert(&key, &begun))
            begin_again(allocation_begun.update(&key, &begun));
    }
    pvalloc_call_begun.delete(&tid);
    return 0;
}

/* record the start of realloc_call */
int on_realloc(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_0 = PT_REGS_PARM1(ctx);
    u64 argument_1 = PT_REGS_PARM2(ctx);
    struct realloc_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.old = argument_0;
    begun.size = argument_1;
    if (realloc_call_begun.insert(&tid, &begun))
        begin_again(realloc_call_begun.update(&tid, &begun));
    return 0;
}

/* realloc_call: delete the record of the ended allocation; realloc_call: record the start of allocation */
int on_realloc_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct realloc_call_begun *entry = realloc_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    u64 returned = PT_REGS_RC(ctx);
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    struct allocation_begun_key key;
    __builtin_memset(&key, 0, sizeof(key));
    key.pid = pid;
    key.address = entry->old;
    struct allocation_begun *entry_2 = allocation_begun.lookup(&key);
    if (entry->old != 0 && (returned != 0 || entry->size == 0) && entry_2) {
        allocation_begun.delete(&key);
    }
    if (returned != 0) {
        struct allocation_begun_key key_2;
        __builtin_memset(&key_2, 0, sizeof(key_2));
        key_2.pid = pid;
        key_2.address = returned;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.insert(&key_2, &begun))
            begin_again(allocation_begun.update(&key_2, &begun));
    }
    realloc_call_begun.delete(&tid);
    return 0;
}

/* record the start of reallocarray_call */
int on_reallocarray(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_0 = PT_REGS_PARM1(ctx);
    u64 argument_1 = PT_REGS_PARM2(ctx);
    u64 argument_2 = PT_REGS_PARM3(ctx);
    struct reallocarray_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.old = argument_0;
    begun.size = argument_1 * argument_2;
    if (reallocarray_call_begun.insert(&tid, &begun))
        begin_again(reallocarray_call_begun.update(&tid, &begun));
    return 0;
}

/* reallocarray_call: delete the record of the ended allocation; reallocarray_call: record the start of allocation */
int on_reallocarray_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct reallocarray_call_begun *entry = reallocarray_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    u64 returned = PT_REGS_RC(ctx);
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    struct allocation_begun_key key;
    __builtin_memset(&key, 0, sizeof(key));
    key.pid = pid;
    key.address = entry->old;
    struct allocation_begun *entry_2 = allocation_begun.lookup(&key);
    if (entry->old != 0 && (returned != 0 || entry->size == 0) && entry_2) {
        allocation_begun.delete(&key);
    }
    if (returned != 0) {
        struct allocation_begun_key key_2;
        __builtin_memset(&key_2, 0, sizeof(key_2));
        key_2.pid = pid;
        key_2.address = returned;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.insert(&key_2, &begun))
            begin_again(allocation_begun.update(&key_2, &begun));
    }
    reallocarray_call_begun.delete(&tid);
    return 0;
}

/* free: delete the record of the ended allocation */
int on_free(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u64 argument_0 = PT_REGS_PARM1(ctx);
    if (argument_0 == 0)
        return 0;
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    struct allocation_begun_key key;
    __builtin_memset(&key, 0, sizeof(key));
    key.pid = pid;
    key.address = argument_0;
    struct allocation_begun *entry = allocation_begun.lookup(&key);
    if (!entry)
        return 0;
    allocation_begun.delete(&key);
    return 0;
}
"""

def load(options):
    pid = options.pid or -1
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    bpf.attach_uprobe(name=b"c", sym=b"malloc", fn_name=b"on_malloc", pid=pid)
    bpf.attach_uretprobe(name=b"c", sym=b"malloc", fn_name=b"on_malloc_return", pid=pid)
    bpf.attach_uprobe(name=b"c", sym=b"calloc", fn_name=b"on_calloc", pid=pid)
    bpf.attach_uretprobe(name=b"c", sym=b"calloc", fn_name=b"on_calloc_return", pid=pid)
    bpf.attach_uprobe(name=b"c", sym=b"posix_memalign", fn_name=b"on_posix_memalign", pid=pid)
    bpf.attach_uretprobe(
        name=b"c", sym=b"posix_memalign", fn_name=b"on_posix_memalign_return", pid=pid)
    bpf.attach_uprobe(name=b"c", sym=b"memalign", fn_name=b"on_memalign", pid=pid)
    bpf.attach_uretprobe(name=b"c", sym=b"memalign", fn_name=b"on_memalign_return", pid=pid)
    bpf.attach_uprobe(name=b"c", sym=b"aligned_alloc", fn_name=b"on_aligned_alloc", pid=pid)
    bpf.attach_uretprobe(
        name=b"c", sym=b"aligned_alloc", fn_name=b"on_aligned_alloc_return", pid=pid)
    bpf.attach_uprobe(name=b"c", sym=b"valloc", fn_name=b"on_valloc", pid=pid)
    bpf.attach_uretprobe(name=b"c", sym=b"valloc", fn_name=b"on_valloc_return", pid=pid)
    bpf.attach_uprobe(name=b"c", sym=b"pvalloc", fn_name=b"on_pvalloc", pid=pid)
    bpf.attach_uretprobe(name=b"c", sym=b"pvalloc", fn_name=b"on_pvalloc_return", pid=pid)
    bpf.attach_uprobe(name=b"c", sym=b"realloc", fn_name=b"on_realloc", pid=pid)
    bpf.attach_uretprobe(name=b"c", sym=b"realloc", fn_name=b"on_realloc_return", pid=pid)
    bpf.attach_uprobe(name=b"c", sym=b"reallocarray", fn_name=b"on_reallocarray", pid=pid)
    bpf.attach_uretprobe(name=b"c", sym=b"reallocarray", fn_name=b"on_reallocarray_return", pid=pid)
    bpf.attach_uprobe(name=b"c", sym=b"free", fn_name=b"on_free", pid=pid)
    return bpf

def print_open_0(bpf, options):
    now = nanoseconds()
    groups = {}
    for _, entry in list(bpf["allocation_begun"].items()):
        if wrapped(now - entry.time, False) <= 10000000000:
            continue
        group = groups.setdefault((stack(bpf, entry.ustack, entry.ustack_pid),), [0, 0])
        group[0] += entry.size
        group[1] += 1
    write("\n" + time.strftime("%H:%M:%S"))
    ranked = sorted(groups.items(), key=lambda each: (-each[1][0], str(each[0])))[:options.top]
    rows = [[size(group[0]), group[1], frames(key[0])] for key, group in ranked]
    print_table(["sum(size)", "count()", "ustack"], ">><", rows)

def main():
    parser = argparse.ArgumentParser(description=
        "open allocation sum(size), count() by ustack where age > 10s every 5s")
    parser.add_argument("-p", "--pid", type=int, help="trace only this process")
    parser.add_argument("-i", "--interval", type=float, help="seconds between reports (5)")
    parser.add_argument("-d", "--duration", type=float, help="stop after this many seconds")
    parser.add_argument("--top", type=int, metavar="N", help="print only the N largest groups")
    parser.add_argument("--max-entries", type=int, default=16384, help="size of each table")
    options = parser.parse_args()
    if not all(value is None or value > 0 for value in vars(options).values()):
        parser.error("the value of an option must be above 0")
    bpf = start(load, options)
    logging.getLogger().warning("Tracing... Hit Ctrl-C to end.")
    run(
        options.duration, [(options.interval or 5, lambda: print_open_0(bpf, options))],
        stopping.wait)
    print_open_0(bpf, options)
    print_problems(bpf, [
        "events of new groups were not counted: a table is full",
        "spans began again before their ends were seen, and no result has them",
        "stacks are missing: they could not be read",
        "stacks are missing: another stack took their slot"])

