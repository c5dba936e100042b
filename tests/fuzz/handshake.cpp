// Any bytes as what an end says when a link begins: tokens and confirmations of fan-out sockets,
// announcements as a topic's end, a service's and a tool's judge them.
#include "../codec/everything.hpp"
#include "node/judge.hpp"
#include "require.hpp"
#include "transport/zmq/framing.hpp"
#include "type/describe.hpp"

using namespace weft;
using fuzz::require;
using node::Contract;

namespace {

void check_framing(BytesView bytes) {
  using namespace transport::zeromq;
  if (const auto token = Token::read(bytes)) {
    require(Token::read(token->bytes()) == token, "a token is written as it was read");
  }
  if (const auto ack = read_ack(bytes)) {
    const auto written = write_ack(*ack);
    require(std::ranges::equal(BytesView(written).subspan(1), bytes), "and a confirmation too");
  }
}

void check_judge(const node::Judge& judge, BytesView bytes) {
  const auto verdict = judge(bytes);
  if (!verdict.refusal) return;
  require(verdict.refusal->code == Errc::incompatible && !verdict.plan, "who is refused is not read");
  require(verdict.refusal->message.find('\n') == std::string::npos, "a refusal is one line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string schema(schema_text<test::Everything>());
  static const auto reader = node::judge_by({"test/topic", schema, {}, Contract::Reads::schema});
  static const auto client = node::judge_by({"test/topic", schema, schema, Contract::Reads::response});
  static const auto tool = node::judge_by({"test/topic", {}, {}, Contract::Reads::schema});
  const auto bytes = fuzz::bytes_of(data, size);
  check_framing(bytes);
  check_judge(reader, bytes);
  check_judge(client, bytes);
  check_judge(tool, bytes);
  return 0;
}
