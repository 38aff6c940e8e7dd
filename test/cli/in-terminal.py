"""Runs a command in a pseudo-terminal, as a shell does: in-terminal.py COLUMNS ROWS STEPS COMMAND...

STEPS is JSON: [[TEXT, ACTION], ...]. When TEXT has been seen (since the step before), ACTION is done: {"keys": "..."},
{"resize": [columns, rows]}, {"signal": number}. A command that stops is seen as the text
`<stopped, cooked>` or `<stopped, raw>`, which says how it left the terminal. Prints JSON: the output, the exit status,
and what the terminal was left in.
"""

import fcntl, json, os, pty, select, signal, struct, sys, termios, time

columns, rows, steps = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
main, side = pty.openpty()


def resize(columns, rows):
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def is_cooked():
    local = termios.tcgetattr(side)[3]
    return bool(local & termios.ICANON and local & termios.ECHO)


resize(columns, rows)
# The one whose terminal it is; only under such a one can a command be stopped.
os.setsid()
fcntl.ioctl(side, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
child = os.fork()
if child == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(side, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    for each in (0, 1, 2):
        os.dup2(side, each)
    os.execvp(sys.argv[4], sys.argv[4:])

output, seen, status, deadline = b"", 0, None, time.time() + 50
while time.time() < deadline:
    if select.select([main], [], [], 0.1)[0]:
        output += os.read(main, 65536)
    elif status is not None:
        break
    if steps and (at := output.find(steps[0][0].encode(), seen)) >= 0:
        text, action = steps.pop(0)
        seen = len(output)
        if "keys" in action:
            os.write(main, action["keys"].encode())
        if "resize" in action:
            resize(*action["resize"])
        if "signal" in action:
            os.kill(child, action["signal"])
    if status is None:
        changed, code = os.waitpid(child, os.WNOHANG | os.WUNTRACED)
        if changed and os.WIFSTOPPED(code):
            while select.select([main], [], [], 0)[0]:
                output += os.read(main, 65536)
            output += b"<stopped, cooked>" if is_cooked() else b"<stopped, raw>"
        elif changed:
            status = os.waitstatus_to_exitcode(code)
if status is None:
    os.kill(child, 9)
    os.waitpid(child, 0)
print(json.dumps({"out": output.decode(), "code": status, "isCooked": is_cooked(), "left": len(steps)}))
