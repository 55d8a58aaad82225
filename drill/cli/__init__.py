"""The ``drill`` command. ``main`` answers ``--version`` by itself, so that nothing slow is imported for it."""

import sys


def main(argv: list[str] | None = None) -> int:
    """Run one command line and return its exit code.

    0: fine (for ``run``: every objective met). 1: objective missed, verification or certification failed. 2: bad
    input. 3: the log needs another engine version.
    """
    words = sys.argv[1:] if argv is None else argv
    if words in (["--version"], ["-V"]):
        from drill import ENGINE, __version__

        print(f"drill {__version__} (engine {ENGINE})")
        return 0
    import gc

    gc.disable()  # until everything is imported: see quick.settled
    try:
        from drill.cli.guard import guarded

        code = guarded(words)
    finally:
        gc.enable()
    if argv is not None:
        return code
    from drill.cli.quick import leave

    return leave(code)
