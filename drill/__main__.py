"""``python -m drill``: the same as the ``drill`` command."""

from drill.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
