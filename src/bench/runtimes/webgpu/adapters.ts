import { type Adapter, describeAdapter } from './adapter.js';

export interface AdapterSearch {
  readonly adapters: readonly Adapter[];
  readonly reason?: string;
  readonly remedy?: string;
}

/** Timestamps are rounded to 0.1 ms for privacy in browsers; not here. */
const OPTIONS = ['disable-dawn-features=timestamp_quantization'];

/** Every adapter: Dawn lists them when asked for one that does not exist. */
export async function findAdapters(): Promise<AdapterSearch> {
  const missing = await missingLoader();
  if (missing !== undefined) return { adapters: [], ...missing };
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const adapters: Adapter[] = [];
  for (const { backend, name } of await listNames(create)) {
    const gpu = create([...OPTIONS, `backend=${backend}`, `adapter=${name}`]);
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter === null || adapters.some(({ id }) => id === name)) continue;
    adapters.push({ id: name, device: describeAdapter(name, adapter.info), gpu, adapter });
  }
  if (adapters.length > 0) return { adapters };
  return {
    adapters,
    reason: 'Dawn finds no graphics adapter',
    remedy: DRIVER_REMEDIES[process.platform] ?? DRIVER_REMEDY,
  };
}

const DRIVER_REMEDY = "Install the GPU maker's driver.";
const DRIVER_REMEDIES: Partial<Record<NodeJS.Platform, string>> = {
  linux:
    "Install the GPU maker's Vulkan driver, e.g. sudo apt install mesa-vulkan-drivers (AMD, Intel) or nvidia-driver-570.",
};

/** Dawn on Linux needs the Vulkan loader; asking for it first keeps its warning off the terminal. */
async function missingLoader(): Promise<{ reason: string; remedy: string } | undefined> {
  if (process.platform !== 'linux') return undefined;
  const { load } = await import('koffi');
  try {
    load('libvulkan.so.1').unload();
    return undefined;
  } catch {
    return {
      reason: 'the Vulkan loader libvulkan.so.1 is not installed',
      remedy: "sudo apt install libvulkan1, and the GPU maker's Vulkan driver",
    };
  }
}

type Create = (options: string[]) => GPU;

/** Backends that compute on a device, in the order they are preferred. */
const BACKENDS = ['metal', 'd3d12', 'vulkan'];

async function listNames(create: Create): Promise<{ backend: string; name: string }[]> {
  try {
    await create(['adapter=\u0000none']).requestAdapter();
    return [];
  } catch (error) {
    return parseAdapterList(error instanceof Error ? error.message : String(error));
  }
}

/** Lines such as ` * backend: 'vulkan', name: 'NVIDIA GeForce RTX 4090'`. */
export function parseAdapterList(message: string): { backend: string; name: string }[] {
  return [...message.matchAll(/backend: '([^']*)', name: '(.*)'/g)]
    .map(([, backend = '', name = '']) => ({ backend, name }))
    .filter(({ backend }) => BACKENDS.includes(backend))
    .sort((a, b) => BACKENDS.indexOf(a.backend) - BACKENDS.indexOf(b.backend));
}
