import { defineReporter } from '../define-reporter.js';
import { toDocument } from '../document.js';
import { reportAssets } from '../html/assets.js';
import { body } from '../html/body.js';
import { page } from '../html/page.js';
import { viewsOf } from '../view.js';

export default defineReporter({
  format: 'html',
  title: 'HTML, one self-contained interactive file',
  extension: '.html',
  async render(input) {
    const document = toDocument(input);
    return page(input.title, body(viewsOf(document)), document, await reportAssets());
  },
});
