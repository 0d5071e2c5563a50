"""ONNX models, loaded once per process and run on one thread: workers, not threads, fill the cores."""

from __future__ import annotations

from functools import cache
from typing import Any

import onnxruntime


@cache
def session(path: str) -> Any:
    """An ``onnxruntime.InferenceSession`` for the model at ``path``, kept for the life of the process."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
