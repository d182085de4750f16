#include "Vectorized.hpp"
#include "ctorch.h"

#include <cstdlib>
#include <mutex>
#include <semaphore>
#include <thread>
#include <unistd.h>

// libgomp's threads spin for each other for milliseconds before they sleep, which takes the processor from whom they wait for
// when other programs run. It spins a three-hundredth of that where it has more threads than there are processors. The variables
// that say so are read before a program's first line, so a pool of two threads that sleep for ever is added here.

extern "C" void ct_calm_threads(void) {
  static std::once_flag once;
  if (std::getenv("OMP_WAIT_POLICY") || std::getenv("GOMP_SPINCOUNT")) return;
  std::call_once(once, [] {
    static std::binary_semaphore isPooled(0);
    std::thread([] {
      GOMP_parallel([](void *) {}, nullptr, 2, 0);
      isPooled.release();
      while (true) pause();
    }).detach();
    isPooled.acquire();
  });
}
