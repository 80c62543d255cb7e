/** Picojoules of one operation or one byte, by process node. */
export interface EnergyTable {
  readonly id: string;
  readonly processNm: number;
  readonly source: string;
  /** Of one multiply-add: a multiplication and an addition. */
  readonly multiplyAdd: {
    readonly float32: number;
    readonly float16: number;
    readonly bfloat16: number | null;
    readonly int8: number;
  };
  /** Of one addition or other simple operation. */
  readonly add: {
    readonly float32: number;
    readonly float16: number;
    readonly bfloat16: number | null;
    readonly int8: number;
  };
  /** Of one byte of an on-chip memory of 32 KiB and of 1 MiB. */
  readonly smallSramByte: number;
  readonly largeSramByte: number;
  /** Of one byte of external memory: least and most. */
  readonly dramByte: readonly [least: number, most: number];
}

/** Figures are printed per 64-bit access; a byte is an eighth. */
const ofAccess = (picojoules: number): number => picojoules / 8;

/**
 * Figure 1.1.9 at 45 nm and 0.9 V. Multiplications and additions: FP32 3.7 and 0.9 pJ, FP16 1.1 and 0.4, int8 0.2 and
 * 0.03. Memory by 64-bit access: cache of 32 KB 20 pJ, of 1 MB 100 pJ, DRAM 1.3 to 2.6 nJ.
 */
export const HOROWITZ_45NM: EnergyTable = {
  id: 'horowitz-45nm',
  processNm: 45,
  source: 'M. Horowitz, "Computing\'s energy problem (and what we can do about it)", ISSCC 2014, figure 1.1.9',
  multiplyAdd: { float32: 3.7 + 0.9, float16: 1.1 + 0.4, bfloat16: null, int8: 0.2 + 0.03 },
  add: { float32: 0.9, float16: 0.4, bfloat16: null, int8: 0.03 },
  smallSramByte: ofAccess(20),
  largeSramByte: ofAccess(100),
  dramByte: [ofAccess(1300), ofAccess(2600)],
};

/**
 * Table 2, column 7 nm. Multiplications and additions: IEEE FP32 1.31 and 0.38 pJ, IEEE FP16 0.34 and 0.16, BF16 0.21 and
 * 0.11, int8 0.07 and 0.007. Memory by 64-bit access: SRAM of 32 KB 8.5 pJ, of 1 MB 14 pJ; HBM2 250 to 450, GDDR6 350 to
 * 480, DDR3/4 1300.
 */
export const JOUPPI_7NM: EnergyTable = {
  id: 'jouppi-7nm',
  processNm: 7,
  source: 'N. Jouppi et al., "Ten lessons from three generations shaped Google\'s TPUv4i", ISCA 2021, table 2',
  multiplyAdd: { float32: 1.31 + 0.38, float16: 0.34 + 0.16, bfloat16: 0.21 + 0.11, int8: 0.07 + 0.007 },
  add: { float32: 0.38, float16: 0.16, bfloat16: 0.11, int8: 0.007 },
  smallSramByte: ofAccess(8.5),
  largeSramByte: ofAccess(14),
  // From HBM2 at its best to DDR4.
  dramByte: [ofAccess(250), ofAccess(1300)],
};

export const ENERGY_TABLES: readonly EnergyTable[] = [HOROWITZ_45NM, JOUPPI_7NM];

/** The table whose process is nearest to a device's, on a logarithmic scale. */
export function nearestTable(processNm: number | null): EnergyTable {
  const distance = (table: EnergyTable) => Math.abs(Math.log(table.processNm / (processNm ?? 7)));
  return distance(HOROWITZ_45NM) < distance(JOUPPI_7NM) ? HOROWITZ_45NM : JOUPPI_7NM;
}
