"""Do things wait for each other? One cycle of a graph is enough to say so."""

from __future__ import annotations


def cycle(graph: dict[str, list[str]]) -> list[str]:
    """Return one cycle of ``graph``, first node again at the end, or []."""
    done: set[str] = set()
    for start in graph:
        if start in done:
            continue
        trail, rest, on_trail = [start], [iter(graph[start])], {start}
        while rest:
            step = next(rest[-1], None)
            if step is None:
                rest.pop()
                left = trail.pop()
                on_trail.discard(left)
                done.add(left)
            elif step in on_trail:
                return [*trail[trail.index(step) :], step]
            elif step not in done:
                trail.append(step)
                on_trail.add(step)
                rest.append(iter(graph[step]))
    return []
