/** A valid query that the back end cannot express; the message is for the user. */
export class BackendError extends Error {}

/** A tracer version that is invalid or too old. */
export class UnsupportedVersion extends Error {}
