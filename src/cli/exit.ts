/** Exit statuses. */
export const EXIT = { done: 0, tracerFailed: 1, usage: 2, machineCannot: 3 } as const;
