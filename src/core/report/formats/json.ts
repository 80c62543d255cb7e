import { defineReporter } from '../define-reporter.js';
import { toDocument } from '../document.js';

export default defineReporter({
  format: 'json',
  title: 'JSON, the data of the report (archmeter/report@1)',
  extension: '.json',
  render: (input) => `${JSON.stringify(toDocument(input), null, 2)}\n`,
});
