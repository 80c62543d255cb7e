"""Writes the backend node tests of the installed onnx package: python write-node-tests.py FOLDER."""

import pathlib
import sys

import numpy
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases


def encoded(value, info):
    if isinstance(value, onnx.TensorProto):
        return value
    kind = info.type.WhichOneof("value")
    if kind == "sequence_type":
        return numpy_helper.from_list(value, info.name)
    if kind == "optional_type":
        return numpy_helper.from_optional(value, info.name)
    return numpy_helper.from_array(numpy.asarray(value), info.name)


folder = pathlib.Path(sys.argv[1])
for case in collect_testcases(None):
    graph = case.model.graph
    for number, data in enumerate(case.data_sets):
        place = folder / case.name / f"test_data_set_{number}"
        place.mkdir(parents=True, exist_ok=True)
        for name, values, infos in zip(("input", "output"), data, (graph.input, graph.output)):
            for i, value in enumerate(values):
                (place / f"{name}_{i}.pb").write_bytes(encoded(value, infos[i]).SerializeToString())
    (folder / case.name / "model.onnx").write_bytes(case.model.SerializeToString())
