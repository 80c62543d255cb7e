import type { Tensor } from '@tensorflow/tfjs-core';

import { ArchmeterError } from '../../core/errors.js';

export type Tfjs = typeof import('@tensorflow/tfjs-core');

/** Index of a tensor that a program holds while it runs. */
export type Register = number;

export interface Step {
  /** The graph's node, or nodes joined by `+` where several run as one. */
  readonly name: string;
  readonly inputs: readonly Register[];
  readonly outputs: readonly Register[];
  run(inputs: readonly Tensor[]): readonly Tensor[];
}

/** A lowered graph. Registers in `resident` (weights) and inputs stay; every other one is freed after its last use. */
export interface Program {
  readonly registers: number;
  readonly steps: readonly Step[];
  readonly resident: ReadonlyMap<Register, Tensor>;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** Where a graph input or output lies, and how: `permutation` brings the graph's axes into the tensor's order. */
export interface Port {
  readonly register: Register;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly permutation?: readonly number[] | undefined;
}

/** Called after each step, for timing by layer. */
export type StepObserver = (step: Step, outputs: readonly Tensor[]) => Promise<void>;

/** Runs all steps without waiting for the device; inputs and weights are not freed. */
export function execute(tf: Tfjs, program: Program, inputs: readonly Tensor[]): Tensor[] {
  const state = start(program, inputs);
  try {
    for (const step of program.steps) runStep(tf, step, state);
  } catch (error) {
    abandon(program, state);
    throw error;
  }
  return program.outputs.map(({ register }) => state.registers[register] as Tensor);
}

/** The same, one step at a time. */
export async function executeSteps(
  tf: Tfjs,
  program: Program,
  inputs: readonly Tensor[],
  observe: StepObserver,
): Promise<Tensor[]> {
  const state = start(program, inputs);
  try {
    for (const step of program.steps) {
      const outputs = runStep(tf, step, state);
      await observe(
        step,
        outputs.filter((output) => !output.isDisposed),
      );
    }
  } catch (error) {
    abandon(program, state);
    throw error;
  }
  return program.outputs.map(({ register }) => state.registers[register] as Tensor);
}

/** Frees what a run that failed had computed. */
function abandon(program: Program, { registers }: State): void {
  const inputs = new Set(program.inputs.map(({ register }) => register));
  registers.forEach((tensor, register) => {
    if (!program.resident.has(register) && !inputs.has(register)) tensor?.dispose();
  });
}

interface State {
  readonly registers: (Tensor | undefined)[];
  readonly uses: Int32Array;
}

function start(program: Program, inputs: readonly Tensor[]): State {
  const registers = new Array<Tensor | undefined>(program.registers);
  const uses = new Int32Array(program.registers);
  for (const step of program.steps) for (const register of step.inputs) (uses[register] as number)++;
  for (const { register } of program.outputs) (uses[register] as number)++;
  for (const [register, tensor] of program.resident) {
    registers[register] = tensor;
    (uses[register] as number)++;
  }
  program.inputs.forEach(({ register }, i) => {
    registers[register] = inputs[i];
    (uses[register] as number)++;
  });
  return { registers, uses };
}

function runStep(tf: Tfjs, step: Step, { registers, uses }: State): readonly Tensor[] {
  const inputs = step.inputs.map((register) => registers[register] as Tensor);
  const outputs = atLayer(step.name, () => tf.tidy(() => step.run(inputs) as Tensor[]));
  step.outputs.forEach((register, i) => {
    if (uses[register] === 0) outputs[i]?.dispose();
    else registers[register] = outputs[i];
  });
  for (const register of step.inputs) {
    uses[register] = (uses[register] as number) - 1;
    if (uses[register] === 0) {
      registers[register]?.dispose();
      registers[register] = undefined;
    }
  }
  return outputs;
}

/** What tfjs throws names its kernel, not the layer. */
function atLayer<T>(layer: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const problem = error instanceof Error ? (error.message.split('\n', 1)[0] as string) : String(error);
    throw new ArchmeterError(
      `TensorFlow.js failed: ${problem.replace(/\.$/, '')}`,
      undefined,
      { layer },
      { cause: error },
    );
  }
}

export function disposeProgram(program: Program): void {
  for (const tensor of program.resident.values()) tensor.dispose();
}
