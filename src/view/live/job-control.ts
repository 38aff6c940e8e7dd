/** Ctrl-Z while a terminal is drawn on: it is given back before this process stops, and taken again when it goes on. */

/** Until the function that it returns is called. */
export function listenForStop(leave: () => void, enter: () => void): () => void {
  const stop = (): void => {
    leave();
    process.off("SIGTSTP", stop);
    // Comes back when this process is continued; or at once, where there is nobody who could continue it.
    process.kill(process.pid, "SIGTSTP");
    process.on("SIGTSTP", stop);
    enter();
    // Who is stopped is not told that the terminal has another size.
    process.kill(process.pid, "SIGWINCH");
  };
  process.on("SIGTSTP", stop);
  return () => void process.off("SIGTSTP", stop);
}
