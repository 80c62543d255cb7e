export const HOW = `# Profiles \`python run.py\` on an NVIDIA GPU; writes report_cuda_gpu_trace.csv. Needs Nsight Systems.
nsys profile --trace=cuda,nvtx --output=report --force-overwrite=true python run.py
nsys stats --report cuda_gpu_trace --format csv --output report --force-export=true report.nsys-rep
# Then: archmeter profile report_cuda_gpu_trace.csv
#
# Kernels name no layers. Where run.py puts each layer in an NVTX range of its name, this joins them:
# nsys stats --report nvtx_gpu_proj_trace --format csv --output report report.nsys-rep
# archmeter profile report_nvtx_gpu_proj_trace.csv --model model.onnx
`;
