export {
  calibrateEnergy,
  ENERGY_CONSTANTS,
  type EnergyConstant,
  type EnergyObservation,
  type EnergyProfile,
  energyOf,
  fitEnergy,
  unseparated,
} from './calibrated.js';
export { calibratedEnergy, type EnergyEstimate, type LayerEnergy, literatureEnergy } from './estimate.js';
export { ENERGY_TABLES, type EnergyTable, HOROWITZ_45NM, JOUPPI_7NM, nearestTable } from './literature.js';
