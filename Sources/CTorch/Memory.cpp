#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <mutex>
#include <vector>

// A training step asks for some thousand tensors of sizes that hardly repeat. The C library's aligned allocation
// answers by splitting blocks and returns large ones to the system, which costs page faults at every step; here a freed
// tensor's memory waits for the next tensor of about its size.

namespace ctorch {

namespace {

constexpr size_t alignment = 64;
constexpr size_t mostKept = size_t(512) << 20;

/// Sizes fall into classes, eight to each power of two, so that a block is at most an eighth larger than asked for.
constexpr int classBits = 3;
constexpr size_t classCount = 64 << classBits;

/// How many classes above the right one may serve a request.
constexpr size_t nearbyClasses = 3;

struct SizeClass {
  size_t index;
  size_t bytes;

  static SizeClass holding(size_t asked) {
    size_t units = std::max((asked + alignment - 1) / alignment, size_t(1) << classBits);
    int shift = std::bit_width(units) - 1 - classBits;
    size_t rounded = (units + (size_t(1) << shift) - 1) >> shift;
    return {(size_t(shift) << classBits) + rounded, (rounded << shift) * alignment};
  }
};

/// Stands in front of every block, and fills one alignment.
struct alignas(alignment) Header {
  SizeClass size;
};

class KeepingAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t asked) override {
    void *data = asked == 0 ? nullptr : take(asked);
    return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &release; }

  void copy_data(void *to, const void *from, size_t count) const override { default_copy_data(to, from, count); }

  static KeepingAllocator &shared() {
    static auto *allocator = new KeepingAllocator;  // outlives every tensor
    return *allocator;
  }

 private:
  std::mutex mutex;
  std::array<std::vector<Header *>, classCount> kept;
  size_t keptBytes = 0;

  void *take(size_t asked) {
    TORCH_CHECK(asked < size_t(1) << 48, "cannot allocate ", asked, " bytes of memory");
    auto size = SizeClass::holding(asked);
    {
      std::lock_guard lock(mutex);
      for (size_t index = size.index; index <= size.index + nearbyClasses; index++) {
        if (kept[index].empty()) continue;
        auto *block = kept[index].back();
        kept[index].pop_back();
        keptBytes -= block->size.bytes;
        return block + 1;
      }
    }
    auto *block = fresh(size.bytes);
    if (!block) {
      std::lock_guard lock(mutex);
      freeKept();
      block = fresh(size.bytes);
    }
    TORCH_CHECK(block, "cannot allocate ", asked, " bytes of memory");
    block->size = size;
    return block + 1;
  }

  static Header *fresh(size_t bytes) {
    return static_cast<Header *>(std::aligned_alloc(alignment, sizeof(Header) + bytes));
  }

  static void release(void *data) {
    if (data) shared().keep(static_cast<Header *>(data) - 1);
  }

  void keep(Header *block) {
    std::lock_guard lock(mutex);
    if (keptBytes + block->size.bytes > mostKept) freeKept();
    kept[block->size.index].push_back(block);
    keptBytes += block->size.bytes;
  }

  void freeKept() {
    for (auto &blocks : kept) {
      for (auto *block : blocks) std::free(block);
      blocks.clear();
    }
    keptBytes = 0;
  }
};

// Kept memory hides from AddressSanitizer that it was freed.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CTORCH_LEAVES_MEMORY_TO_SANITIZER 1
#endif
#endif

#ifndef CTORCH_LEAVES_MEMORY_TO_SANITIZER
__attribute__((constructor)) void keepMemory() {
  c10::SetCPUAllocator(&KeepingAllocator::shared(), 1);
  // oneDNN's own scratch memory does not come through the allocator.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 0x7fffffff);
}
#endif

}  // namespace

}  // namespace ctorch
