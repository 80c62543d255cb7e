/** Where the figures of devices come from. */
export const SOURCES = {
  apple: 'secondary press pages (M1 Max 10.4 TFLOPS est. by notebookcheck; M2 Max 400 GB/s Apple)',
  gist1080: 'gist syhw/b8067966 (1080 Ti 10.6 TFLOPS base-boost variants)',
  hab: 'geoffxy/habitat analyzer/habitat/data/devices.yml',
  hfcat: 'huggingface RajBhope/gpu-runtime-predictor gpu_catalog.json',
  hfgemm: 'huggingface datasets NYUGPUClass/GEMM_dataset_30k (device query)',
  jet: 'gist discort/2213fcd6... (Xavier 137 GB/s); huggingface.co/hardware/jetson-tx2 (1.33 TFLOPS fp16)',
  llmv: 'hahnyuan/LLM-Viewer hardwares/hardware_params.py',
  neu: 'sitar-lab/NeuSight scripts/asplos/data/device_configs/*.json',
  nvb115: 'NVIDIA/nvbench#115 (device query printout)',
  pk3090: 'NVIDIA GA102 whitepaper, appendix A, as cited by a table of peak rates',
  r4090: 'waredb.com and holynerdvana.blogspot.com, pages of the RTX 4090 (secondary)',
  rocm: 'ROCm/legacy-rocm-build@089d751 docs/reference/gpu-arch-specs.rst (AMD)',
  specs: 'winston-zhang-orz/gpu-specs specs.md',
  stas: 'stas00/ml-engineering@744d01e compute/accelerator/README.md (dense TFLOPS, HBM, L2, power, MAMF tables, vendor-cited)',
  ugr: 'clock times units, by the NVIDIA whitepapers of each architecture',
  mem: 'figure of the vendor, not confirmed in a source',
} as const;
