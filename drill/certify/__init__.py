"""Certify: many runs of one level on every core, and whether what the level claims is so."""

from drill.certify.calibrate import calibrate
from drill.certify.certify import certify
from drill.certify.model import Bot, Calibration, Certificate, Run, Spread, Suggestion, Verdict
from drill.certify.play import Job, play_all, spread
from drill.certify.text import calibration_text, certificate_text

__all__ = [
    "Bot",
    "Calibration",
    "Certificate",
    "Job",
    "Run",
    "Spread",
    "Suggestion",
    "Verdict",
    "calibrate",
    "calibration_text",
    "certificate_text",
    "certify",
    "play_all",
    "spread",
]
