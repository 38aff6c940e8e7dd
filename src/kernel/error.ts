/** Thrown for data about a kernel that is damaged, in a newer format, or not what it claims to be. */
export class KernelError extends Error {
  override readonly name = "KernelError";
}
