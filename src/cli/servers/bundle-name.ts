/** The file of the servers, beside the command line. */
export const SERVER_BUNDLE = "servers.cjs";
