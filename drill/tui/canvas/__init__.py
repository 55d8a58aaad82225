"""The canvas: pure layout and painting in cells. What a Frame looks like is decided here; Textual only shows it."""
