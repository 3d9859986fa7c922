"""Tests of the stored model, on the rows that training kept for it."""
