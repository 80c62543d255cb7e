/** For a module of the user's. */
export const HOW = `# Profiles \`model\` on \`inputs\` (a tuple of tensors); writes trace.json.gz.
import torch
from torch.profiler import ProfilerActivity, profile, schedule

model = model.eval()
steps = schedule(wait=0, warmup=5, active=10)
activities = [ProfilerActivity.CPU]
if torch.cuda.is_available():
    activities.append(ProfilerActivity.CUDA)
with torch.inference_mode(), profile(
    activities=activities, schedule=steps, record_shapes=True, with_modules=True,
    on_trace_ready=lambda p: p.export_chrome_trace("trace.json.gz"),
) as profiler:
    for _ in range(15):
        model(*inputs)
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        profiler.step()

# To join it to the layers of the model, export that too:
torch.export.save(torch.export.export(model, inputs), "model.pt2")
# Then: archmeter profile trace.json.gz --model model.pt2
`;
