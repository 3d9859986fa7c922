"""The error of every setting."""


class SettingError(ValueError):
    """A setting is missing or wrong; the message names key, value and fix, and holds no secret."""
