"""Long-term memory for any language model, in this process or through the server of a home.

    >>> from memory_engine import Memory
    >>> with Memory("my-memory") as memory:
    ...     memory.remember("The heron eats frogs")["block_index"]
    1

Results are dicts, the same as in every other interface (docs/operations.md), with types for them
here. Errors are EngineError and its kinds. The engine needs no model; with an embedding model
(install_model) recall also goes by meaning.
"""

from memory_engine import _operations
from memory_engine._engine import version as _version
from memory_engine._operations import *  # noqa: F403
from memory_engine.errors import (BusyError, CorruptError, DeniedError, EngineError,
                                  InputOutputError, InvalidArgumentError, LimitError,
                                  NotFoundError, UnavailableError)
from memory_engine.memory import AsyncMemory, Memory
from memory_engine.models import install_model

__version__ = _version()

__all__ = [
    "AsyncMemory", "BusyError", "CorruptError", "DeniedError", "EngineError", "InputOutputError",
    "InvalidArgumentError", "LimitError", "Memory", "NotFoundError", "UnavailableError",
    "__version__", "install_model"
]
__all__ += _operations.__all__
