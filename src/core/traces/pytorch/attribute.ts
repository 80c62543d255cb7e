import { loweringOf, operatorOf } from '../../importers/pt2/ops/table.js';
import { RowsByNumber } from '../shared/columns.js';
import type { OperatorCall, OtherWork } from '../trace.js';
import { callOf } from './call.js';
import { type Collected, SPAN, WORK } from './collect.js';
import { CallLowering } from './lower-call.js';
import { chainOf } from './tree.js';

/** What an operator is part of. */
export interface Placed {
  /** Row of the operator that stands for it: the outermost that can be counted. */
  readonly step: number;
  readonly modules: readonly string[];
  readonly other: OtherWork | undefined;
}

/** Answers of a kind that are kept; a trace in which nothing repeats has no end of them. */
const MOST_ANSWERS = 4096;

/** Finds for operators the step they are part of; answers are kept, since many kernels ask of the same. */
export class Placing {
  private readonly placed = new Map<number, Placed>();
  private readonly countable = new Map<string, boolean>();
  private readonly known = new Map<string, OperatorCall>();
  private readonly lists = new Map<OperatorCall, readonly OperatorCall[]>();
  private readonly paths = new Map<string, readonly string[]>();
  private scratch = new CallLowering('scratch');
  /** Operators that were asked for. */
  private readonly asked: Uint8Array;
  /** Of the forward pass, by the number that ties a backward operator to it. */
  private readonly bySequence: RowsByNumber;

  constructor(private readonly collected: Collected) {
    const { spans } = collected;
    const last = spans.length - 1;
    this.asked = new Uint8Array(spans.length);
    // The first of those with a number, so rows are told from the end.
    this.bySequence = new RowsByNumber(spans.length, (row) =>
      spans.get(last - row, 'forward') > 0 ? -1 : spans.get(last - row, 'sequence'),
    );
  }

  /** Operators of one iteration are asked for together: what was kept of the one before is let go. */
  next(): void {
    this.placed.clear();
  }

  of(operator: number): Placed {
    const known = this.placed.get(operator);
    if (known !== undefined) return known;
    if (this.placed.size >= MOST_ANSWERS) this.placed.clear();
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
      modules: this.shared(isBackward && modules.length === 0 ? this.forwardModules(sequence) : modules),
      other: this.otherOf(chain, isBackward),
    };
    this.placed.set(operator, placed);
    return placed;
  }

  private forwardModules(sequence: number): readonly string[] {
    const { spans } = this.collected;
    const found = this.bySequence.get(sequence);
    if (found === undefined) return [];
    return modulesOf(this.collected, chainOf(spans, spans.length - 1 - found));
  }

  /** Modules are many and their paths few. */
  private shared(modules: readonly string[]): readonly string[] {
    const key = modules.join('\n');
    const known = this.paths.get(key);
    if (known !== undefined) return known;
    this.paths.set(key, modules);
    return modules;
  }

  /** `[call]`, one list for all that call alike. */
  callsOf(row: number): readonly OperatorCall[] {
    const call = this.callOf(row);
    const known = this.lists.get(call);
    if (known !== undefined) return known;
    if (this.lists.size >= MOST_ANSWERS) this.lists.clear();
    const list = [call];
    this.lists.set(call, list);
    return list;
  }

  private callOf(row: number): OperatorCall {
    const { spans, names, calls } = this.collected;
    const key = `${spans.get(row, 'name')} ${spans.get(row, 'call')}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.known.size >= MOST_ANSWERS) this.known.clear();
    const call = callOf(names.of(spans.get(row, 'name')), calls.of(spans.get(row, 'call')));
    this.known.set(key, call);
    return call;
  }

  startOf(row: number): number {
    return this.collected.spans.get(row, 'start');
  }

  /** Whether it is asked for the first time. */
  isFirst(row: number): boolean {
    if (row < 0 || this.asked[row] === 1) return false;
    this.asked[row] = 1;
    return true;
  }

  nameOf(row: number): string {
    return this.collected.names.of(this.collected.spans.get(row, 'name'));
  }

  private isCountable(row: number): boolean {
    const { spans } = this.collected;
    const key = `${spans.get(row, 'name')} ${spans.get(row, 'call')}`;
    const known = this.countable.get(key);
    if (known !== undefined) return known;
    if (this.countable.size >= MOST_ANSWERS) {
      this.countable.clear();
      this.scratch = new CallLowering('scratch');
    }
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
    if (names.some(isOptimizer)) return 'optimizer';
    if (names.some((name) => COLLECTIVE.test(name))) return 'communication';
    return isBackward ? 'backward' : undefined;
  }
}

export const isOptimizer = (annotation: string) => /^Optimizer\.(step|zero_grad)/.test(annotation);

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

/** Whether device work is a transfer between memories of two devices. */
export function isTransfer(kind: number, name: string): boolean {
  return kind === WORK.copy && !/Device -> Device|DtoD|D2D/i.test(name);
}

export const isCommunication = (kernel: string) =>
  /nccl|rccl|msccl|oneshot|two_shot|cross_device_reduce|allreduce/i.test(kernel);
