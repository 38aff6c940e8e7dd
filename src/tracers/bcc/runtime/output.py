"""Standard output and standard error, where nothing can be raised."""
import logging
import os


def write(*words):
    """Callbacks of BCC cannot raise: if results cannot be written, the program ends here."""
    try:
        print(*words, flush=True)
    except OSError as error:
        logging.getLogger().warning("cannot write the results: %s", error.strerror)
        os._exit(1)
