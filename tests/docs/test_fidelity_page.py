"""docs/fidelity.md is what the tests in tests/fidelity say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.docs.pages import ROOT, environment, read


def test_it_is_current(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.docs.fidelity"]
    done = subprocess.run(words, cwd=ROOT, env=environment(tmp_path), capture_output=True, check=True)
    assert done.stdout.decode() == read("docs/fidelity.md"), f"run: python -m {words[2]} > docs/fidelity.md"
