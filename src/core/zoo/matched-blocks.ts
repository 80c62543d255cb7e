export const MATCHED_BLOCKS = [];
export type MatchedArm = never;
export type MatchedGroup = never;
