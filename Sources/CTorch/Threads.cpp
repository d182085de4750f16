#include "Vectorized.hpp"
#include "ctorch.h"

#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <semaphore>
#include <thread>

// libgomp's threads spin for each other for milliseconds before they sleep. That is the fastest on an idle machine, and beside
// another program it takes the processor from whom they wait for. libgomp spins a three-hundredth of that while it has more threads
// than there are processors (the variables that say so are read before a program's first line). So another pool of two threads,
// which sleep, is kept while threads of this program are often made to wait.

namespace {

/// Two sleeping threads of libgomp.
class SleepingPool {
 public:
  SleepingPool()
      : thread([this] {
          GOMP_parallel([](void *) {}, nullptr, 2, 0);
          end.acquire();
        }) {}

  ~SleepingPool() {
    end.release();
    thread.join();
  }

 private:
  std::binary_semaphore end{0};
  std::thread thread;
};

/// Looks twice a second whether the machine is shared; so it is taken to be at first, as a short command does not wait to see.
[[noreturn]] void watch() {
  constexpr long many = 20, few = 5;
  std::optional<SleepingPool> pool(std::in_place);
  for (long before = ct_preemptions();;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    const long now = ct_preemptions(), times = now - before;
    before = now;
    if (times > many && !pool) pool.emplace();
    if (times < few) pool.reset();
  }
}

}  // namespace

extern "C" long ct_preemptions(void) {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_nivcsw;
}

extern "C" void ct_calm_threads(void) {
  static std::once_flag once;
  if (std::getenv("OMP_WAIT_POLICY") || std::getenv("GOMP_SPINCOUNT")) return;
  std::call_once(once, [] { std::thread(watch).detach(); });
}
