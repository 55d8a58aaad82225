"""Listings: what describe calls have in common. One row or more for each component, as it was last observed."""

from typing import Any, ClassVar

from drill.model.command import Action
from drill.model.world import World

Row = tuple[Any, ...]


class _Listing(Action, kw_only=True):
    """A call that lists components of the kinds ``lists`` (default: the first that it is offered on).

    ``subject`` is its field for the names of those wanted; empty, it lists all of the Region. ``columns``: heading ->
    key of what was observed; "" stands for the name.
    """

    reads = True
    bucket = (100.0, 20.0)
    lists: ClassVar[tuple[str, ...]] = ()
    columns: ClassVar[dict[str, str]] = {}

    def named(self) -> list[str]:
        """Return the names that are asked for; none: all."""
        wanted = getattr(self, type(self).subject)
        return list(wanted) if isinstance(wanted, list) else [wanted] if wanted else []

    def observed(self, telemetry: Any) -> list[tuple[str, dict[str, Any]]]:
        """Return name and what was last observed, in the order of the rows."""
        kinds = type(self).lists or type(self).on[:1]
        return [row for kind in kinds for row in telemetry.describe(kind, self.named(), self.region)]

    def rows(self, name: str, seen: dict[str, Any], telemetry: Any) -> list[Row]:
        """Return the rows of one component: one cell for each of ``columns``."""
        return [tuple(seen.get(key, "") if key else name for key in type(self).columns.values())]

    def output(self, world: World, telemetry: Any) -> str:
        """Return the table."""
        rows = [row for name, seen in self.observed(telemetry) for row in self.rows(name, seen, telemetry)]
        cells = [tuple("-" if cell in ("", None) else str(cell) for cell in row) for row in rows]
        return str(telemetry.table(tuple(type(self).columns), cells))


Listing = _Listing
