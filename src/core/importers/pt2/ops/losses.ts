import type { Value } from '../../../ir/graph.js';
import { axisOf } from '../lower/axes.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';

/** Losses, in programs that train or score. */

/** torch's codes: 0 none, 1 mean, 2 sum. */
function reducedLoss(n: NodeContext, loss: Value): Value {
  const reduction = n.integer('reduction', 1);
  if (reduction === 0 || loss.shape.length === 0) return loss;
  return n.add(reduction === 1 ? 'reduceMean' : 'reduceSum', [loss]);
}

const difference = (n: NodeContext) => n.add('sub', [n.tensor('self'), n.tensor('target')]);

function weighted(n: NodeContext, loss: Value): Value {
  const weight = n.optional('weight');
  return weight === undefined ? loss : n.add('mul', [loss, weight]);
}

/** Quadratic near zero, linear beyond. */
const bent =
  (width: string): Lowering =>
  (n) => {
    const distance = n.add('abs', [difference(n)]);
    const bound = n.constant(n.number(width, 1));
    const near = n.add('mul', [n.add('square', [distance]), n.constant(0.5)]);
    const far = n.add('sub', [distance, n.add('mul', [bound, n.constant(0.5)])]);
    return reducedLoss(n, n.add('where', [n.add('less', [distance, bound]), near, far]));
  };

/** -(t·log p + (1 - t)·log(1 - p)) */
function binaryCrossEntropy(n: NodeContext) {
  const [p, t] = [n.tensor('self'), n.tensor('target')];
  const one = n.constant(1);
  const yes = n.add('mul', [t, n.add('log', [p])]);
  const no = n.add('mul', [n.add('sub', [one, t]), n.add('log', [n.add('sub', [one, p])])]);
  return reducedLoss(n, weighted(n, n.add('neg', [n.add('add', [yes, no])])));
}

/** (1 - t)·x - log σ(x) */
function binaryCrossEntropyOfLogits(n: NodeContext) {
  const [x, t] = [n.tensor('self'), n.tensor('target')];
  const linear = n.add('mul', [n.add('sub', [n.constant(1), t]), x]);
  return reducedLoss(n, weighted(n, n.add('sub', [linear, n.add('logSigmoid', [x])])));
}

/** The log-probability of each target's class, from [N, C, …] or [C]. */
function likelihood(n: NodeContext, logits: Value, target: Value): Value {
  const axis = logits.shape.length === 1 ? 0 : 1;
  const picked = n.add('gatherElements', [logits, n.add('unsqueeze', [target], { axes: [axis] })], { axis });
  return n.add('neg', [n.add('squeeze', [picked], { axes: [axis] })]);
}

function crossEntropy(n: NodeContext) {
  const [x, target] = [n.tensor('self'), n.tensor('target')];
  const axis = x.shape.length === 1 ? 0 : 1;
  const logits = n.add('logSoftmax', [x], { axis });
  // Targets that are probabilities have the shape of the input.
  if (target.shape.length === x.shape.length) {
    const sum = n.add('reduceSum', [n.add('mul', [logits, target])], { axes: [axis] });
    return reducedLoss(n, n.add('neg', [sum]));
  }
  return reducedLoss(n, likelihood(n, logits, target));
}

/** Core aten gives the sum of the weights as well. */
const negativeLogLikelihood = (n: NodeContext) => reducedLoss(n, likelihood(n, n.tensor('self'), n.tensor('target')));

/** t·(log t - x) */
function divergence(n: NodeContext) {
  const [x, t] = [n.tensor('self'), n.tensor('target')];
  const [probability, log] = n.flag('log_target') ? [n.add('exp', [t]), t] : [t, n.add('log', [t])];
  return reducedLoss(n, n.add('mul', [probability, n.add('sub', [log, x])]));
}

/** Distance of order p between rows. */
function pairwiseDistance(n: NodeContext) {
  const gap = n.add('add', [n.add('sub', [n.tensor('x1'), n.tensor('x2')]), n.constant(n.number('eps', 1e-6))]);
  const reduction = n.number('p', 2) === 1 ? 'reduceL1' : 'reduceL2';
  const axis = axisOf(-1, gap.shape.length);
  return n.add(reduction, [gap], { axes: [axis], ...(n.flag('keepdim') ? { keepDims: true } : {}) });
}

/** Distances of order p between the rows of two matrices: […, P, M], […, R, M] → […, P, R]. */
const distances =
  (left: string, right: string): Lowering =>
  (n) => {
    const [x, y] = [n.tensor(left), n.tensor(right)];
    const rank = x.shape.length;
    const gap = n.add('sub', [
      n.add('unsqueeze', [x], { axes: [rank - 1] }),
      n.add('unsqueeze', [y], { axes: [y.shape.length - 2] }),
    ]);
    const reduction = n.number('p', 2) === 1 ? 'reduceL1' : 'reduceL2';
    return n.add(reduction, [gap], { axes: [gap.shape.length - 1] });
  };

export const LOSSES: Readonly<Record<string, Lowering>> = {
  mse_loss: (n) => reducedLoss(n, n.add('square', [difference(n)])),
  l1_loss: (n) => reducedLoss(n, n.add('abs', [difference(n)])),
  smooth_l1_loss: bent('beta'),
  huber_loss: bent('delta'),
  binary_cross_entropy: binaryCrossEntropy,
  binary_cross_entropy_with_logits: binaryCrossEntropyOfLogits,
  cross_entropy_loss: crossEntropy,
  nll_loss: negativeLogLikelihood,
  nll_loss_nd: negativeLogLikelihood,
  nll_loss2d: negativeLogLikelihood,
  nll_loss_forward: (n) => [negativeLogLikelihood(n), undefined],
  nll_loss2d_forward: (n) => [negativeLogLikelihood(n), undefined],
  kl_div: divergence,
  soft_margin_loss: (n) => {
    const product = n.add('mul', [n.add('neg', [n.tensor('target')]), n.tensor('self')]);
    return reducedLoss(n, n.add('log1p', [n.add('exp', [product])]));
  },
  pairwise_distance: pairwiseDistance,
  cdist: distances('x1', 'x2'),
  _cdist_forward: distances('x1', 'x2'),
  _euclidean_dist: distances('x1', 'x2'),
};
