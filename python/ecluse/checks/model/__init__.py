"""Tests of the stored model, on the hold-out of the landed data."""
