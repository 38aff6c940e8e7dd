/** What is wrong with data about a kernel: damaged, of a newer format, or not what it claims to be. */
export class KernelError extends Error {
  override readonly name = "KernelError";
}
