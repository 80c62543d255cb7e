/** JSON Schema of `archmeter.config.yaml`. */
export { configSchema } from '../compare/gate-config.js';
