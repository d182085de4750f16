#include "Engines.hpp"

#include <ATen/Context.h>

#include <array>
#include <atomic>
#include <map>

namespace ctorch {

namespace {

using Key = std::array<int64_t, 5>;

struct Table {
  std::map<Key, CTEngine> engines;
  CTEngine others = CT_ENGINE_ONEDNN, othersInBFloat16 = CT_ENGINE_ONEDNN;
};

// Threads read it while they compute: a new table takes the place of the old one, which stays for those that read it.
std::atomic<const Table *> table = new Table;

Key key(CTProduct product, bool inBFloat16, ptrdiff_t rowClass, int64_t inputs, int64_t outputs) {
  return {product, inBFloat16, rowClass, inputs, outputs};
}

}  // namespace

CTEngine engine(CTProduct product, bool inBFloat16, int64_t rows, int64_t inputs, int64_t outputs) {
  auto &current = *table.load(std::memory_order_acquire);
  auto rowClass = ct_row_class(rows);
  auto found = current.engines.find(key(product, inBFloat16, rowClass, inputs, outputs));
  if (found != current.engines.end()) return found->second;
  if (inBFloat16) return current.othersInBFloat16;
  // oneDNN prepares a product of each shape anew, which few rows do not repay.
  return rowClass == 0 ? CT_ENGINE_MKL : current.others;
}

bool multipliesBFloat16() {
  return table.load(std::memory_order_acquire)->othersInBFloat16 == CT_ENGINE_ONEDNN_BF16;
}

}  // namespace ctorch

using namespace ctorch;

extern "C" {

bool ct_has_mkl(void) { return at::hasMKL(); }

ptrdiff_t ct_row_class(ptrdiff_t rows) { return rows < 16 ? 0 : rows < 128 ? 1 : rows < 1024 ? 2 : 3; }

void ct_use_engines(const CTEngineChoice *choices, ptrdiff_t count, CTEngine others, CTEngine others_in_bfloat16) {
  auto next = new Table;
  next->others = others;
  next->othersInBFloat16 = others_in_bfloat16;
  for (ptrdiff_t i = 0; i < count; i++) {
    auto &choice = choices[i];
    next->engines[key(choice.product, choice.in_bfloat16, choice.row_class, choice.inputs, choice.outputs)] = choice.engine;
  }
  table.store(next, std::memory_order_release);
}

}  // extern "C"
