"""How what a report shows too says what it is: the text below a key describes it in the report's schema."""

from pydantic import ConfigDict

DESCRIBED = ConfigDict(extra="forbid", use_attribute_docstrings=True)
"""Of typed dictionaries and dataclasses."""
