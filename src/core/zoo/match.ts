export const matchBlock = null;
export type BlockMatch = never;
