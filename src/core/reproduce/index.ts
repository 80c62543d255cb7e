import type { Experiment, Reproduction } from './define-paper.js';
import { registry } from './papers/registry.js';
import { publishedFamilies, reproduceFamily } from './published.js';

export type { Experiment, HeldClaim, ReproducedFigure, Reproduction } from './define-paper.js';

/** Papers with a file of their own, then the families of the zoo whose authors print figures. */
export async function knownPapers(): Promise<string[]> {
  return [...new Set([...Object.keys(registry), ...(await publishedFamilies())])];
}

/** A paper by name, with the published figures of its family of the zoo where there is one of the same name. */
export async function reproduce(name: string): Promise<Reproduction> {
  const load = Object.hasOwn(registry, name) ? registry[name as keyof typeof registry] : undefined;
  const ofFamily = (await publishedFamilies()).includes(name) ? await reproduceFamily(name) : undefined;
  if (load === undefined) return ofFamily as Reproduction;
  const { paper, reproduce: own } = (await load()).default;
  const found = await own();
  return {
    paper: name,
    title: paper.title,
    url: paper.url,
    figures: [...(found.figures ?? []), ...(ofFamily?.figures ?? [])],
    claims: found.claims ?? [],
    findings: found.findings ?? [],
    missing: [...(found.missing ?? []), ...(ofFamily?.missing ?? [])],
  };
}

/** What can be timed of a paper: nothing of most. */
export async function experimentsOf(name: string): Promise<readonly Experiment[]> {
  if (!Object.hasOwn(registry, name)) return [];
  const { experiments } = (await registry[name as keyof typeof registry]()).default;
  return experiments?.() ?? [];
}
