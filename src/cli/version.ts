/** The version of this package, set by the build. */
export function version(): string {
  return process.env.FAULTLINE_VERSION ?? "0.1.0";
}
