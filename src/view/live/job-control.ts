/** Handles Ctrl-Z in the live view: restores the terminal before this process stops, and redraws when it continues. */

/** Listens for SIGTSTP until the returned function is called. */
export function listenForStop(leave: () => void, enter: () => void): () => void {
  const stop = (): void => {
    leave();
    process.off("SIGTSTP", stop);
    // Returns when this process is continued; or at once in an orphaned process group, which the kernel does not stop.
    process.kill(process.pid, "SIGTSTP");
    process.on("SIGTSTP", stop);
    enter();
    // A stopped process receives no SIGWINCH when the terminal is resized.
    process.kill(process.pid, "SIGWINCH");
  };
  process.on("SIGTSTP", stop);
  return () => void process.off("SIGTSTP", stop);
}
