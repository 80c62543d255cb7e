import type { LatencyProfile } from '../profile.js';

/** Profiles that archmeter ships. */
export const PROFILES: readonly LatencyProfile[] = [];
