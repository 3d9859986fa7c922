"""The process of a model, with the format of these tests beside its own."""

import sys

from ecluse_models import worker


def main() -> None:
    """As the worker, whose own imports come after the first wall: before it, no thread may run."""
    own = worker.prepare

    def prepare() -> None:
        own()
        from ecluse_models import formats
        from tests.models import linear

        formats.FORMATS = (*formats.FORMATS, linear)

    worker.prepare = prepare
    worker.main(sys.argv[1:])


if __name__ == "__main__":
    main()
