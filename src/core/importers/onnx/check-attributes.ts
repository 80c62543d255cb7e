import { ArchmeterError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import { listed } from './notes.js';
import { labelOf } from './order.js';
import type { NodeProto } from './protobuf/messages.js';
import { standardAttributes } from './standard-attributes.js';

/** Attributes that standard ops do not have: misspelt they would silently be left at their defaults. */
export class UnknownAttributes {
  /** Nodes by op and attribute. */
  private readonly found = new Map<string, { type: string; attribute: string; nodes: string[] }>();

  /** @throws ArchmeterError for a name that is nearly one of the op's */
  check(domain: string, node: NodeProto): void {
    if (node.attributes.length === 0) return;
    const known = standardAttributes(domain, node.type);
    if (known === undefined) return;
    for (const { name } of node.attributes) {
      if (known.includes(name)) continue;
      const given = new Set(node.attributes.map((attribute) => attribute.name));
      const meant = nearest(
        name,
        known.filter((other) => !given.has(other)),
      );
      if (meant !== undefined) {
        throw new ArchmeterError(
          `${node.type} has no attribute '${name}' in any version of ONNX`,
          `Did the exporter mean '${meant}'? Rename it, or take it out.`,
        );
      }
      const key = `${node.type} ${name}`;
      const entry = this.found.get(key) ?? { type: node.type, attribute: name, nodes: [] };
      entry.nodes.push(node.name || labelOf(node));
      this.found.set(key, entry);
    }
  }

  notes(): string[] {
    return [...this.found.values()].map(
      ({ type, attribute, nodes }) =>
        `${type} has no attribute '${attribute}' in any version of ONNX; it is ignored in ${listed(nodes)}: what it should change is not in the figures.`,
    );
  }
}
