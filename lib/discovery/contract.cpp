#include "discovery/contract.hpp"

#include <utility>

#include "base/foreign_text.hpp"

namespace weft::discovery {

namespace {

Error shortened(Error error) {
  error.message = shown(error.message, max_reason_bytes);
  return error;
}

/// How `reader` reads what is written as `writer`; nothing if they are the same or either is any type.
Result<std::optional<Plan>> plan_between(TypeText& writer, TypeText& reader) {
  if (writer.text().empty() || reader.text().empty() || writer.text() == reader.text())
    return std::optional<Plan>();
  WEFT_TRY(const auto* from, writer.schema());
  WEFT_TRY(const auto* to, reader.schema());
  auto plan = make_plan(*from, *to);
  if (!plan) return shortened(std::move(plan).error());
  return std::optional<Plan>(*std::move(plan));
}

}  // namespace

Result<const Schema*> TypeText::schema() {
  if (!parsed_) parsed_.emplace(Schema::parse(text_));
  if (!*parsed_) return parsed_->error();
  return &**parsed_;
}

Result<Plans> plan_types(const Terms& writer, const Terms& reader) {
  Plans plans;
  WEFT_TRY(plans.schema, plan_between(writer.schema, reader.schema));
  WEFT_TRY(plans.response, plan_between(reader.response, writer.response));
  return plans;
}

Result<void> check_reliability(const Terms& writer, const Terms& reader) {
  if (writer.reliable || !reader.reliable) return {};
  return Error{Errc::incompatible, "reliability: requested reliable, offered best_effort"};
}

}  // namespace weft::discovery
