import { createRequire } from 'node:module';

/** Handle of a device; opaque. */
type Handle = unknown;

/** What archmeter calls of NVIDIA's management library (docs.nvidia.com/deploy/nvml-api). */
export interface Nvml {
  /** Name or path that was loaded. */
  readonly library: string;
  readonly driver: string | undefined;
  readonly devices: readonly NvmlDevice[];
  close(): void;
}

export interface NvmlDevice {
  readonly busId: string;
  readonly name: string;
  /** nvmlDeviceArchitecture: 7 is Ampere. */
  readonly architecture: number | undefined;
  /** Since the driver was loaded; undefined where the GPU has no counter. */
  energyJoules(): number | undefined;
  powerWatts(): number | undefined;
  /** Why neither energy nor power is told, in NVML's words; undefined where the GPU just has neither. */
  powerProblem(): string | undefined;
  /** What the GPU may draw. */
  powerLimitWatts(): number | undefined;
  /** Performance state, 0 the fastest. */
  pState(): number | undefined;
  /** Power that is not averaged over a second, where the driver has it. */
  instantPowerWatts(): number | undefined;
  temperatureCelsius(): number | undefined;
  /** Current clock of the multiprocessors. */
  clockMhz(): number | undefined;
  /** Bits of nvmlClocksThrottleReasons. */
  throttleReasons(): bigint | undefined;
}

const LIBRARIES =
  process.platform === 'win32'
    ? ['nvml.dll', 'C:\\Program Files\\NVIDIA Corporation\\NVSMI\\nvml.dll']
    : ['libnvidia-ml.so.1', '/usr/lib/wsl/lib/libnvidia-ml.so.1', 'libnvidia-ml.so'];

const FIELD_POWER_INSTANT = 186;

/** nvmlReturn_t. */
const NOT_SUPPORTED = 3;
const FUNCTION_NOT_FOUND = 13;

/** File of koffi, for threads that load it by themselves. */
export const koffiPath = (): string => createRequire(import.meta.url).resolve('koffi');

/**
 * Loads NVML. Where it is not there or finds no driver, the reason in words.
 *
 * @param library one library in place of the usual names
 */
export async function loadNvml(library?: string): Promise<Nvml | { readonly reason: string }> {
  const koffi = await import('koffi');
  const names = library === undefined ? LIBRARIES : [library];
  for (const name of names) {
    try {
      return bind(koffi.load(name), name);
    } catch (error) {
      if (error instanceof NvmlError) return { reason: `NVIDIA's management library says: ${error.message}` };
    }
  }
  return { reason: `NVIDIA's management library (${names[0]}) cannot be loaded: no NVIDIA driver is installed` };
}

const cString = (bytes: Buffer): string => bytes.toString('latin1').split('\0', 1)[0] as string;

class NvmlError extends Error {}

type Native = (...args: unknown[]) => number;

function bind(native: { func(definition: string): unknown }, library: string): Nvml {
  /** A function of the library; one that this version lacks answers NVML_ERROR_FUNCTION_NOT_FOUND. */
  const optional = (definition: string): Native => {
    try {
      return native.func(definition) as Native;
    } catch {
      return () => FUNCTION_NOT_FOUND;
    }
  };
  const init = native.func('int nvmlInit_v2()') as Native;
  const shutdown = native.func('int nvmlShutdown()') as Native;
  const errorString = native.func('str nvmlErrorString(int result)') as (code: number) => string;
  const count = native.func('int nvmlDeviceGetCount_v2(_Out_ uint *count)') as Native;
  const byIndex = native.func('int nvmlDeviceGetHandleByIndex_v2(uint index, _Out_ void **device)') as Native;
  const pciInfo = native.func('int nvmlDeviceGetPciInfo_v3(void *device, void *info)') as Native;
  const deviceName = optional('int nvmlDeviceGetName(void *device, void *name, uint length)');
  const architecture = optional('int nvmlDeviceGetArchitecture(void *device, _Out_ uint *architecture)');
  const driverVersion = optional('int nvmlSystemGetDriverVersion(void *version, uint length)');
  const energy = optional('int nvmlDeviceGetTotalEnergyConsumption(void *device, _Out_ uint64_t *millijoules)');
  const power = optional('int nvmlDeviceGetPowerUsage(void *device, _Out_ uint *milliwatts)');
  const powerLimit = optional('int nvmlDeviceGetPowerManagementLimit(void *device, _Out_ uint *milliwatts)');
  const performanceState = optional('int nvmlDeviceGetPerformanceState(void *device, _Out_ uint *state)');
  const fields = optional('int nvmlDeviceGetFieldValues(void *device, int count, void *values)');
  const temperature = optional('int nvmlDeviceGetTemperature(void *device, int sensor, _Out_ uint *celsius)');
  const clock = optional('int nvmlDeviceGetClockInfo(void *device, int type, _Out_ uint *mhz)');
  const throttle = optional('int nvmlDeviceGetCurrentClocksThrottleReasons(void *device, _Out_ uint64_t *reasons)');

  const must = (code: number): void => {
    if (code !== 0) throw new NvmlError(errorString(code));
  };
  const read = (call: (out: (number | bigint)[]) => number): number | bigint | undefined => {
    const out: (number | bigint)[] = [0];
    return call(out) === 0 ? out[0] : undefined;
  };
  const readNumber = (scale: number, call: (out: (number | bigint)[]) => number): number | undefined => {
    const value = read(call);
    return value === undefined ? undefined : Number(value) * scale;
  };
  const readText = (call: (text: Buffer) => number): string | undefined => {
    const text = Buffer.alloc(96);
    return call(text) === 0 ? cString(text) : undefined;
  };

  const deviceOf = (handle: Handle): NvmlDevice => {
    // nvmlPciInfo_t: char busIdLegacy[16]; unsigned domain, bus, device, pciDeviceId, pciSubSystemId; char busId[32].
    const info = Buffer.alloc(68);
    must(pciInfo(handle, info));
    return {
      busId: cString(info.subarray(36)),
      name: readText((text) => deviceName(handle, text, 96)) ?? 'NVIDIA GPU',
      architecture: readNumber(1, (out) => architecture(handle, out)),
      energyJoules: () => readNumber(1e-3, (out) => energy(handle, out)),
      powerWatts: () => readNumber(1e-3, (out) => power(handle, out)),
      powerProblem() {
        const code = power(handle, [0]);
        return code === 0 || code === NOT_SUPPORTED || code === FUNCTION_NOT_FOUND ? undefined : errorString(code);
      },
      powerLimitWatts: () => readNumber(1e-3, (out) => powerLimit(handle, out)),
      pState: () => readNumber(1, (out) => performanceState(handle, out)),
      instantPowerWatts() {
        // nvmlFieldValue_t: unsigned fieldId, scopeId; long long timestamp, latencyUsec; int valueType, nvmlReturn; value.
        const field = Buffer.alloc(40);
        field.writeUInt32LE(FIELD_POWER_INSTANT, 0);
        if (fields(handle, 1, field) !== 0 || field.readUInt32LE(28) !== 0) return undefined;
        return field.readUInt32LE(32) / 1000;
      },
      temperatureCelsius: () => readNumber(1, (out) => temperature(handle, 0, out)),
      clockMhz: () => readNumber(1, (out) => clock(handle, 1, out)),
      throttleReasons() {
        const bits = read((out) => throttle(handle, out));
        return bits === undefined ? undefined : BigInt(bits);
      },
    };
  };

  must(init());
  try {
    const total = [0];
    must(count(total));
    const devices = Array.from({ length: total[0] as number }, (_, index) => {
      const handle: Handle[] = [null];
      must(byIndex(index, handle));
      return deviceOf(handle[0]);
    });
    return { library, driver: readText((text) => driverVersion(text, 96)), devices, close: () => void shutdown() };
  } catch (error) {
    shutdown();
    throw error;
  }
}
