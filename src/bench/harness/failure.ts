import type { FailureKind } from '../../core/measurement.js';
import { NoAnswer } from './deadline.js';

/** Something that makes an arm's figures void, with its kind. */
export class MeasurementFailure extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
  ) {
    super(message);
    this.name = 'MeasurementFailure';
  }
}

/** Kind and message of whatever a runtime threw. */
export function failureOf(error: unknown, doing: string): MeasurementFailure {
  if (error instanceof MeasurementFailure) return error;
  if (error instanceof NoAnswer) return new MeasurementFailure('no-answer', `${error.message} while ${doing}`);
  const text = error instanceof Error ? error.message : String(error);
  const kind = kindOf(text);
  return new MeasurementFailure(kind, `${HEADLINES[kind]} ${doing}: ${firstLine(text)}`);
}

const HEADLINES = {
  'device-lost': 'the device was lost while',
  'device-error': 'the device reported an error while',
  'runtime-error': 'the runtime threw while',
} as const;

function kindOf(text: string): keyof typeof HEADLINES {
  if (/(device|adapter|context)\b.*\b(lost|removed|reset|hung)\b|\blost\b.*\bdevice\b/i.test(text))
    return 'device-lost';
  if (/uncaptured|validation error|out of (device )?memory|GPU\w*Error|CUDA[ _]?ERROR|cudnn_status/i.test(text))
    return 'device-error';
  return 'runtime-error';
}

const firstLine = (text: string): string => text.split('\n', 1)[0] || 'no message';
