"""Where runs are kept: ``$DRILL_HOME`` when it is set, else the platform's folder for a user's data."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

#: The environment variable that puts runs elsewhere: for tests, for kiosks, for a stick.
HOME = "DRILL_HOME"

#: Where nothing can be kept: for a user who has no home folder, as in many a container.
NOWHERE = Path(os.devnull) / "no-home-folder"


def data_folder() -> Path:
    """Return the folder of saved runs. It need not exist yet, and perhaps cannot."""
    given = os.environ.get(HOME, "")
    try:
        if given:
            return Path(given).expanduser()
        from platformdirs import user_data_path  # 15 ms to import

        return user_data_path("failure-drill", appauthor=False)
    except RuntimeError:  # whose home that is cannot be told
        return NOWHERE


class Logs:
    """The logs of runs, as files. Known without opening any database, so that play begins at once."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder if folder is not None else data_folder()

    @property
    def runs_folder(self) -> Path:
        """The folder of the runs' logs. It need not exist."""
        return self.folder / "runs"

    def new_run(self) -> tuple[str, Path]:
        """Return the id of a new run and where its log belongs."""
        run = str(uuid.uuid4())
        return run, self.log_path(run)

    def log_path(self, run: str) -> Path:
        """Return where the log of a run belongs."""
        return self.runs_folder / f"{run}.jsonl"
