"""Tests of code and contract: without network, on rows that can be had there."""
