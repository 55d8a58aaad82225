"""Vocabulary and state: no clock, no input or output, no knowledge of any one AWS service."""
