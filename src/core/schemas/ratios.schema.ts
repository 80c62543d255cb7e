/** JSON Schema of the ratios that benchmarks write for the gate. */
export { ratiosSchema } from '../compare/ratios.js';
