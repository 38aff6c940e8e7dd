/** Gives back the variable of the environment that the launcher hides from Node, for the programs that are started. */
export function restoreHidden(environment: NodeJS.ProcessEnv): void {
  const { FAULTLINE_EXTRA_CA_CERTS: certificates } = environment;
  if (certificates === undefined) return;
  environment["NODE_EXTRA_CA_CERTS"] = certificates;
  delete environment["FAULTLINE_EXTRA_CA_CERTS"];
}
