/** A development tool from npm, or undefined where it is not installed: tests that need it are skipped then. */
export async function optionalTool<T>(name: string): Promise<T | undefined> {
  try {
    return (await import(name)) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    if (/Cannot find (package|module)|Failed to (load|resolve)/.test(String(error))) return undefined;
    throw error;
  }
}
