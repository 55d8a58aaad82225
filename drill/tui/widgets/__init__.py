"""Widgets of the drill's screen. Attributes come down (``widget.frame = ...``), messages go up."""
