"""The platform's release step: gates, the signed manifest of a model's files, and the champion."""
