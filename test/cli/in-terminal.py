"""Runs a command in a pseudo-terminal: in-terminal.py COLUMNS ROWS STEPS COMMAND...

STEPS is JSON: [[TEXT, ACTION], ...]. When TEXT has been seen (since the step before), ACTION is done: {"keys": "..."},
{"resize": [columns, rows]}, {"signal": number}. Prints JSON: the output, the exit status, and what the terminal was
left in.
"""

import fcntl, json, os, pty, select, struct, sys, termios, time

columns, rows, steps = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
main, side = pty.openpty()


def resize(columns, rows):
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


resize(columns, rows)
child = os.fork()
if child == 0:
    os.setsid()
    fcntl.ioctl(side, termios.TIOCSCTTY, 0)
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
        ended, code = os.waitpid(child, os.WNOHANG)
        if ended:
            status = os.waitstatus_to_exitcode(code)
if status is None:
    os.kill(child, 9)
    os.waitpid(child, 0)
local = termios.tcgetattr(side)[3]
is_cooked = bool(local & termios.ICANON and local & termios.ECHO)
print(json.dumps({"out": output.decode(), "code": status, "isCooked": is_cooked, "left": len(steps)}))
