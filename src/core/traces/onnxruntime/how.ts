export const HOW = `# Profiles model.onnx on random inputs of its own shapes; writes trace.json.
import numpy, os, onnxruntime as ort

options = ort.SessionOptions()
options.enable_profiling = True
session = ort.InferenceSession("model.onnx", options, providers=ort.get_available_providers())
types = {"tensor(float)": "float32", "tensor(float16)": "float16", "tensor(int64)": "int64"}
feed = {
    i.name: numpy.ones([d if isinstance(d, int) else 1 for d in i.shape], types[i.type])
    for i in session.get_inputs()
}
for _ in range(20):
    session.run(None, feed)
os.replace(session.end_profiling(), "trace.json")
# Then: archmeter profile trace.json --model model.onnx
`;
