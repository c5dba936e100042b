#include "node/judge.hpp"

#include <fmt/format.h>

#include "codec/msgpack.hpp"
#include "type/names.hpp"
#include "wire/announcement.hpp"

namespace weft::node {

namespace {

Error refusal(std::string message) {
  return Error{Errc::incompatible, std::move(message)};
}

/// How `reader` reads what `writer` sends; nothing if they are the same or either is any type.
Result<std::optional<Plan>> plan_between(std::string_view writer, std::string_view reader) {
  if (writer.empty() || reader.empty() || writer == reader) return std::optional<Plan>();
  WEFT_TRY(auto from, Schema::parse(writer));
  WEFT_TRY(auto to, Schema::parse(reader));
  WEFT_TRY(auto plan, make_plan(from, to));
  return std::optional<Plan>(std::move(plan));
}

/// One of the announced types: what we read of it may need a plan, what we send must be readable.
Result<void> compare(std::string_view ours, std::string_view theirs, bool we_read, Verdict& verdict) {
  WEFT_TRY(auto plan, we_read ? plan_between(theirs, ours) : plan_between(ours, theirs));
  if (!we_read || theirs.empty()) return {};
  verdict.plan = std::move(plan);
  verdict.fingerprint = fingerprint_of(theirs);
  return {};
}

/// Whether they take exactly what we send: a server its response, the others their messages or requests.
bool takes_ours(const Contract& ours, const wire::Announcement& theirs) {
  const bool server = ours.reads == Contract::Reads::schema;
  const auto& sent = server ? ours.response : ours.schema;
  return !sent.empty() && sent == (server ? theirs.response : theirs.schema);
}

/// Their type, where we have none of our own.
Result<std::shared_ptr<const Schema>> learn(std::string_view ours, std::string_view theirs) {
  if (!ours.empty() || theirs.empty()) return std::shared_ptr<const Schema>();
  WEFT_TRY(auto schema, Schema::parse(theirs));
  return std::make_shared<const Schema>(std::move(schema));
}

/// Whether the publisher of the two offers what the subscriber asks for.
Result<void> check_offer(const Contract& ours, const wire::Announcement& theirs) {
  const bool subscribing = ours.reads == Contract::Reads::schema;
  const bool requested = subscribing ? ours.reliable : theirs.reliable;
  const bool offered = subscribing ? theirs.reliable : ours.reliable;
  if (ours.reads == Contract::Reads::response || offered || !requested) return {};
  return refusal("reliability: requested reliable, offered best_effort");
}

Result<Verdict> judge(const Contract& ours, BytesView bytes) {
  wire::Announcement theirs;
  WEFT_CHECK(decode_growing(bytes, theirs));
  if (theirs.name != ours.name) {
    const auto shown = is_topic_name(theirs.name) ? std::string_view(theirs.name) : "(out of form)";
    return refusal(fmt::format("the peer's name is \"{}\", not \"{}\"; is the endpoint the right one?", shown,
                               ours.name));
  }
  Verdict verdict;
  WEFT_CHECK(compare(ours.schema, theirs.schema, ours.reads == Contract::Reads::schema, verdict));
  WEFT_CHECK(compare(ours.response, theirs.response, ours.reads == Contract::Reads::response, verdict));
  WEFT_CHECK(check_offer(ours, theirs));
  WEFT_TRY(verdict.schema, learn(ours.schema, theirs.schema));
  WEFT_TRY(verdict.response, learn(ours.response, theirs.response));
  verdict.same = takes_ours(ours, theirs);
  return verdict;
}

}  // namespace

Bytes announce(const Contract& contract) {
  const wire::Announcement announcement{contract.name, contract.schema, contract.response, contract.reliable,
                                        contract.depth};
  Bytes bytes(encoded_size(announcement));
  encode(announcement, bytes);
  return bytes;
}

Judge judge_by(Contract contract) {
  return [ours = std::move(contract)](BytesView bytes) {
    if (bytes.empty()) return Verdict{};
    auto verdict = judge(ours, bytes);
    if (verdict) return *std::move(verdict);
    Verdict refused;
    refused.refusal = std::move(verdict).error().within(ours.name);
    refused.refusal->code = Errc::incompatible;
    return refused;
  };
}

}  // namespace weft::node
