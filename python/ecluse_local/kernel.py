"""A kernel of Jupyter in a use case's locked environment, which has no package of Jupyter's.

`python -m ecluse_local.kernel PACKAGES -f CONNECTION_FILE` takes those from a folder.
Python looks there last: what the use case has locked stays what its code runs with.
"""

import sys


def main(words: list[str]) -> None:
    """Entry point; returns when the kernel is shut down."""
    sys.path.append(words[0])
    # No package of the platform's: `ecluse shell --kernel` installs it.
    from ipykernel.kernelapp import (  # pyright: ignore[reportMissingImports]
        launch_new_instance,  # pyright: ignore[reportUnknownVariableType]
    )

    launch_new_instance(words[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
