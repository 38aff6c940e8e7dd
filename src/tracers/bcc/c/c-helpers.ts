/** Functions of the C text that any probe may call; each is emitted if it is used. */
import { LEFT_OUT, UNMATCHED, UNSEEN } from "../../../results/shortfall.js";

/** What can go wrong in a function, and the words for the count of it. */
export const PROBLEMS = {
  LOST_EVENT: "events were lost: they came faster than they were read",
  FULL_MAP: "events of new groups were not counted: a table is full",
  LEFT_OUT: `events ${LEFT_OUT}`,
  MISSED_END: "spans began again before their ends were seen, and no result has them",
  UNMATCHED,
  UNSEEN_PROGRAM: UNSEEN,
  MISSING_STACK: "stacks are missing: they could not be read",
  COLLIDED_STACK: "stacks are missing: another stack took their slot",
  UNTRACED: "processes were not traced: the table of processes is full",
  UNREAD_TEXT: "texts could not be read: their memory was not there, and what they are is not known",
  CUT_TEXT: "texts are longer than what is compared of them: whether they meet the condition is not known",
  CUT_SHOWN: "texts are longer than what is kept of them, and were cut",
  BUSY_CPU: "events were not counted: another thread was being traced on the same CPU",
} as const;

export type Problem = keyof typeof PROBLEMS;

export const C_HELPERS = {
  own_stack: `\
/* Newer kernels keep variables in memory of the CPU, where other threads may write, unless a program may call another. */
BPF_PROG_ARRAY(no_programs, 1);
static __always_inline void own_stack(void *ctx)
{
    u64 never = 0;
    asm volatile("" : "+r"(never));
    if (never)
        no_programs.call(ctx, 0);
}`,
  stack_of: `\
static __always_inline int stack_of(int id)
{
    if (id < 0)
        problems.increment(id == -EEXIST ? COLLIDED_STACK : MISSING_STACK);
    return id;
}`,
  log2_slot: `\
/* 0 for negative numbers, 1 for zero, then one slot per power of two. */
static __always_inline u32 log2_slot(s64 number)
{
    return number < 0 ? 0 : number == 0 ? 1 : bpf_log2l(number) + 1;
}`,
  fine_slot: `\
/* 0 for negative numbers, then one slot per number below 32, and 16 per further power of two. */
static __always_inline u32 fine_slot(s64 number)
{
    u32 shift = number < 32 ? 0 : bpf_log2l(number) - 5;
    return number < 0 ? 0 : 1 + shift * 16 + (u32)((u64)number >> shift);
}`,
  linear_slot: `\
/* 0 below the range, then one slot per step, and one above the range. */
static __always_inline u32 linear_slot(s64 number, s64 min, s64 max, u64 step)
{
    return number < min ? 0 : number >= max ? (u64)(max - min) / step + 1 : (u64)(number - min) / step + 1;
}`,
  divided: `\
/* BPF divides unsigned numbers only; a division by zero gives zero. */
static __always_inline s64 divided(s64 number, s64 by)
{
    u64 quotient = by == 0 ? 0 : (u64)(number < 0 ? -number : number) / (u64)(by < 0 ? -by : by);
    return (number < 0) == (by < 0) ? quotient : -quotient;
}`,
  remainder: `\
static __always_inline s64 remainder_of(s64 number, s64 by)
{
    u64 rest = number < 0 ? -number : number;
    if (by != 0)
        rest %= (u64)(by < 0 ? -by : by);
    return number < 0 ? -rest : rest;
}`,
  is_cut: `\
/* Whether a text goes on where its copy ends. */
static __always_inline int is_cut(void *text, u32 kept, int is_user)
{
    char next = 0;
    if (is_user)
        bpf_probe_read_user(&next, 1, text + kept - 1);
    else
        bpf_probe_read_kernel(&next, 1, text + kept - 1);
    return next != 0;
}`,
  text_length: `\
static __always_inline u32 text_length(const char *text, u32 size)
{
    u32 length = 0;
#pragma unroll
    for (u32 i = 0; i < size; i++)
        if (length == i && text[i])
            length = i + 1;
    return length;
}`,
  same_text: `\
static __always_inline int same_text(const char *one, const char *other, u32 size)
{
    int same = 1;
    int ended = 0;
#pragma unroll
    for (u32 i = 0; i < size; i++) {
        if (!ended && one[i] != other[i])
            same = 0;
        if (!one[i])
            ended = 1;
    }
    return same;
}`,
  search: `\
/* Space for a whole name, which does not fit on the stack of a probe. */
struct search {
    volatile u64 length;
    s64 from;
    u64 found;
    u8 bytes[512];
};
BPF_PERCPU_ARRAY(searches, struct search, 1);`,
} as const;

/** The names of the functions and of their tables. */
export const C_NAMES = [
  "problems", "turns", "turn_of", "stacks", "stack_of", "log2_slot", "fine_slot", "linear_slot", "divided", "remainder_of", "is_cut", "text_length", "same_text", "search", "searches", "mapped_code", "mapped_code_room", "mapped_code_buffer", "mapped_programs", "kernel_word",
] as const; // prettier-ignore

export type CHelper = keyof typeof C_HELPERS;

/** In the order of the table above. */
export function inOrder(used: ReadonlySet<CHelper>): readonly CHelper[] {
  return (Object.keys(C_HELPERS) as CHelper[]).filter((helper) => used.has(helper));
}
