export const HOW = `# Profiles model.onnx on ones of its own shapes (1 where an axis has no size); writes trace.json.
import numpy, os, onnxruntime as ort

options = ort.SessionOptions()
options.enable_profiling = True
session = ort.InferenceSession("model.onnx", options, providers=ort.get_available_providers())
types = {"float": "float32", "double": "float64"}  # the others are called as numpy calls them
feed = {
    i.name: numpy.ones([d if isinstance(d, int) else 1 for d in i.shape], types.get(i.type[7:-1], i.type[7:-1]))
    for i in session.get_inputs()
}
for _ in range(20):
    session.run(None, feed)
os.replace(session.end_profiling(), "trace.json")
# Then: archmeter profile trace.json --model model.onnx
`;
