import { assemble } from './assemble.js';
import { type Context, now } from './context.js';

const EVERY_MS = 5000;

/** Hands on the measurement so far: at once where a stage has ended, else every few seconds. */
export async function savePartial(context: Context, stageEnded: boolean): Promise<void> {
  const { onPartial } = context.hooks;
  if (onPartial === undefined || (!stageEnded && now(context) - context.savedMs < EVERY_MS)) return;
  context.savedMs = now(context);
  try {
    await onPartial(assemble(context));
  } catch (error) {
    if (context.warnings.some(({ id }) => id === 'not-saved')) return;
    const reason = error instanceof Error ? error.message : String(error);
    context.warnings.push({
      id: 'not-saved',
      text: `results could not be saved while timing went on: ${reason}. A killed run would have left nothing. Free some space, or write elsewhere.`,
    });
  }
}
