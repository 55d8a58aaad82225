from __future__ import annotations

import pytest

from drill.catalog import everything, find
from drill.console import registry
from drill.model.component import kind_of
from tests.console.lab import LAB


@pytest.fixture(scope="module", autouse=True)
def lab():
    """Let the console know the lab's actions besides the catalog's."""
    with pytest.MonkeyPatch.context() as patch:
        lab = {kind_of(cls): cls for cls in LAB}
        patch.setattr(registry, "everything", lambda base: everything(base) | lab)
        patch.setattr(registry, "find", lambda base, tag: lab.get(tag) or find(base, tag))
        yield
