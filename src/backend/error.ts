/** A query that is right, and that this back end cannot express; the message is for the user. */
export class BackendError extends Error {}
