"""The process of one model: `python -m ecluse_models.worker CHANNEL MEMORY FILES`.

CHANNEL is the number of an open socket, MEMORY in MiB what the model may take, FILES JSON with the number of
each open file of the model by its name. It imports what models need, locks itself, and only then looks at the
model.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from io import BytesIO

from ecluse_core.light import UNUSED_BY_MODELS, hide_libraries
from ecluse_models import channel
from ecluse_models.lockdown import Lockdown

_CHANNEL = 3
_LONGEST_ROWS = 1 << 30


def main(words: list[str]) -> None:
    """Answers until the other end of the channel is closed; never returns."""
    files = {name: _content(number) for name, number in json.loads(words[2]).items()}
    _close_all_but(int(words[0]))
    try:
        lockdown = Lockdown()
        # In the release as in the model server: what passes there can be served.
        hide_libraries(UNUSED_BY_MODELS)
        prepare()
        _answer(channel.LOCKED, lockdown.finish(int(words[1]) << 20).encode())
        _serve(files)
    except MemoryError:
        _answer(channel.FAILURE, f"the model takes more than {words[1]} MiB of memory".encode())
    except Exception as error:
        _answer(channel.FAILURE, _text(str(error)))
    os._exit(1)


def prepare() -> None:
    """Imports what models of any format need, and has polars start its threads: later it cannot."""
    import polars as pl

    from ecluse_models.formats import FORMATS

    for each in FORMATS:
        each.prepare()
    stream = BytesIO()
    pl.DataFrame({"number": [1.0], "text": [None]}).write_ipc_stream(stream)
    pl.read_ipc_stream(stream.getvalue()).select(pl.all().is_null()).to_numpy()


def _content(number: int) -> bytes:
    with os.fdopen(number, "rb") as file:
        file.seek(0)
        return file.read()


def _close_all_but(number: int) -> None:
    """Leaves the channel, and nothing else that this process was started with."""
    os.dup2(number, _CHANNEL)
    os.closerange(_CHANNEL + 1, os.sysconf("SC_OPEN_MAX"))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.close(nowhere)


def _serve(files: Mapping[str, bytes]) -> None:
    import polars as pl

    from ecluse_models.formats import load_files
    from ecluse_models.model import ModelError

    model = load_files(files)
    inputs = [asdict(column) for column in model.inputs]
    described = {"kind": model.kind, "format": model.format, "inputs": inputs}
    _answer(channel.MODEL, json.dumps(described).encode())
    while True:
        _, content = channel.unpacked(_read, _LONGEST_ROWS)
        try:
            scores = model.score(pl.read_ipc_stream(content))
            _answer(channel.SCORES, scores.tobytes())
        except MemoryError:
            raise
        except ModelError as error:
            _answer(channel.REFUSAL, _text(str(error)))
        except Exception as error:  # whatever an estimator raises
            reason = f"the model cannot score these rows: {type(error).__name__}: {error}"
            _answer(channel.REFUSAL, _text(reason))


def _text(reason: str) -> bytes:
    return reason.encode(errors="replace")[: channel.LONGEST_TEXT]


def _read(length: int) -> bytes:
    chunks: list[bytes] = []
    while length:
        chunk = os.read(_CHANNEL, min(length, 1 << 20))
        if not chunk:
            os._exit(0)
        chunks.append(chunk)
        length -= len(chunk)
    return b"".join(chunks)


def _answer(kind: bytes, content: bytes) -> None:
    left = memoryview(channel.packed(kind, content))
    while left:
        left = left[os.write(_CHANNEL, left) :]


if __name__ == "__main__":
    main(sys.argv[1:])
