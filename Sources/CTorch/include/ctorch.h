#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The engine behind Torch: a C face over libtorch.
//
// Conventions. A CTTensor is one owned reference to an at::TensorImpl; a CTTensorRef is borrowed for the call and may be
// NULL where an operand is optional. A function that returns a CTTensor gives NULL on failure, one that returns a
// CTStatus gives a value other than 0; the message is then in ct_last_error() of the calling thread. Sizes are
// ptrdiff_t because Swift imports it as Int. Scalar types, device types and memory are those of c10.

#ifdef __cplusplus
extern "C" {
#endif

typedef struct CTTensorImpl *CTTensor;
typedef const struct CTTensorImpl *CTTensorRef;
typedef int32_t CTStatus;
typedef struct CTDevice { int32_t type, index; } CTDevice;

// Errors
const char *ct_last_error(void);
// Failure scopes nest on a thread; each keeps the first failure inside it, but not inside a scope within it.
void ct_failure_scope_begin(void);
bool ct_failure_scope_is_open(void);
void ct_failure_scope_note(void);
const char *ct_failure_scope_end(void);  // NULL when nothing failed

// Process
const char *ct_version(void);
void ct_set_thread_count(ptrdiff_t count);
ptrdiff_t ct_thread_count(void);
void ct_calm_threads(void);  // see Threads.cpp
long ct_preemptions(void);   // how often a thread of this program had to leave its processor to another so far
CTStatus ct_load_cuda(void);
ptrdiff_t ct_cuda_device_count(void);
CTStatus ct_synchronize(CTDevice device);

// Engines of the products of linear layers. In bfloat16 numbers, those of 32-bit floats round the factors and the sums.
typedef enum CTEngine { CT_ENGINE_MKL, CT_ENGINE_ONEDNN, CT_ENGINE_ONEDNN_BF16 } CTEngine;
typedef enum CTProduct { CT_OUTPUT, CT_INPUT_GRADIENT, CT_WEIGHT_GRADIENT } CTProduct;
typedef struct CTEngineChoice {
  CTProduct product;
  bool in_bfloat16;
  ptrdiff_t row_class, inputs, outputs;
  CTEngine engine;
} CTEngineChoice;
bool ct_has_mkl(void);
bool ct_has_panels(void);
ptrdiff_t ct_row_class(ptrdiff_t rows);  // layers of as many rows, about, share an engine
void ct_use_engines(const CTEngineChoice *choices, ptrdiff_t count, CTEngine others, CTEngine others_in_bfloat16);
CTTensor ct_product(CTProduct product, CTEngine engine, CTTensorRef a, CTTensorRef b);

// Random numbers
CTStatus ct_manual_seed(uint64_t seed);
CTTensor ct_random_state(CTDevice device);
CTStatus ct_set_random_state(CTDevice device, CTTensorRef state);

// Lifetime and creation
void ct_retain(CTTensorRef tensor);
void ct_release(CTTensorRef tensor);
CTTensor ct_empty(const ptrdiff_t *sizes, ptrdiff_t rank, int32_t dtype, CTDevice device);
CTTensor ct_full(const ptrdiff_t *sizes, ptrdiff_t rank, double value, int32_t dtype, CTDevice device);
CTTensor ct_randn(const ptrdiff_t *sizes, ptrdiff_t rank, int32_t dtype, CTDevice device);
CTTensor ct_arange(ptrdiff_t count, int32_t dtype, CTDevice device);
CTTensor ct_from_bytes(const void *bytes, size_t byte_count, const ptrdiff_t *sizes, ptrdiff_t rank, int32_t dtype);
CTTensor ct_from_blob(void *bytes, const ptrdiff_t *sizes, const ptrdiff_t *strides, ptrdiff_t rank, int32_t dtype,
                      void *owner, void (*release)(void *owner));

// Inspection
ptrdiff_t ct_rank(CTTensorRef tensor);
ptrdiff_t ct_size(CTTensorRef tensor, ptrdiff_t dimension);
int32_t ct_dtype(CTTensorRef tensor);
CTDevice ct_device(CTTensorRef tensor);
bool ct_requires_grad(CTTensorRef tensor);
const void *ct_contiguous_data(CTTensorRef tensor);  // NULL unless on the CPU and contiguous
CTStatus ct_item(CTTensorRef tensor, double *value);
CTStatus ct_to_bytes(CTTensorRef tensor, void *bytes, size_t byte_count);

// Element-wise operators
typedef enum CTUnary {
  CT_NEGATE, CT_ABS, CT_EXP, CT_LOG, CT_SQRT, CT_TANH, CT_SIGMOID, CT_RELU, CT_GELU, CT_GELU_TANH, CT_SQUARE,
  CT_LOGICAL_NOT, CT_DETACH, CT_CONTIGUOUS, CT_CHANNELS_LAST, CT_IS_FINITE, CT_COS, CT_SIN
} CTUnary;
typedef enum CTBinary {
  CT_ADD, CT_SUBTRACT, CT_MULTIPLY, CT_DIVIDE, CT_MAXIMUM, CT_MINIMUM, CT_EQUAL, CT_LESS, CT_GREATER, CT_AND, CT_OR
} CTBinary;
CTTensor ct_unary(CTUnary op, CTTensorRef x);
CTTensor ct_binary(CTBinary op, CTTensorRef a, CTTensorRef b);
CTTensor ct_binary_scalar(CTBinary op, CTTensorRef a, double b);
CTTensor ct_clamp(CTTensorRef x, double low, double high);
CTTensor ct_where(CTTensorRef condition, CTTensorRef a, CTTensorRef b);
CTTensor ct_masked_fill(CTTensorRef x, CTTensorRef mask, double value);
CTTensor ct_to(CTTensorRef x, int32_t dtype, CTDevice device);

// Reductions; a rank of 0 means all dimensions
typedef enum CTReduction { CT_SUM, CT_MEAN, CT_AMAX, CT_AMIN, CT_LOG_SUM_EXP } CTReduction;
CTTensor ct_reduce(CTReduction op, CTTensorRef x, const ptrdiff_t *dimensions, ptrdiff_t rank, bool keep);
CTTensor ct_cumulative_sum(CTTensorRef x, ptrdiff_t dimension);
CTTensor ct_argmax(CTTensorRef x, ptrdiff_t dimension);
CTTensor ct_norm(CTTensorRef x, ptrdiff_t dimension, bool keep);
CTTensor ct_softmax(CTTensorRef x, ptrdiff_t dimension);
CTTensor ct_log_softmax(CTTensorRef x, ptrdiff_t dimension);

// Shape
CTTensor ct_view(CTTensorRef x, const ptrdiff_t *sizes, ptrdiff_t rank);
CTTensor ct_reshape(CTTensorRef x, const ptrdiff_t *sizes, ptrdiff_t rank);
CTTensor ct_expand(CTTensorRef x, const ptrdiff_t *sizes, ptrdiff_t rank);
CTTensor ct_permute(CTTensorRef x, const ptrdiff_t *order, ptrdiff_t rank);
CTTensor ct_transpose(CTTensorRef x, ptrdiff_t a, ptrdiff_t b);
CTTensor ct_squeeze(CTTensorRef x, ptrdiff_t dimension);
CTTensor ct_unsqueeze(CTTensorRef x, ptrdiff_t dimension);
CTTensor ct_select(CTTensorRef x, ptrdiff_t dimension, ptrdiff_t index);
CTTensor ct_narrow(CTTensorRef x, ptrdiff_t dimension, ptrdiff_t start, ptrdiff_t length);
CTTensor ct_concatenate(CTTensorRef const *parts, ptrdiff_t count, ptrdiff_t dimension);
CTTensor ct_pad(CTTensorRef x, const ptrdiff_t *amounts, ptrdiff_t count, double value);
CTTensor ct_gather(CTTensorRef x, ptrdiff_t dimension, CTTensorRef index);
CTTensor ct_index_select(CTTensorRef x, ptrdiff_t dimension, CTTensorRef index);
CTTensor ct_index_add(CTTensorRef x, ptrdiff_t dimension, CTTensorRef index, CTTensorRef source);

// Neural network operators
CTTensor ct_matmul(CTTensorRef a, CTTensorRef b);
CTTensor ct_linear(CTTensorRef x, CTTensorRef weight, CTTensorRef bias);
// The same plus scale · (x · downᵀ) · upᵀ, where weight and bias do not learn; `thinned`, if any, is x after dropout. See
// LowRank.cpp.
CTTensor ct_adapted_linear(CTTensorRef x, CTTensorRef thinned, CTTensorRef weight, CTTensorRef bias, CTTensorRef down,
                           CTTensorRef up, double scale);
// Weights in oneDNN's own layout, for ct_linear alone, where there is no gradient.
CTTensor ct_packed_weight(CTTensorRef weight);
// The same in panels of our own, where there is a bias too; see Panels.cpp.
CTTensor ct_panel_weight(CTTensorRef weight);
// The outputs of such layers, which read the same, side by side; gelu of them where that is asked for.
CTTensor ct_panel_linear(CTTensorRef x, CTTensorRef const *weights, CTTensorRef const *biases, ptrdiff_t count, bool gelu);
// 8-bit weights that take the place of a layer's `weight` in ct_linear, where there is a bias and no gradient; on the CPU.
CTTensor ct_quantized_weight(CTTensorRef weight);
CTTensor ct_layer_norm(CTTensorRef x, CTTensorRef weight, CTTensorRef bias, ptrdiff_t width, double epsilon);
CTTensor ct_embedding(CTTensorRef weight, CTTensorRef indices, ptrdiff_t padding_index);
CTTensor ct_dropout(CTTensorRef x, double probability);
CTTensor ct_attention(CTTensorRef query, CTTensorRef key, CTTensorRef value, CTTensorRef mask);
// The same of 32-bit floats on the CPU, without a gradient; the mask is [batch or 1, 1, 1, m]. See AttentionInUse.cpp.
CTTensor ct_attention_in_use(CTTensorRef query, CTTensorRef key, CTTensorRef value, CTTensorRef mask, double scale);
// softmax(scale * scores) over the keys that the mask shows, thinned by dropout; on the CPU.
CTTensor ct_attention_weights(CTTensorRef scores, CTTensorRef mask, double scale, double dropout);
// gelu(left[rows] + right[columns]) · weightᵀ + bias in 32-bit floats, without keeping what is inside; on the CPU.
CTTensor ct_pair_scores(CTTensorRef left, CTTensorRef right, CTTensorRef rows, CTTensorRef columns, CTTensorRef weight,
                        CTTensorRef bias);
CTTensor ct_cross_entropy(CTTensorRef logits, CTTensorRef targets, ptrdiff_t ignored);
CTTensor ct_conv2d(CTTensorRef x, CTTensorRef weight, CTTensorRef bias, ptrdiff_t stride, ptrdiff_t padding, ptrdiff_t groups);
CTTensor ct_batch_norm(CTTensorRef x, CTTensorRef weight, CTTensorRef bias, CTTensorRef mean, CTTensorRef variance,
                       bool training, double momentum, double epsilon);
CTTensor ct_max_pool2d(CTTensorRef x, ptrdiff_t kernel, ptrdiff_t stride, ptrdiff_t padding);

// In place, outside the graph
CTStatus ct_normal_(CTTensorRef x, double mean, double deviation);
CTStatus ct_uniform_(CTTensorRef x, double low, double high);
CTStatus ct_fill_(CTTensorRef x, double value);
CTStatus ct_copy_(CTTensorRef destination, CTTensorRef source);
CTStatus ct_set_data(CTTensorRef x, CTTensorRef data);

// Gradients
CTStatus ct_set_requires_grad(CTTensorRef x, bool required);
CTStatus ct_backward(CTTensorRef loss);
// The gradients of a scalar with respect to some tensors, NULL where it does not depend on one; the graph stays.
CTStatus ct_gradients(CTTensorRef loss, CTTensorRef const *tensors, ptrdiff_t count, CTTensor *gradients);
CTTensor ct_grad(CTTensorRef x);  // NULL without an error when there is none
CTStatus ct_set_grad(CTTensorRef x, CTTensorRef gradient);
CTTensor ct_with_gradient(CTTensorRef x, CTTensorRef gradient, double value);
bool ct_set_grad_enabled(bool enabled);  // returns what it was
CTStatus ct_set_autocast(bool enabled, int32_t dtype, CTDevice device);
// Between the two, the copies of weights that autocast makes are kept; scopes nest on a thread.
void ct_casts_keep(void);
void ct_casts_release(void);

// Optimisation. grad_norm is the 2-norm over all gradients; fused_adamw divides every gradient by *grad_scale* first.
CTStatus ct_grad_norm(CTTensorRef const *parameters, ptrdiff_t count, double *norm);
CTStatus ct_fused_adamw(CTTensorRef const *parameters, CTTensorRef const *first_moments, CTTensorRef const *second_moments,
                        CTTensorRef const *steps, ptrdiff_t count, double learning_rate, double beta1, double beta2,
                        double weight_decay, double epsilon, double grad_scale);

#ifdef __cplusplus
}
#endif
