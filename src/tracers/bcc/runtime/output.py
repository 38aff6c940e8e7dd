"""Standard output, also from callbacks that cannot raise exceptions."""
import os
import sys


def write(line):
    """Exits if results cannot be written, as BCC's callbacks cannot raise exceptions."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        os._exit(0)
    except OSError as error:
        print("cannot write the results: %s" % error.strerror, file=sys.stderr)
        os._exit(1)
