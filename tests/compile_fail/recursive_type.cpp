// expect: a recursive type cannot travel: a message may not contain itself
#include <vector>

#include "codec/msgpack.hpp"

struct Tree {
  int value = 0;
#ifdef BROKEN
  std::vector<Tree> children;
  WEFT_MESSAGE("test/Tree", value, children)
#else
  WEFT_MESSAGE("test/Tree", value)
#endif
};

std::size_t use(const Tree& tree) {
  return weft::encoded_size(tree);
}
