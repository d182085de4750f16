#include "Internal.hpp"

#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <dlfcn.h>
#include <torch/csrc/api/include/torch/version.h>

namespace ctorch {

static thread_local std::string lastError;

// The first failure of each open scope, outermost first.
static thread_local std::vector<std::optional<std::string>> failureScopes;

void setError(const char *message) {
  lastError = message ? message : "an unknown failure";
  // A missing backend's message lists every registered kernel; the first sentence says what is wrong.
  if (auto end = lastError.find(". '"); lastError.size() > 1000 && end != std::string::npos) lastError.resize(end + 1);
  if (lastError.size() > 1000) lastError.resize(1000);
}

}  // namespace ctorch

using namespace ctorch;

extern "C" {

const char *ct_last_error(void) { return lastError.c_str(); }

void ct_failure_scope_begin(void) { failureScopes.emplace_back(); }

bool ct_failure_scope_is_open(void) { return !failureScopes.empty(); }

void ct_failure_scope_note(void) {
  if (!failureScopes.back()) failureScopes.back() = lastError;
}

const char *ct_failure_scope_end(void) {
  static thread_local std::optional<std::string> ended;
  ended = std::move(failureScopes.back());
  failureScopes.pop_back();
  return ended ? ended->c_str() : nullptr;
}

const char *ct_version(void) { return TORCH_VERSION; }

void ct_set_thread_count(ptrdiff_t count) { at::set_num_threads(static_cast<int>(count)); }

ptrdiff_t ct_thread_count(void) { return at::get_num_threads(); }

CTStatus ct_load_cuda(void) {
  if (dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL)) return 0;
  setError(dlerror());
  return -1;
}

ptrdiff_t ct_cuda_device_count(void) {
  return guarded<ptrdiff_t>(0, [] {
    return at::globalContext().hasCUDA() ? static_cast<ptrdiff_t>(at::getNumGPUs()) : 0;
  });
}

CTStatus ct_synchronize(CTDevice where) {
  return status([&] {
    if (!device(where).is_cpu()) at::accelerator::synchronizeDevice(device(where).index());
  });
}

CTStatus ct_manual_seed(uint64_t seed) {
  return status([&] { at::manual_seed(seed); });
}

CTTensor ct_random_state(CTDevice where) {
  return tensor([&] {
    auto generator = at::globalContext().defaultGenerator(device(where));
    std::lock_guard<std::mutex> lock(generator.mutex());
    return generator.get_state();
  });
}

CTStatus ct_set_random_state(CTDevice where, CTTensorRef state) {
  return status([&] {
    auto generator = at::globalContext().defaultGenerator(device(where));
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(borrow(state));
  });
}

bool ct_set_grad_enabled(bool enabled) {
  bool before = at::GradMode::is_enabled();
  at::GradMode::set_enabled(enabled);
  return before;
}

CTStatus ct_set_autocast(bool enabled, int32_t dtype, CTDevice where) {
  return status([&] {
    auto type = device(where).type();
    if (enabled) at::autocast::set_autocast_dtype(type, static_cast<at::ScalarType>(dtype));
    at::autocast::set_autocast_enabled(type, enabled);
    at::autocast::set_autocast_cache_enabled(true);
  });
}

void ct_casts_keep(void) { at::autocast::increment_nesting(); }

void ct_casts_release(void) {
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
}

}  // extern "C"
