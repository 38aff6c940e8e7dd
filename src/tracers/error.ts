/** A query that is right, and that this back end cannot express; the message is for the user. */
export class BackendError extends Error {}

/** A version of the tracer that is none, or that is too old. */
export class UnsupportedVersion extends Error {}
