from __future__ import annotations

import pytest

from drill.console import registry
from drill.model.component import all_subclasses
from tests.console.lab import LAB


@pytest.fixture(scope="module", autouse=True)
def lab():
    """Let the console know the lab's actions besides the catalog's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "all_subclasses", lambda base: [*all_subclasses(base), *LAB])
        yield
