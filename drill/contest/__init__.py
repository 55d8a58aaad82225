"""Contest: events, what counts in them, the referee who runs every submission again, and the board."""
