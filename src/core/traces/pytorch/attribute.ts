import { loweringOf, operatorOf } from '../../importers/pt2/lower/table.js';
import type { OperatorCall, OtherWork } from '../trace.js';
import { callOf } from './call.js';
import { type Collected, SPAN, WORK } from './collect.js';
import { CallLowering } from './lower-call.js';
import { chainOf, operatorAt, type Threads } from './tree.js';

/** Where a piece of work belongs. `operator` is a row of `spans`, -1 where no operator launched it. */
export interface Owner {
  readonly operator: number;
  /** When its launch began, µs of the host; undefined where the launch is not in the trace. */
  readonly launchedAt: number | undefined;
  /** What launched it, e.g. `cudaGraphLaunch`. */
  readonly launch: string;
}

/** Finds the operator of each kernel by its external id, else by where its launch lies; every kernel has one owner. */
export function ownersOf(collected: Collected, threads: Threads): Owner[] {
  const { spans, work, launches, names } = collected;
  const byExternal = new Map<number, number>();
  for (let row = 0; row < spans.length; row++) {
    const id = spans.get(row, 'external');
    if (id >= 0 && spans.get(row, 'kind') === SPAN.operator) byExternal.set(id, row);
  }
  const byCorrelation = new Map<number, number>();
  for (let row = 0; row < launches.length; row++) byCorrelation.set(launches.get(row, 'correlation'), row);
  const owners: Owner[] = [];
  for (let row = 0; row < work.length; row++) {
    const launch = byCorrelation.get(work.get(row, 'correlation')) ?? -1;
    const external = work.get(row, 'external');
    const operator =
      (external < 0 ? undefined : byExternal.get(external)) ??
      (launch < 0 ? -1 : operatorAt(spans, threads.get(launches.get(launch, 'thread')), launches.get(launch, 'start')));
    owners.push({
      operator,
      launchedAt:
        launch >= 0 ? launches.get(launch, 'start') : operator >= 0 ? spans.get(operator, 'start') : undefined,
      launch: launch < 0 ? '' : names.of(launches.get(launch, 'name')),
    });
  }
  return owners;
}

/** What an operator is part of. */
export interface Placed {
  /** Row of the operator that stands for it: the outermost that can be counted. */
  readonly step: number;
  readonly modules: readonly string[];
  readonly other: OtherWork | undefined;
}

/** Finds for operators the step they are part of; answers are kept, since many kernels ask of the same. */
export class Placing {
  private readonly placed = new Map<number, Placed>();
  private readonly countable = new Map<string, boolean>();
  private readonly known = new Map<string, OperatorCall>();
  private readonly scratch = new CallLowering('scratch');
  private readonly forwardModules: Map<number, readonly string[]>;

  constructor(private readonly collected: Collected) {
    this.forwardModules = modulesBySequence(collected);
  }

  of(operator: number): Placed {
    const known = this.placed.get(operator);
    if (known !== undefined) return known;
    const { spans } = this.collected;
    const chain = chainOf(spans, operator);
    const operators = chain.filter((row) => spans.get(row, 'kind') === SPAN.operator);
    const step =
      operators.find((row) => this.isCountable(row)) ?? operators.find((row) => isKnown(this.nameOf(row))) ?? operator;
    const isBackward = operators.some((row) => spans.get(row, 'forward') > 0 || isOfBackward(this.nameOf(row)));
    const modules = modulesOf(this.collected, chain);
    const sequence = operators.map((row) => spans.get(row, 'sequence')).find((number) => number >= 0) ?? -1;
    const placed: Placed = {
      step,
      modules: isBackward && modules.length === 0 ? (this.forwardModules.get(sequence) ?? []) : modules,
      other: this.otherOf(chain, isBackward),
    };
    this.placed.set(operator, placed);
    return placed;
  }

  callOf(row: number): OperatorCall {
    const { spans, names, calls } = this.collected;
    const key = `${spans.get(row, 'name')} ${spans.get(row, 'call')}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const call = callOf(names.of(spans.get(row, 'name')), calls.of(spans.get(row, 'call')));
    this.known.set(key, call);
    return call;
  }

  startOf(row: number): number {
    return this.collected.spans.get(row, 'start');
  }

  nameOf(row: number): string {
    return this.collected.names.of(this.collected.spans.get(row, 'name'));
  }

  private isCountable(row: number): boolean {
    const { spans } = this.collected;
    const key = `${spans.get(row, 'name')} ${spans.get(row, 'call')}`;
    const known = this.countable.get(key);
    if (known !== undefined) return known;
    const can = this.canCount(this.callOf(row));
    this.countable.set(key, can);
    return can;
  }

  private canCount(call: OperatorCall): boolean {
    if (!isKnown(call.name)) return false;
    try {
      return this.scratch.lower(call, '', 'x').length > 0;
    } catch {
      return false;
    }
  }

  private otherOf(chain: readonly number[], isBackward: boolean): OtherWork | undefined {
    const names = chain.map((row) => this.nameOf(row));
    if (names.some((name) => /^Optimizer\.(step|zero_grad)/.test(name))) return 'optimizer';
    if (names.some((name) => COLLECTIVE.test(name))) return 'communication';
    return isBackward ? 'backward' : undefined;
  }
}

/** Operators and annotations of collective communication. */
const COLLECTIVE =
  /^(c10d::|_c10d_functional::|record_param_comms|nccl:|gloo:|symm_mem::)|all_?reduce|all_?gather|reduce_?scatter|all_?to_?all/i;

const isKnown = (name: string) =>
  name.startsWith('aten::') && loweringOf(operatorOf(name.replace('::', '.'))) !== undefined;

/** Frames of the autograd engine around the operators of a backward pass. */
const isOfBackward = (name: string) => /^autograd::engine::|Backward\d*$/.test(name);

function modulesOf({ spans, names }: Collected, chain: readonly number[]): string[] {
  return chain.filter((row) => spans.get(row, 'kind') === SPAN.module).map((row) => names.of(spans.get(row, 'name')));
}

/** Modules of the operators of the forward pass, by the number that ties a backward operator to them. */
function modulesBySequence(collected: Collected): Map<number, readonly string[]> {
  const { spans } = collected;
  const found = new Map<number, readonly string[]>();
  for (let row = 0; row < spans.length; row++) {
    const sequence = spans.get(row, 'sequence');
    if (sequence < 0 || spans.get(row, 'forward') > 0 || found.has(sequence)) continue;
    const modules = modulesOf(collected, chainOf(spans, row));
    if (modules.length > 0) found.set(sequence, modules);
  }
  return found;
}

/** Whether device work is a transfer between memories of two devices. */
export function isTransfer(kind: number, name: string): boolean {
  return kind === WORK.copy && !/Device -> Device|DtoD|D2D/i.test(name);
}

export const isCommunication = (kernel: string) =>
  /nccl|rccl|msccl|oneshot|two_shot|cross_device_reduce|allreduce/i.test(kernel);
