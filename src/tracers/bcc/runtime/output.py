"""Standard output, from where nothing can be raised."""
import os
import sys


def write(line):
    """Callbacks of BCC cannot raise: if results cannot be written, the program ends here."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        os._exit(0)
    except OSError as error:
        print("cannot write the results: %s" % error.strerror, file=sys.stderr)
        os._exit(1)
