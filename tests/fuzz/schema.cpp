// Two lines as two schemas, a writer's and a reader's: parsing is total, text and tree are equivalent, and
// any two give a plan or a mismatch.
#include "type/schema.hpp"

#include "require.hpp"
#include "type/plan.hpp"

using namespace weft;
using fuzz::require;

namespace {

void check(const Schema& schema, std::string_view text) {
  require(schema.text() == text && schema.root().text() == text, "the tree gives the text back");
  const auto plan = make_plan(schema, schema);
  require(plan && plan->is_direct() && diff(schema, schema).empty(), "a schema does not differ from itself");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = as_text(fuzz::bytes_of(data, size));
  const auto first = fuzz::first_line(text);
  const auto writer = Schema::parse(first);
  const auto reader = Schema::parse(text);
  if (writer) check(*writer, first);
  if (reader) check(*reader, text);
  if (!writer || !reader) return 0;
  const auto plan = make_plan(*writer, *reader);
  require(plan || plan.error().code == Errc::incompatible, "without a plan the two are incompatible");
  require(plan || !diff(*writer, *reader).empty(), "without a plan there is a difference");
  return 0;
}
