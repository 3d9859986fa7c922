"""The console: one web page of an environment, drawn by calls that carry the visitor's own session."""
