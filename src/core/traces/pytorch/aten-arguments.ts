/**
 * Names of the arguments of aten operators by position, overloads divided by bars: a trace records arguments by position.
 * Read from torch 2.13 (`torch._C._jit_get_all_schemas()`), for the operators that are counted.
 */
const SCHEMAS = `
__and__: self other
__lshift__: self other
__or__: self other
__rshift__: self other
__xor__: self other
_adaptive_avg_pool2d: self output_size
_adaptive_avg_pool3d: self output_size
_batch_norm_no_update: input weight bias running_mean running_var momentum eps
_batch_norm_with_update: input weight bias running_mean running_var momentum eps
_batch_norm_with_update_functional: input weight bias running_mean running_var momentum eps
_cast_Float: self non_blocking
_cast_Half: self non_blocking
_cast_Long: self non_blocking
_cdist_forward: x1 x2 p compute_mode
_conj: self
_conj_copy: self
_convolution: input weight bias stride padding dilation transposed output_padding groups benchmark deterministic cudnn_enabled | input weight bias stride padding dilation transposed output_padding groups benchmark deterministic cudnn_enabled allow_tf32
_embedding_bag: weight indices offsets scale_grad_by_freq mode sparse per_sample_weights include_last_offset padding_idx
_embedding_bag_forward_only: weight indices offsets scale_grad_by_freq mode sparse per_sample_weights include_last_offset padding_idx
_euclidean_dist: x1 x2
_fft_c2c: self dim normalization forward
_fft_c2r: self dim normalization last_dim_size
_fft_r2c: self dim normalization onesided
_fused_rms_norm: input normalized_shape weight eps
_grouped_mm: self mat2 offs bias out_dtype
_int_mm: self mat2
_log_softmax: self dim half_to_float
_native_batch_norm_legit: input weight bias running_mean running_var training momentum eps | input weight bias training momentum eps
_native_batch_norm_legit_functional: input weight bias running_mean running_var training momentum eps
_native_batch_norm_legit_no_training: input weight bias running_mean running_var momentum eps
_native_multi_head_attention: query key value embed_dim num_head qkv_weight qkv_bias proj_weight proj_bias mask need_weights average_attn_weights mask_type
_pad_circular: self pad
_prelu_kernel: self weight
_reshape_alias: self size stride
_reshape_alias_copy: self size stride
_reshape_copy: self size
_safe_softmax: self dim dtype
_scaled_dot_product_attention_math: query key value attn_mask dropout_p is_causal dropout_mask scale enable_gqa
_scaled_dot_product_cudnn_attention: query key value attn_bias compute_log_sumexp dropout_p is_causal return_debug_mask scale
_scaled_dot_product_efficient_attention: query key value attn_bias compute_log_sumexp dropout_p is_causal scale
_scaled_dot_product_flash_attention: query key value dropout_p is_causal return_debug_mask scale | query key value q_descale k_descale v_descale dropout_p is_causal return_debug_mask scale
_scaled_dot_product_flash_attention_for_cpu: query key value dropout_p is_causal attn_mask scale
_scaled_dot_product_fused_attention_overrideable: query key value attn_bias dropout_p is_causal return_debug_mask scale
_softmax: self dim half_to_float
_to_copy: self dtype layout device pin_memory non_blocking memory_format
_transformer_encoder_layer_fwd: src embed_dim num_heads qkv_weight qkv_bias proj_weight proj_bias use_gelu norm_first eps norm_weight_1 norm_bias_1 norm_weight_2 norm_bias_2 ffn_weight_1 ffn_bias_1 ffn_weight_2 ffn_bias_2 mask mask_type
_trilinear: i1 i2 i3 expand1 expand2 expand3 sumdim unroll_dim
_unique: self sorted return_inverse
_unique2: self sorted return_inverse return_counts
_unsafe_index: self indices
_unsafe_index_put: self indices values accumulate
_unsafe_view: self size
_upsample_bicubic2d_aa: self output_size align_corners scales_h scales_w | input output_size align_corners scale_factors
_upsample_bilinear2d_aa: self output_size align_corners scales_h scales_w | input output_size align_corners scale_factors
_upsample_nearest_exact1d: self output_size scales | input output_size scale_factors
_upsample_nearest_exact2d: self output_size scales_h scales_w | input output_size scale_factors
_upsample_nearest_exact3d: self output_size scales_d scales_h scales_w | input output_size scale_factors
_weight_norm: v g dim
_weight_norm_interface: v g dim
abs: self
absolute: self
acos: self
acosh: self
adaptive_avg_pool1d: self output_size
adaptive_avg_pool2d: self output_size
adaptive_avg_pool3d: self output_size
adaptive_max_pool1d: self output_size
adaptive_max_pool2d: self output_size
adaptive_max_pool3d: self output_size
add: self other alpha
addbmm: self batch1 batch2 beta alpha
addcdiv: self tensor1 tensor2 value
addcmul: self tensor1 tensor2 value
addmm: self mat1 mat2 beta alpha | self mat1 mat2 out_dtype beta alpha
addmv: self mat vec beta alpha
addr: self vec1 vec2 beta alpha
adjoint: self
affine_grid_generator: theta size align_corners
alias: self
alias_copy: self
all: self | self dim keepdim
alpha_dropout: self p train | input p train
amax: self dim keepdim
amin: self dim keepdim
aminmax: self dim keepdim | self dim keepdim min max
angle: self
any: self | self dim keepdim
arange: end dtype layout device pin_memory | start end dtype layout device pin_memory | start end step dtype layout device pin_memory
arccos: self
arccosh: self
arcsin: self
arcsinh: self
arctan: self
arctan2: self other
arctanh: self
argmax: self dim keepdim
argmin: self dim keepdim
argsort: self dim descending | self stable dim descending
argwhere: self
as_strided: self size stride storage_offset
as_strided_copy: self size stride storage_offset
asin: self
asinh: self
atan: self
atan2: self other
atanh: self
atleast_1d: self | tensors
atleast_2d: self | tensors
atleast_3d: self | tensors
avg_pool1d: self kernel_size stride padding ceil_mode count_include_pad
avg_pool2d: self kernel_size stride padding ceil_mode count_include_pad divisor_override
avg_pool3d: self kernel_size stride padding ceil_mode count_include_pad divisor_override
baddbmm: self batch1 batch2 beta alpha | self batch1 batch2 out_dtype beta alpha
bartlett_window: window_length dtype layout device pin_memory | window_length periodic dtype layout device pin_memory
batch_norm: input weight bias running_mean running_var training momentum eps cudnn_enabled
bernoulli: self generator | self p generator
bilinear: input1 input2 weight bias
binary_cross_entropy: self target weight reduction
binary_cross_entropy_with_logits: self target weight pos_weight reduction
bitwise_and: self other
bitwise_left_shift: self other
bitwise_not: self
bitwise_or: self other
bitwise_right_shift: self other
bitwise_xor: self other
blackman_window: window_length dtype layout device pin_memory | window_length periodic dtype layout device pin_memory
block_diag: tensors
bmm: self mat2 | self mat2 out_dtype
broadcast_tensors: tensors
broadcast_to: self size
cat: tensors dim
cdist: x1 x2 p compute_mode
ceil: self
celu: self alpha
channel_shuffle: self groups
chunk: self chunks dim
clamp: self min max
clamp_max: self max
clamp_min: self min
clip: self min max
clone: self memory_format
col2im: self output_size kernel_size dilation padding stride
column_stack: tensors
complex: real imag
concat: tensors dim
concatenate: tensors dim
conj: self
constant_pad_nd: self pad value
contiguous: self memory_format
conv1d: input weight bias stride padding dilation groups
conv2d: input weight bias stride padding dilation groups
conv3d: input weight bias stride padding dilation groups
conv_transpose1d: input weight bias stride padding output_padding groups dilation
conv_transpose2d: input weight bias stride padding output_padding groups dilation
conv_transpose3d: input weight bias stride padding output_padding groups dilation
convolution: input weight bias stride padding dilation transposed output_padding groups
convolution_overrideable: input weight bias stride padding dilation transposed output_padding groups
copy: self src non_blocking | self | self other
copysign: self other
cos: self
cosh: self
cosine_similarity: x1 x2 dim eps
count_nonzero: self dim
cross: self other dim
cross_entropy_loss: self target weight reduction ignore_index label_smoothing
cudnn_batch_norm: input weight bias running_mean running_var training exponential_average_factor epsilon
cudnn_convolution: self weight padding stride dilation groups benchmark deterministic allow_tf32
cummax: self dim | self dim values indices
cummin: self dim | self dim values indices
cumprod: self dim dtype
cumsum: self dim dtype
deg2rad: self
detach: self
detach_copy: self
diag: self diagonal
diag_embed: self offset dim1 dim2
diagonal: self offset dim1 dim2
diagonal_copy: self offset dim1 dim2
diagonal_scatter: self src offset dim1 dim2
diff: self n dim prepend append
digamma: self
dist: self other p
div: self other | self other rounding_mode
divide: self other | self other rounding_mode
dot: self tensor
dropout: input p train | self p train
einsum: equation tensors path
elu: self alpha scale input_scale
embedding: weight indices padding_idx scale_grad_by_freq sparse
embedding_bag: weight indices offsets scale_grad_by_freq mode sparse per_sample_weights include_last_offset | weight indices offsets scale_grad_by_freq mode sparse per_sample_weights include_last_offset padding_idx
empty: size dtype layout device pin_memory memory_format
empty_like: self dtype layout device pin_memory memory_format
empty_permuted: size physical_layout dtype layout device pin_memory
empty_strided: size stride dtype layout device pin_memory
eq: self other
erf: self
erfc: self
erfinv: self
exp: self
exp2: self
expand: self size implicit
expand_as: self other
expand_copy: self size implicit
expm1: self
eye: n dtype layout device pin_memory | n m dtype layout device pin_memory
feature_alpha_dropout: self p train | input p train
feature_dropout: self p train | input p train
fft_fft: self n dim norm
fft_fft2: self s dim norm
fft_fftfreq: n d dtype layout device pin_memory
fft_fftn: self s dim norm
fft_fftshift: self dim
fft_hfft: self n dim norm
fft_ifft: self n dim norm
fft_ifft2: self s dim norm
fft_ifftn: self s dim norm
fft_ifftshift: self dim
fft_ihfft: self n dim norm
fft_irfft: self n dim norm
fft_irfft2: self s dim norm
fft_irfftn: self s dim norm
fft_rfft: self n dim norm
fft_rfft2: self s dim norm
fft_rfftfreq: n d dtype layout device pin_memory
fft_rfftn: self s dim norm
fill: self value
fix: self
flatten: self start_dim end_dim
flip: self dims
fliplr: self
flipud: self
float_power: self exponent
floor: self
floor_divide: self other
fmax: self other
fmin: self other
fmod: self other
frac: self
fractional_max_pool2d: self kernel_size output_size random_samples
fractional_max_pool3d: self kernel_size output_size random_samples
frobenius_norm: self dim keepdim
full: size fill_value dtype layout device pin_memory
full_like: self fill_value dtype layout device pin_memory memory_format
gather: self dim index sparse_grad
gcd: self other
ge: self other
gelu: self approximate
ger: self vec2
glu: self dim
greater: self other
greater_equal: self other
grid_sampler: input grid interpolation_mode padding_mode align_corners
grid_sampler_2d: input grid interpolation_mode padding_mode align_corners
grid_sampler_3d: input grid interpolation_mode padding_mode align_corners
group_norm: input num_groups weight bias eps cudnn_enabled
gru: input hx params has_biases num_layers dropout train bidirectional batch_first | data batch_sizes hx params has_biases num_layers dropout train bidirectional
gru_cell: input hx w_ih w_hh b_ih b_hh
gt: self other
hamming_window: window_length dtype layout device pin_memory | window_length periodic dtype layout device pin_memory | window_length periodic alpha dtype layout device pin_memory | window_length periodic alpha beta dtype layout device pin_memory
hann_window: window_length dtype layout device pin_memory | window_length periodic dtype layout device pin_memory
hardshrink: self lambd
hardsigmoid: self
hardswish: self
hardtanh: self min_val max_val
heaviside: self values
histc: self bins min max
hstack: tensors
huber_loss: self target reduction delta
hypot: self other
i0: self
im2col: self kernel_size dilation padding stride
imag: self
index: self indices
index_add: self dim index source alpha
index_copy: self dim index source
index_fill: self dim index value
index_put: self indices values accumulate
index_select: self dim index
inner: self other
instance_norm: input weight bias running_mean running_var use_input_stats momentum eps cudnn_enabled
isclose: self other rtol atol equal_nan
isfinite: self
isinf: self
isnan: self
kaiser_window: window_length dtype layout device pin_memory | window_length periodic dtype layout device pin_memory | window_length periodic beta dtype layout device pin_memory
kl_div: self target reduction log_target
kron: self other
kthvalue: self k dim keepdim | self k dim keepdim values indices
l1_loss: self target reduction
layer_norm: input normalized_shape weight bias eps cudnn_enable
lcm: self other
ldexp: self other | x i
le: self other
leaky_relu: self negative_slope
lerp: self end weight
less: self other
less_equal: self other
lgamma: self
lift: self
lift_fresh: self
lift_fresh_copy: self
linalg_cross: self other dim
linalg_diagonal: A offset dim1 dim2
linalg_matmul: self other
linalg_matrix_power: self n
linalg_multi_dot: tensors
linalg_norm: self ord dim keepdim dtype
linalg_vector_norm: self ord dim keepdim dtype
linear: input weight bias
linspace: start end steps dtype layout device pin_memory
log: self
log10: self
log1p: self
log2: self
log_sigmoid: self
log_sigmoid_forward: self
log_softmax: self dim dtype
logaddexp: self other
logaddexp2: self other
logcumsumexp: self dim
logical_and: self other
logical_not: self
logical_or: self other
logical_xor: self other
logit: self eps
logspace: start end steps base dtype layout device pin_memory
logsumexp: self dim keepdim
lstm: input hx params has_biases num_layers dropout train bidirectional batch_first | data batch_sizes hx params has_biases num_layers dropout train bidirectional
lstm_cell: input hx w_ih w_hh b_ih b_hh
lt: self other
mH: self
mT: self
masked_fill: self mask value
masked_scatter: self mask source
masked_select: self mask
matmul: self other
matrix_power: self n
max: self other | self | self dim keepdim | self dim keepdim max max_values
max_pool1d: self kernel_size stride padding dilation ceil_mode
max_pool1d_with_indices: self kernel_size stride padding dilation ceil_mode
max_pool2d: self kernel_size stride padding dilation ceil_mode
max_pool2d_with_indices: self kernel_size stride padding dilation ceil_mode
max_pool3d: self kernel_size stride padding dilation ceil_mode
max_pool3d_with_indices: self kernel_size stride padding dilation ceil_mode
max_unpool2d: self indices output_size
max_unpool3d: self indices output_size stride padding
maximum: self other
mean: self dtype | self dim keepdim dtype
median: self | self dim keepdim | self dim keepdim values indices
meshgrid: tensors | tensors indexing
min: self other | self | self dim keepdim | self dim keepdim min min_indices
minimum: self other
miopen_batch_norm: input weight bias running_mean running_var training exponential_average_factor epsilon
mish: self
mkldnn_convolution: self weight bias padding stride dilation groups
mkldnn_max_pool2d: self kernel_size stride padding dilation ceil_mode
mkldnn_rnn_layer: input weight0 weight1 weight2 weight3 hx_ cx_ reverse batch_sizes mode hidden_size num_layers has_biases bidirectional batch_first train
mm: self mat2 | self mat2 out_dtype
mode: self dim keepdim | self dim keepdim values indices
moveaxis: self source destination
movedim: self source destination
mse_loss: self target reduction
msort: self
mul: self other | l n | n l
multiply: self other
mv: self vec
nan_to_num: self nan posinf neginf
nanmean: self dim keepdim dtype
nanmedian: self | self dim keepdim | self dim keepdim values indices
nanquantile: self q dim keepdim interpolation
nansum: self dim keepdim dtype
narrow: self dim start length
narrow_copy: self dim start length
native_batch_norm: input weight bias running_mean running_var training momentum eps
native_channel_shuffle: self groups
native_dropout: input p train
native_group_norm: input weight bias N C HxW group eps
native_layer_norm: input normalized_shape weight bias eps
ne: self other
neg: self
negative: self
new_empty: self size dtype layout device pin_memory
new_empty_strided: self size stride dtype layout device pin_memory
new_full: self size fill_value dtype layout device pin_memory
new_ones: self size dtype layout device pin_memory
new_zeros: self size dtype layout device pin_memory
nll_loss: self target weight reduction ignore_index
nll_loss2d: self target weight reduction ignore_index
nll_loss2d_forward: self target weight reduction ignore_index
nll_loss_forward: self target weight reduction ignore_index
nll_loss_nd: self target weight reduction ignore_index
nonzero: self
nonzero_static: self size fill_value
norm: self p | self p dim keepdim | self p dim keepdim dtype | self p dtype
normal: mean std generator | mean std size generator dtype layout device pin_memory | self mean std generator
normal_functional: self mean std generator
not_equal: self other
numpy_T: self
one_hot: self num_classes
ones: size dtype layout device pin_memory
ones_like: self dtype layout device pin_memory memory_format
outer: self vec2
pad: self pad mode value
pairwise_distance: x1 x2 p eps keepdim
permute: self dims
permute_copy: self dims
pin_memory: self device
pixel_shuffle: self upscale_factor
pixel_unshuffle: self downscale_factor
polar: abs angle
positive: self
pow: self exponent
prelu: self weight
prod: self dtype | self dim keepdim dtype
quantile: self q dim keepdim interpolation
rad2deg: self
rand: size dtype layout device pin_memory | size generator dtype layout device pin_memory
rand_like: self dtype layout device pin_memory memory_format | self generator dtype layout device pin_memory memory_format
randint: high size dtype layout device pin_memory | high size generator dtype layout device pin_memory | low high size dtype layout device pin_memory | low high size generator dtype layout device pin_memory
randint_like: self high dtype layout device pin_memory memory_format | self low high dtype layout device pin_memory memory_format | self high generator dtype layout device pin_memory memory_format | self low high generator dtype layout device pin_memory memory_format
randn: size dtype layout device pin_memory | size generator dtype layout device pin_memory
randn_like: self dtype layout device pin_memory memory_format | self generator dtype layout device pin_memory memory_format
randperm: n dtype layout device pin_memory | n generator dtype layout device pin_memory
range: start end step dtype layout device pin_memory | start end dtype layout device pin_memory
ravel: self
real: self
reciprocal: self
reflection_pad1d: self padding
reflection_pad2d: self padding
reflection_pad3d: self padding
relu: self
relu6: self
remainder: self other
repeat: self repeats
repeat_interleave: repeats output_size | self repeats dim output_size
replication_pad1d: self padding
replication_pad2d: self padding
replication_pad3d: self padding
requires_grad: self requires_grad
reshape: self shape
reshape_as: self other
resolve_conj: self
resolve_neg: self
rms_norm: input normalized_shape weight eps
rnn_relu: input hx params has_biases num_layers dropout train bidirectional batch_first | data batch_sizes hx params has_biases num_layers dropout train bidirectional
rnn_relu_cell: input hx w_ih w_hh b_ih b_hh
rnn_tanh: input hx params has_biases num_layers dropout train bidirectional batch_first | data batch_sizes hx params has_biases num_layers dropout train bidirectional
rnn_tanh_cell: input hx w_ih w_hh b_ih b_hh
roll: self shifts dims
rot90: self k dims
round: self | self decimals
row_stack: tensors
rrelu: self lower upper training generator
rrelu_with_noise: self noise lower upper training generator
rrelu_with_noise_functional: self noise lower upper training generator
rsqrt: self
rsub: self other alpha
scalar_tensor: s dtype layout device pin_memory
scaled_dot_product_attention: query key value attn_mask dropout_p is_causal scale enable_gqa
scatter: self dim index src | self dim index value | self dim index src reduce | self dim index value reduce
scatter_add: self dim index src
scatter_reduce: self dim index src reduce include_self
select: self dim index | list idx
select_copy: self dim index
select_scatter: self src dim index
selu: self
sgn: self
sigmoid: self
sign: self
signbit: self
silu: self
sin: self
sinc: self
sinh: self
slice: self dim start end step | l start end step | string start end step
slice_copy: self dim start end step
slice_scatter: self src dim start end step
smooth_l1_loss: self target reduction beta
soft_margin_loss: self target reduction
softmax: self dim dtype
softplus: self beta threshold
softshrink: self lambd
sort: self dim descending | self stable dim descending | self stable dim descending values indices | self dim descending values indices | self reverse
special_digamma: self
special_entr: self
special_erf: self
special_erfc: self
special_erfinv: self
special_exp2: self
special_expit: self
special_expm1: self
special_gammaln: self
special_i0: self
special_log1p: self
special_log_softmax: self dim dtype
special_logit: self eps
special_logsumexp: self dim keepdim
special_ndtr: self
special_psi: self
special_round: self decimals
special_sinc: self
special_softmax: self dim dtype
special_xlogy: self other
split: self split_size dim | self separator max | self split_sizes dim
split_copy: self split_size dim
split_with_sizes: self split_sizes dim
split_with_sizes_copy: self split_sizes dim
sqrt: self
square: self
squeeze: self | self dim
squeeze_copy: self | self dim
stack: tensors dim
std: self unbiased | self dim unbiased keepdim | self dim correction keepdim
std_mean: self unbiased | self dim unbiased keepdim | self dim correction keepdim
stft: self n_fft hop_length win_length window normalized onesided return_complex align_to_window | self n_fft hop_length win_length window center pad_mode normalized onesided return_complex align_to_window
sub: self other alpha
subtract: self other alpha
sum: self dim keepdim dtype | self dtype | self
swapaxes: self axis0 axis1
swapdims: self dim0 dim1
t: self
t_copy: self
take: self index
take_along_dim: self indices dim
tan: self
tanh: self
tensor_split: self sections dim | self indices dim | self tensor_indices_or_sections dim
tensordot: self other dims_self dims_other
threshold: self threshold value
tile: self dims
to: self device dtype non_blocking copy memory_format | self dtype non_blocking copy memory_format | self other non_blocking copy memory_format | self dtype layout device pin_memory non_blocking copy memory_format | self device dtype non_blocking copy | self dtype non_blocking copy | self non_blocking copy
topk: self k dim largest sorted | self k dim largest sorted values indices
trace: self
transpose: self dim0 dim1
transpose_copy: self dim0 dim1
tril: self diagonal
tril_indices: row col offset dtype layout device pin_memory
triu: self diagonal
triu_indices: row col offset dtype layout device pin_memory
true_divide: self other
trunc: self
type_as: self other
unbind: self dim
unbind_copy: self dim
unflatten: self dim sizes
unfold: self dimension size step
unfold_copy: self dimension size step
uniform: self from to generator
unique_consecutive: self return_inverse return_counts dim
unsafe_chunk: self chunks dim
unsafe_split: self split_size dim
unsafe_split_with_sizes: self split_sizes dim
unsqueeze: self dim
unsqueeze_copy: self dim
upsample_bicubic2d: self output_size align_corners scales_h scales_w | input output_size align_corners scale_factors
upsample_bilinear2d: self output_size align_corners scales_h scales_w | input output_size align_corners scale_factors
upsample_linear1d: self output_size align_corners scales | input output_size align_corners scale_factors
upsample_nearest1d: self output_size scales | input output_size scale_factors
upsample_nearest2d: self output_size scales_h scales_w | input output_size scale_factors
upsample_nearest3d: self output_size scales_d scales_h scales_w | input output_size scale_factors
upsample_trilinear3d: self output_size align_corners scales_d scales_h scales_w | input output_size align_corners scale_factors
var: self unbiased | self dim unbiased keepdim | self dim correction keepdim
var_mean: self unbiased | self dim unbiased keepdim | self dim correction keepdim
vdot: self other
view: self size | self dtype
view_as: self other
view_as_complex: self
view_as_complex_copy: self
view_as_real: self
view_as_real_copy: self
view_copy: self size | self dtype
vstack: tensors
where: condition self other | condition
xlogy: self other
zero: self
zeros: size dtype layout device pin_memory
zeros_like: self dtype layout device pin_memory memory_format
`;

const overloads = new Map(
  SCHEMAS.trim()
    .split('\n')
    .map((line): [string, string[][]] => {
      const [name = '', all = ''] = line.split(': ');
      return [name, all.split(' | ').map((one) => one.split(' '))];
    }),
);

/** Arguments that are never tensors. */
const NUMBERS = /^(alpha|beta|dtype|out_dtype)$/;

/**
 * Names of an operator's arguments where it was called with so many; the nearest longer overload where none fits.
 *
 * @param endsInTensor whether the last of them is a tensor: one more than an overload has is what it wrote to
 */
export function argumentNames(operator: string, count: number, endsInTensor: boolean): readonly string[] | undefined {
  const known = overloads.get(operator) ?? overloads.get(operator.replace(/_copy$/, ''));
  const exact = known?.find((names) => names.length === count && !(endsInTensor && NUMBERS.test(names.at(-1) ?? '')));
  const written = endsInTensor ? known?.find((names) => names.length === count - 1) : undefined;
  return (
    exact ??
    (written === undefined ? undefined : [...written, 'out']) ??
    known?.toSorted((a, b) => a.length - b.length).find((names) => names.length > count) ??
    known?.toSorted((a, b) => b.length - a.length)[0]
  );
}
