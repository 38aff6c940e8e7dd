/** Of this package; the build puts it in. */
export function version(): string {
  return process.env.FAULTLINE_VERSION ?? "0.1.0";
}
