#pragma once
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <bit>
#include <cstdint>
#include <utility>

// ThreadSanitizer instruments the code that chooses among clones, which runs before the sanitizer does.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CTORCH_HAS_NO_CLONES 1
#endif
#endif

/// Loops that the compiler turns into vector code for the processor at hand.
#if defined(__x86_64__) && !defined(CTORCH_HAS_NO_CLONES)
#define VECTORIZED __attribute__((target_clones("avx512bw", "avx2", "default")))
#else
#define VECTORIZED
#endif

/// What such loops call, compiled for the same processor.
#define INLINED inline __attribute__((always_inline))

// The threads of libgomp, which is the engine's: `at::parallel_for` uses them only in code that GCC compiles with OpenMP.
extern "C" void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
extern "C" int omp_get_thread_num(void);
extern "C" int omp_get_num_threads(void);
extern "C" void omp_set_num_threads(int count);

namespace ctorch {

/// The bits of the nearest 16-bit float.
INLINED uint16_t roundedToBFloat16(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  return static_cast<uint16_t>(x != x ? 0x7fc0 : (bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

/// Calls `body(first, last)` for parts of 0 ..< count, of at least `grain` each, on the engine's threads.
template <typename Body>
void inParallel(int64_t count, int64_t grain, const Body &body) {
  struct Task {
    const Body &body;
    int64_t count;
  } task{body, count};
  const int64_t threads = std::min<int64_t>(at::in_parallel_region() ? 1 : at::get_num_threads(), count / grain);
  if (threads <= 1) return body(int64_t(0), count);
  const auto part = [](void *pointer) {
    const auto &task = *static_cast<const Task *>(pointer);
    const int64_t index = omp_get_thread_num(), parts = omp_get_num_threads();
    task.body(task.count * index / parts, task.count * (index + 1) / parts);
  };
  GOMP_parallel(part, &task, static_cast<unsigned>(threads), 0);
}

/// Has libtorch's operators on this thread use no other while it lives: some wake one for the fewest rows.
class OneThread {
 public:
  OneThread() : before(at::get_num_threads()) { omp_set_num_threads(1); }
  ~OneThread() { omp_set_num_threads(before); }
  OneThread(const OneThread &) = delete;

 private:
  const int before;
};

/// Which elements dropout keeps, as bytes, and what it multiplies them with; drawn from the engine's generator.
std::pair<at::Tensor, double> drawKept(at::IntArrayRef sizes, double probability);

}  // namespace ctorch
