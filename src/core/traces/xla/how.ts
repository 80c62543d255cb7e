/** For a function of the user's. */
export const HOW = `# Profiles the JAX function \`f\` on \`inputs\` (a tuple of arrays); writes profile/plugins/profile/TIME/HOST.trace.json.gz.
import jax

f = jax.jit(f)
jax.block_until_ready(f(*inputs))
with jax.profiler.trace("profile"):
    for _ in range(10):
        jax.block_until_ready(f(*inputs))
# Then: archmeter profile profile/plugins/profile/*/*.trace.json.gz
#
# TensorFlow's tf.profiler.experimental.start("profile") writes an .xplane.pb alone. TensorBoard's Profile page saves it as
# trace_viewer; mark each step with tf.profiler.experimental.Trace("step", step_num=i, _r=1) to have iterations told apart.
`;
