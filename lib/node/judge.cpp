#include "node/judge.hpp"

#include <fmt/format.h>

#include "codec/msgpack.hpp"
#include "discovery/contract.hpp"
#include "discovery/directory.hpp"
#include "type/names.hpp"
#include "wire/announcement.hpp"

namespace weft::node {

namespace {

using discovery::Terms;
using discovery::TypeText;
using Reads = Contract::Reads;

/// The types of one side, and its terms.
struct Side {
  Side(std::string_view schema_text, std::string_view response_text, bool is_reliable)
      : schema(schema_text), response(response_text), reliable(is_reliable) {}
  [[nodiscard]] Terms terms() { return {schema, response, reliable}; }

  TypeText schema;
  TypeText response;
  bool reliable;
};

/// Whether they take exactly what we send: a server its response, the others their messages or requests.
bool takes_ours(const Contract& ours, const wire::Announcement& theirs) {
  const bool server = ours.reads == Reads::schema;
  const auto& sent = server ? ours.response : ours.schema;
  return !sent.empty() && sent == (server ? theirs.response : theirs.schema);
}

/// Their type, where we have none of our own.
Result<std::shared_ptr<const Schema>> learn(TypeText& ours, TypeText& theirs) {
  if (!ours.text().empty() || theirs.text().empty()) return std::shared_ptr<const Schema>();
  WEFT_TRY(const auto* schema, theirs.schema());
  return std::make_shared<const Schema>(*schema);
}

/// What we read of them, and how.
void take_plan(Reads reads, discovery::Plans plans, const Side& theirs, Verdict& verdict) {
  if (reads == Reads::nothing) return;
  const auto text = reads == Reads::schema ? theirs.schema.text() : theirs.response.text();
  if (text.empty()) return;
  verdict.plan = std::move(reads == Reads::schema ? plans.schema : plans.response);
  verdict.fingerprint = fingerprint_of(text);
}

Result<void> check_name(const std::string& ours, const std::string& theirs) {
  if (theirs == ours) return {};
  const auto shown = is_topic_name(theirs) ? std::string_view(theirs) : "(out of form)";
  return Error{
      Errc::incompatible,
      fmt::format("the peer's name is \"{}\", not \"{}\"; is the endpoint the right one?", shown, ours)};
}

Result<Verdict> judge(const Contract& contract, const wire::Announcement& announced) {
  WEFT_CHECK(check_name(contract.name, announced.name));
  const bool of_topic = contract.reads != Reads::response;
  Side ours(contract.schema, contract.response, of_topic && contract.reliable);
  Side theirs(announced.schema, announced.response, of_topic && announced.reliable);
  auto& writer = contract.reads == Reads::schema ? theirs : ours;
  auto& reader = contract.reads == Reads::schema ? ours : theirs;
  WEFT_TRY(auto plans, discovery::plan_types(writer.terms(), reader.terms()));
  WEFT_CHECK(discovery::check_reliability(writer.terms(), reader.terms()));
  Verdict verdict;
  take_plan(contract.reads, std::move(plans), theirs, verdict);
  WEFT_TRY(verdict.schema, learn(ours.schema, theirs.schema));
  WEFT_TRY(verdict.response, learn(ours.response, theirs.response));
  verdict.same = takes_ours(contract, announced);
  verdict.depth = announced.depth;
  return verdict;
}

Verdict refused(const Contract& contract, Error why) {
  Verdict verdict;
  verdict.refusal = std::move(why).within(contract.name);
  verdict.refusal->code = Errc::incompatible;
  return verdict;
}

/// Of the length that discovery allows.
discovery::Peer who_says(const wire::Announcement& announced) {
  discovery::Peer who;
  who.node = announced.node.substr(0, discovery::Directory::most_text);
  who.program = announced.program.substr(0, discovery::Directory::most_text);
  who.pid = announced.pid;
  return who;
}

}  // namespace

Bytes announce(const Contract& contract, const Origin& origin) {
  const wire::Announcement announcement{contract.name,  contract.schema, contract.response, contract.reliable,
                                        contract.depth, origin.node,     origin.program,    origin.pid};
  Bytes bytes(encoded_size(announcement));
  encode(announcement, bytes);
  return bytes;
}

Judge judge_by(Contract contract) {
  return [ours = std::move(contract)](BytesView bytes) {
    if (bytes.empty()) return Verdict{};
    wire::Announcement announced;
    const auto decoded = decode_growing(bytes, announced);
    auto judged = decoded ? judge(ours, announced) : decoded.error();
    Verdict verdict = judged ? *std::move(judged) : refused(ours, std::move(judged).error());
    if (decoded) verdict.who = who_says(announced);
    return verdict;
  };
}

}  // namespace weft::node
