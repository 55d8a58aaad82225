"""Failure drill: a terminal trainer for outages, driven by an honest simulation of AWS."""

__version__ = "0.1.0"

#: Rules of play. A log names the version it was played under; a change of the rules raises it.
ENGINE = "2"
