import type { DeviceInfo } from '../../core/measurement.js';
import type { DeviceState, DeviceWatch } from '../harness/host.js';
import { outputOf, readLines } from '../power/child-lines.js';
import { epochOf } from '../power/nvidia-smi.js';
import { matchByBusId } from '../power/pci.js';
import { throttleText } from './throttle-reasons.js';

/** The program takes some milliseconds of a core for each reading. */
const PERIOD_MS = 100;
const FORMAT = '--format=csv,noheader,nounits';
const FIELDS = 'timestamp,pstate,clocks.sm,temperature.gpu,power.draw,clocks_throttle_reasons.active';

/** What an NVIDIA GPU does under load, by nvidia-smi; undefined where it is not there or tells nothing of this GPU. */
export async function watchBySmi(device: DeviceInfo, command = 'nvidia-smi'): Promise<DeviceWatch | undefined> {
  const id = await busIdOf(device, command);
  if (id === undefined) return undefined;
  const states: DeviceState[] = [];
  try {
    const child = await readLines(
      command,
      [`--id=${id}`, `--query-gpu=${FIELDS}`, FORMAT, `--loop-ms=${PERIOD_MS}`],
      (line) => {
        const state = parseState(line);
        if (state !== undefined) states.push(state);
      },
    );
    return {
      async stop() {
        await child.stop();
        return states;
      },
    };
  } catch {
    return undefined;
  }
}

export async function smiState(device: DeviceInfo, command = 'nvidia-smi'): Promise<DeviceState | undefined> {
  const id = await busIdOf(device, command);
  if (id === undefined) return undefined;
  return parseState(await outputOf(command, [`--id=${id}`, `--query-gpu=${FIELDS}`, FORMAT]).catch(() => ''));
}

async function busIdOf(device: DeviceInfo, command: string): Promise<string | undefined> {
  const table = await outputOf(command, ['--query-gpu=pci.bus_id', FORMAT]).catch(() => '');
  const candidates = table.split('\n').flatMap((line) => (line.trim() === '' ? [] : [{ busId: line.trim() }]));
  const match = matchByBusId(candidates, device, 'NVIDIA GPU');
  return 'found' in match ? match.found.busId : undefined;
}

/** `2026/11/24 04:31:36.234, P0, 1410, 71, 250.10, 0x0000000000000044`; what the GPU does not tell is `[N/A]`. */
export function parseState(line: string): DeviceState | undefined {
  const [time = '', pState = '', clock = '', celsius = '', watts = '', reasons = ''] = line
    .split(',')
    .map((cell) => cell.trim());
  const atMs = epochOf(time);
  if (atMs === undefined) return undefined;
  const known = (name: keyof DeviceState, text: string) => (/^[\d.]+$/.test(text) ? { [name]: Number(text) } : {});
  return {
    atMs,
    ...known('pState', pState.replace(/^P/, '')),
    ...known('clockMhz', clock),
    ...known('temperatureCelsius', celsius),
    ...known('powerWatts', watts),
    ...(/^0x[\da-f]+$/i.test(reasons) ? { throttle: throttleText(BigInt(reasons)) } : {}),
  };
}
