"""Tests that the kit runs in every use case."""
