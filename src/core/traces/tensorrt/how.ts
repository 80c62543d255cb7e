export const HOW = `# Builds model.onnx and profiles it; writes profile.json and layers.json. Needs TensorRT's trtexec, 8.5 or later.
trtexec --onnx=model.onnx --saveEngine=model.engine --profilingVerbosity=detailed --skipInference
trtexec --loadEngine=model.engine --profilingVerbosity=detailed --separateProfileRun --iterations=100 \\
  --exportProfile=profile.json --exportLayerInfo=layers.json
# Then: archmeter profile profile.json --layer-info layers.json --model model.onnx
`;
