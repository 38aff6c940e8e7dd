"""Standard output, also from callbacks that cannot raise exceptions."""
import logging
import os


def write(*words):
    """Exits if results cannot be written, as BCC's callbacks cannot raise exceptions."""
    try:
        print(*words, flush=True)
    except OSError as error:
        logging.getLogger().warning("cannot write the results: %s", error.strerror)
        os._exit(1)
