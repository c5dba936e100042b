// expect: a variant's alternatives must differ in schema and name
#include "type/describe.hpp"

struct Choice {
#ifdef BROKEN
  std::vector<std::variant<weft::Bytes, weft::BytesView>> values;
#else
  std::vector<std::variant<weft::Bytes, std::string>> values;
#endif
  WEFT_MESSAGE("test/Choice", values)
};

static_assert(!weft::schema_text<Choice>().empty());
