"""Hosted: drills that somebody leads: roles, the facilitator's lines and injects, and the drill over a server."""
