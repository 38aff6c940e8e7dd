/**
 * Exits at once where Node is too old to parse the rest. It comes first in the file that Node runs, and uses only
 * syntax that very old versions of Node understand.
 */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `faultline: this is Node ${process.versions.node}, and faultline needs 20.19 or newer: upgrade Node, or install the .deb or the executable, which include it\n`,
  );
  process.exit(3);
}

export {};
