import { DEVICES } from '../../core/analysis/devices/index.js';
import { DTYPES } from '../../core/compose/dtypes.js';
import { dimsOf, pairsText, parametersOf } from '../pairs.js';
import type { AnalysisSettings } from '../worker/protocol.js';

interface ControlsProps {
  readonly settings: AnalysisSettings;
  onChange(change: Partial<AnalysisSettings>): void;
}

const PARTS = [
  ['desktop', 'Desktop GPUs'],
  ['server', 'Server GPUs'],
  ['embedded', 'Boards and notebooks'],
] as const;

/** What the figures are computed for. */
export function Controls({ settings, onChange }: ControlsProps) {
  const size = (text: string) => (/^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined);
  const others = DEVICES.filter(({ part }) => !PARTS.some(([id]) => id === part));
  return (
    <form class="controls" aria-label="Settings" onSubmit={(event) => event.preventDefault()}>
      <label>
        Batch
        <input
          type="number"
          min="1"
          name="batch"
          placeholder="1"
          value={settings.batch ?? ''}
          onInput={({ currentTarget }) => onChange({ batch: size(currentTarget.value) })}
        />
      </label>
      <label>
        Resolution
        <input
          type="number"
          min="1"
          name="resolution"
          step="32"
          placeholder="own"
          value={settings.resolution ?? ''}
          onInput={({ currentTarget }) => onChange({ resolution: size(currentTarget.value) })}
        />
      </label>
      <label>
        Options
        <input
          type="text"
          name="parameters"
          placeholder="deploy=true"
          defaultValue={pairsText(settings.parameters ?? {})}
          onInput={({ currentTarget }) => onChange({ parameters: parametersOf(currentTarget.value) })}
        />
      </label>
      <label>
        Open sizes
        <input
          type="text"
          name="dims"
          placeholder="sequence=128"
          defaultValue={pairsText(settings.dims ?? {})}
          onInput={({ currentTarget }) => onChange({ dims: dimsOf(currentTarget.value) })}
        />
      </label>
      <label>
        Element type
        <select
          name="dtype"
          value={settings.dtype ?? ''}
          onChange={({ currentTarget }) => onChange({ dtype: currentTarget.value || undefined })}
        >
          <option value="">as stored</option>
          {Object.keys(DTYPES).map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Execution
        <select
          name="execution"
          value={settings.execution}
          onChange={({ currentTarget }) => onChange({ execution: currentTarget.value as 'eager' | 'fused' })}
        >
          <option value="eager">eager: each op a kernel</option>
          <option value="fused">fused: pointwise ops folded in</option>
        </select>
      </label>
      <label>
        Estimate for
        <select
          name="on"
          value={settings.on[0] ?? ''}
          onChange={({ currentTarget }) => onChange({ on: currentTarget.value === '' ? [] : [currentTarget.value] })}
        >
          <option value="">no device</option>
          {PARTS.map(([id, title]) => (
            <optgroup key={id} label={title}>
              {DEVICES.filter(({ part }) => part === id).map((device) => (
                <option key={device.id} value={device.id}>
                  {device.name}
                </option>
              ))}
            </optgroup>
          ))}
          <optgroup label="Processors">
            {others.map((device) => (
              <option key={device.id} value={device.id}>
                {device.name}
              </option>
            ))}
          </optgroup>
        </select>
      </label>
    </form>
  );
}
