"""Store: saved runs and scores. ``drill.store.store`` imports sqlite3 (8 ms): import it where a store is opened."""

from drill.store.folder import HOME, data_folder
from drill.store.records import NotSaved, RunRecord, Saved, ScoreRow, Standing

__all__ = ["HOME", "NotSaved", "RunRecord", "Saved", "ScoreRow", "Standing", "data_folder"]
