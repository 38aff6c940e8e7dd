"""Messages for the runner: a JSON object per line."""
import json

from .aggregates import buckets
from .arithmetic import divided
from .output import write
from .problems import new_problems
from .values import text


def send(message):
    write(json.dumps(message, separators=(",", ":")))


def send_problems(bpf, kinds):
    """The first kind is lost events."""
    for kind, count, words in new_problems(bpf, kinds):
        send({"warning": "%d %s" % (count, words)} if kind else {"lost": count})


def histogram(slots, bounds):
    found = buckets(slots, bounds)
    return [{"min": low, "max": high, "count": count} for low, high, count in found]


def summary(total, count):
    return {"count": count, "total": total, "average": divided(total, count)}


def send_code(code, facts):
    """What code a process maps, so that its stacks have names after it has ended."""
    place = [code.inode, code.start, code.extent, code.base, code.root, code.device]
    known = [text(code.name)] + place
    send({"code": [code.mark, code.pid] + known[:facts[code.mark]]})


waiting_rows = []


def send_waiting_rows(consume):
    """Rows with stacks wait until the messages about code that came before them have been read."""
    ready = len(waiting_rows)
    consume()
    for message in waiting_rows[:ready]:
        send(message)
    del waiting_rows[:ready]
