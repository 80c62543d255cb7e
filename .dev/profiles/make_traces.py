"""Makes the traces that reports/profiles tells of, on this machine's processor, with random weights.

python .dev/profiles/make_traces.py onnxruntime OUT MODEL.onnx...   (weights that lie in missing files are made up)
python .dev/profiles/make_traces.py pytorch OUT NAME...             (torchvision names; writes NAME.json.gz and NAME.pt2)
"""

import os
import sys
import time


def onnxruntime_profile(path, out, seconds=4):
    import numpy
    import onnx
    import onnxruntime
    from onnx import helper, numpy_helper

    model = onnx.load(path, load_external_data=False)
    random = numpy.random.default_rng(0)
    for tensor in model.graph.initializer:
        if tensor.data_location != onnx.TensorProto.EXTERNAL:
            continue
        dtype = helper.tensor_dtype_to_np_dtype(tensor.data_type)
        if numpy.issubdtype(dtype, numpy.floating):
            values = random.standard_normal(tuple(tensor.dims), dtype=numpy.float32) * 0.02
            values = (numpy.abs(values) + 1 if "var" in tensor.name else values).astype(dtype)
        else:
            values = numpy.zeros(tuple(tensor.dims), dtype)
        tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    options = onnxruntime.SessionOptions()
    options.enable_profiling = True
    options.profile_file_prefix = out
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    feed = {
        i.name: random.standard_normal([d if isinstance(d, int) else 1 for d in i.shape]).astype("float32")
        for i in session.get_inputs()
    }
    started = time.time()
    for run in range(10):
        session.run(None, feed)
        if run >= 2 and time.time() - started > seconds:
            break
    os.replace(session.end_profiling(), out + ".json")


def import_torchvision():
    import torch

    try:
        import torchvision
    except RuntimeError:
        # Its compiled operators do not load here; the models need none of them, only their names.
        library = torch.library.Library("torchvision", "DEF")
        kinds = ["roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "deform_conv2d"]
        for name in ["nms", "qnms", *kinds, *[f"_{kind}_backward" for kind in kinds]]:
            library.define(f"{name}(Tensor a, Tensor b, float c) -> Tensor")
        import_torchvision.library = library
        for module in [name for name in sys.modules if name.startswith("torchvision")]:
            del sys.modules[module]
        import torchvision
    return torchvision


def pytorch_profile(name, out):
    import torch
    torchvision = import_torchvision()
    from torch.profiler import ProfilerActivity, profile, schedule

    torch.set_num_threads(1)
    model = torchvision.models.get_model(name, weights=None).eval()
    inputs = (torch.randn(1, 3, 224, 224),)
    with torch.inference_mode(), profile(
        activities=[ProfilerActivity.CPU], schedule=schedule(wait=0, warmup=2, active=3), record_shapes=True,
        with_modules=True, on_trace_ready=lambda p: p.export_chrome_trace(out + ".json.gz"),
    ) as profiler:
        for _ in range(5):
            model(*inputs)
            profiler.step()
    torch.export.save(torch.export.export(model, inputs), out + ".pt2")


if __name__ == "__main__":
    kind, folder, *names = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    make = onnxruntime_profile if kind == "onnxruntime" else pytorch_profile
    for name in names:
        out = os.path.join(folder, os.path.splitext(os.path.basename(name))[0])
        try:
            make(name, out)
            print(name, "made", flush=True)
        except Exception as error:
            print(name, "failed:", str(error)[:200], flush=True)
