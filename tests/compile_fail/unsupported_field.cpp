// expect: unsupported field type: use bool, fixed-width integers
#include <memory>

#include "codec/msgpack.hpp"

struct Holder {
#ifdef BROKEN
  std::shared_ptr<int> value;
#else
  int value = 0;
#endif
  WEFT_MESSAGE("test/Holder", value)
};

std::size_t use(const Holder& holder) {
  return weft::encoded_size(holder);
}
