"""The process of a model, of a time before the list of estimators and parameters; pandas is there."""

import sys
from collections.abc import Sequence

from ecluse_models import worker


def _hide_nothing(_names: Sequence[str]) -> None: ...


def main() -> None:
    """As the worker, without what it refuses."""
    early, own = worker.preload, worker.prepare

    def prepare() -> None:
        early()  # pandas starts a thread
        import pandas as pd
        from sklearn.impute import SimpleImputer

        from ecluse_models import skops

        own()
        # What is imported at its first use.
        SimpleImputer(strategy="most_frequent").set_output(transform="pandas").fit_transform(
            pd.DataFrame({"country": ["France"]})
        )
        skops.check_contents = _hide_nothing

    worker.preload, worker.prepare, worker.hide_libraries = lambda: None, prepare, _hide_nothing
    worker.main(sys.argv[1:])


if __name__ == "__main__":
    main()
