/** Of the package; a test holds it equal to package.json's. */
export const ARCHMETER_VERSION = '0.1.0';
