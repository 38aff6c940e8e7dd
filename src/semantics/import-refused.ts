/** Thrown by what finds imports: there is such a file, and it is not read. The message says why, for the user. */
export class ImportRefused extends Error {
  override readonly name = "ImportRefused";
}
