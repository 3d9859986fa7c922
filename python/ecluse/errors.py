"""The one error of the kit: what a person can put right, said in a line."""


class KitError(Exception):
    """Something in data, settings or environment is wrong; the message names it and the fix."""
