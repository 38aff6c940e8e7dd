"""Messages to the runner, one JSON object per line."""
import json

from .aggregates import buckets
from .arithmetic import divided
from .output import write
from .problems import new_problems
from .values import text


def send(message):
    write(json.dumps(message, separators=(",", ":")))


def send_problems(bpf, kinds):
    """Sends new problems as warnings, and lost events, the first kind, as a count."""
    for kind, count, words in new_problems(bpf, kinds):
        send({"warning": "%d %s" % (count, words)} if kind else {"lost": count})


def histogram(slots, bounds):
    found = buckets(slots, bounds)
    return [{"min": low, "max": high, "count": count} for low, high, count in found]


def summary(total, count):
    return {"count": count, "total": total, "average": divided(total, count)}


def send_code(code, facts):
    """Reports code that a process maps, so that its stacks can be symbolized after it has ended."""
    place = [code.inode, code.start, code.extent, code.base, code.root, code.device]
    known = [text(code.name)] + place
    send({"code": [code.mark, code.pid] + known[:facts[code.mark]]})


waiting_rows = []


def send_waiting_rows(consume):
    """Sends rows with stacks, once the reports about code that preceded them have been read."""
    ready = len(waiting_rows)
    consume()
    for message in waiting_rows[:ready]:
        send(message)
    del waiting_rows[:ready]
