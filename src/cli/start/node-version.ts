/**
 * Ends at once where Node is too old to read the rest. It stands before all else in the file that Node is given, and is
 * written so that a Node of many years ago understands it.
 */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `faultline: this is Node ${process.versions.node}, and faultline needs 20.19 or newer: install one, or the .deb or the executable, which bring their own\n`,
  );
  process.exit(3);
}

export {};
