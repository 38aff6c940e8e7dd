/** Thrown when a file to import exists but is refused. The message gives the user the reason. */
export class ImportRefused extends Error {
  override readonly name = "ImportRefused";
}
