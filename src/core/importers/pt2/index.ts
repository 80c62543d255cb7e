import type { Importer } from '../define-importer.js';

const ZIP = 'PK\x03\x04';

/** Names that such an archive begins with. */
const ENTRY_NAMES =
  /(data\/weights\/|data\/constants\/|data\/sample_inputs\/|models\/[^/]{1,100}\.json|serialized_exported_program\.json|archive_format)/;

/**
 * PyTorch programs saved by `torch.export.save`: a zip of the graph in aten operators, with the shape of every tensor.
 * Weights are neither needed nor read. The two lines that make one, without weights, on the meta device:
 *
 * ```python
 * with torch.device("meta"): model, x = Model().eval(), torch.empty(1, 3, 224, 224)
 * torch.export.save(torch.export.export(model, (x,)), "model.pt2")
 * ```
 *
 * With the weights of a model that is already there:
 *
 * ```python
 * program = torch.export.export(model.eval(), (torch.randn(1, 3, 224, 224),))
 * torch.export.save(program, "model.pt2")
 * ```
 *
 * `dynamic_shapes=({0: torch.export.Dim("batch")},)` leaves the batch open. Programs after `run_decompositions()` are
 * read as well.
 */
const pt2: Importer = {
  format: 'pt2',
  title: 'PyTorch export (torch.export.save)',
  extensions: ['.pt2'],
  matches(head, name) {
    const text = new TextDecoder('latin1').decode(head);
    if (text.startsWith(ZIP) && (ENTRY_NAMES.test(text) || name.endsWith('.pt2'))) return 'content';
    return name.endsWith('.pt2') ? 'name' : false;
  },
  read: async (source, options) => (await import('./read.js')).readPt2(source, options),
};

export default pt2;
