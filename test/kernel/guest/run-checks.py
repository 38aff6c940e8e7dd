#!/usr/bin/env python3
"""Asks for checks on the virtio-serial port `faultline.results` and runs them in a guest, one after another. It
writes, one JSON object a line:
  {"event": "ready", "kernel": …}
  {"event": "next"}, and reads a check: {"id": …, "command": …, "timeoutSeconds": …}
  {"event": "result", "id": …, "exitCode": int or null, "stdout": …, "stderr": …, "seconds": …}
Whoever gives the checks ends the guest when there are no more.
"""
import contextlib
import glob
import json
import os
import signal
import subprocess
import sys
import time

OUTPUT_LIMIT = 32 * 1024 * 1024
DEFAULT_TIMEOUT = 60
PF_KTHREAD = 0x00200000


def open_port():
    """There is no udev to name the port: find its device by the name in sysfs."""
    for _ in range(200):
        for name in glob.glob("/sys/class/virtio-ports/*/name"):
            with open(name) as file:
                if file.read().strip() == "faultline.results":
                    return open("/dev/" + name.split("/")[-2], "r+b", buffering=0)
        time.sleep(0.05)
    sys.exit("no port faultline.results")


def send(port, message):
    data = memoryview(json.dumps(message).encode() + b"\n")
    while data:
        data = data[port.write(data) or 0:]


def next_check(port):
    send(port, {"event": "next"})
    line = b""
    while not line.endswith(b"\n"):
        line += port.read(65536) or b""
    return json.loads(line)


def read_output(path):
    with open(path, "rb") as file:
        data = file.read(OUTPUT_LIMIT + 1)
    text = data[:OUTPUT_LIMIT].decode("utf-8", "replace")
    return text + ("\n[output cut here]\n" if len(data) > OUTPUT_LIMIT else "")


def processes():
    """The live processes that are not kernel threads."""
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue  # gone meanwhile
        if fields[0] != "Z" and not int(fields[6]) & PF_KTHREAD:
            yield int(entry)


def kill_leftovers(keep):
    """Whatever a check left behind must not disturb the next one."""
    for _ in range(50):
        found = [pid for pid in processes() if pid not in keep]
        if not found:
            return
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def run_check(check, keep):
    directory = "/job/work/" + check["id"]
    os.makedirs(directory, exist_ok=True)
    paths = ["/job/stdout", "/job/stderr"]
    started = time.monotonic()
    with open(paths[0], "wb") as out, open(paths[1], "wb") as err:
        process = subprocess.Popen(
            # The harness is exempt from the OOM killer, a check is not.
            ["/bin/bash", "-c", 'echo 0 >/proc/self/oom_score_adj; eval "$1"', "check", check["command"]],
            cwd=directory, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            start_new_session=True, env={**os.environ, "FAULTLINE_CHECK": check["id"]},
        )
        try:
            exit_code = process.wait(check.get("timeoutSeconds") or DEFAULT_TIMEOUT)
        except subprocess.TimeoutExpired:
            exit_code = None
            # SIGTERM first, so that tracers detach and print what they have.
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    seconds = time.monotonic() - started
    kill_leftovers(keep)
    stdout, stderr = (read_output(path) for path in paths)
    for path in paths:
        os.unlink(path)
    # A shell reports a signal as 128 + its number; do so for the outer shell too.
    if exit_code is not None and exit_code < 0:
        exit_code = 128 - exit_code
    return {"exitCode": exit_code, "stdout": stdout, "stderr": stderr, "seconds": round(seconds, 3)}


def main():
    port = open_port()
    send(port, {"event": "ready", "kernel": os.uname().release})
    keep = set(processes())  # init, its watchdog and this
    while True:
        check = next_check(port)
        print(f"faultline-guest: check {check['id']}", flush=True)
        send(port, {"event": "result", "id": check["id"], **run_check(check, keep)})


main()
