"""One English, and it is American: in code, in what is said on screens, in levels and in the documentation."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT

#: British spellings by how they begin. "cancelled" is what AWS calls a state; "ageing" is the name of a process.
BRITISH = (
    r"organis|recognis|realis(?!t)|minimis|optimis(?!t)|normalis|initialis|summaris|prioritis|synchronis|catalogue|"
    r"colour|behaviour|honour|favour|neighbour|centre|grey\b|defence|licence|modell|labell|travell|whilst|learnt|practis"
)
KINDS = (".py", ".sql", ".md", ".yaml", ".tcss")
FIELDS = ("honours_ttl",)  # a name in the level format


def test_everything_is_spelled_one_way() -> None:
    files = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
    for folder in ("drill", "docs", "levels", "tests", "benchmarks"):
        files += [path for path in (ROOT / folder).rglob("*") if path.suffix in KINDS]
    files.remove(ROOT / "tests/docs/test_spelling.py")
    found = []
    for path in files:
        text = path.read_text(encoding="utf-8")
        for field in FIELDS:
            text = text.replace(field, "")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in re.findall(rf"\w*(?:{BRITISH})\w*", text, re.I)]
    assert found == []
