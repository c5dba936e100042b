// Writes the corpora anew: `make_corpus tests/fuzz/corpus`. Each input is a valid value, or one that was cut
// or bent in a way that a parser must notice.
#include <filesystem>
#include <iostream>
#include <string>

#include "../codec/everything.hpp"
#include "../wire/golden_frames.hpp"
#include "codec/dynamic.hpp"
#include "discovery/packet.hpp"
#include "kit/files.hpp"
#include "node/judge.hpp"
#include "other_version.hpp"
#include "transport/zmq/framing.hpp"

namespace {

using namespace weft;
using test::owned;

Bytes cut(BytesView bytes, std::size_t size) {
  return owned(bytes.first(size));
}

Bytes joined(std::string text, BytesView bytes) {
  auto whole = owned(as_bytes(text));
  whole.insert(whole.end(), bytes.begin(), bytes.end());
  return whole;
}

/// Writes the inputs of one target.
class Corpus {
 public:
  Corpus(const std::string& root, const std::string& target) : folder_(root + "/" + target + "/") {
    std::filesystem::create_directories(folder_);
  }
  void add(const std::string& name, BytesView bytes) {
    written_ = test::write_bytes(folder_ + name, bytes) && written_;
  }
  void add(const std::string& name, const std::string& text) { add(name, as_bytes(text)); }
  [[nodiscard]] bool written() const { return written_; }

 private:
  std::string folder_;
  bool written_ = true;
};

bool frames(const std::string& root) {
  Corpus corpus(root, "frame");
  for (const auto& golden : test::golden_frames()) {
    const auto bytes = test::golden_bytes(golden);
    corpus.add(golden.name, bytes);
    if (golden.name == "message_all") corpus.add("without_its_extensions", cut(bytes, wire::header_bytes));
  }
  corpus.add("short", cut(test::golden_bytes(test::golden_frames().front()), wire::header_bytes - 1));
  return corpus.written();
}

bool schemas(const std::string& root) {
  Corpus corpus(root, "schema");
  const std::string whole(schema_text<test::Everything>());
  const std::string other(schema_text<fuzz::OtherVersion>());
  corpus.add("same", whole + "\n" + whole);
  corpus.add("widened", other + "\n" + whole);
  corpus.add("narrowed", whole + "\n" + other);
  corpus.add("another", "a/B{x:f64}\na/B{x:string}");
  corpus.add("empty", "a/B{}\na/B{x:optional<array<map<u8,list<bool>>,3>>}");
  corpus.add("enum", "a/B{e:a/E:i8(low=-128,high=127)}\na/B{e:a/E:u8(high=127)}");
  corpus.add("cut", whole.substr(0, whole.size() - 1));
  corpus.add("cut_in_a_list", "a/B{x:list<f64");
  std::string deep;
  for (int i = 0; i < 70; ++i)
    deep += "list<";
  corpus.add("deep", "a/B{x:" + deep);
  return corpus.written();
}

bool messages(const std::string& root) {
  Corpus corpus(root, "message");
  const auto full = encode(test::everything());
  corpus.add("everything", full);
  corpus.add("zero", encode(test::Everything{}));
  corpus.add("cut_before_its_first_field", cut(full, 3));
  corpus.add("cut_in_the_middle", cut(full, full.size() / 2));
  fuzz::OtherVersion other{.u16 = 9, .text = "t", .unknown = {{"k", {1, 2}}}, .mode = fuzz::OtherMode::busy};
  other.maybe = {3, {"c"}, "n"};
  other.names = {{-1, {}, "m"}};
  other.modes = {{fuzz::OtherMode::gone, true}};
  other.choice = test::Vec3{1, 2, 3};
  corpus.add("other_version", encode(other));
  other.choice = true;
  corpus.add("other_version_unknown_alternative", encode(other));
  const Bytes bytes(40, std::byte{7});
  corpus.add("borrowing", encode(fuzz::Borrowing{bytes}));
  return corpus.written();
}

bool dynamics(const std::string& root) {
  Corpus corpus(root, "dynamic");
  const auto schema = Schema::of<test::Everything>();
  const auto line = schema.text() + "\n";
  for (const auto& [name, message] :
       {std::pair("everything", test::everything()), std::pair("zero", test::Everything{})}) {
    const auto bytes = encode(message);
    corpus.add(std::string(name) + "_bytes", joined(line, bytes));
    corpus.add(std::string(name) + "_json", line + to_json(schema, bytes).value().dump());
  }
  corpus.add("left_out", line + "{}");
  corpus.add("negative_duration",
             "a/B{d:duration,t:time}\n{\"d\":\"-1.5s\",\"t\":\"1969-12-31T23:59:59.5Z\"}");
  corpus.add(
      "numbers",
      "a/B{x:f32,y:f64,k:map<i8,u64>}\n{\"x\":\"-inf\",\"y\":-0.0,\"k\":{\"-5\":18446744073709551615}}");
  corpus.add("wrong_field", "a/B{x:f64}\n{\"y\":1}");
  corpus.add("padding", "a/B{b:bytes}\n{\"b\":\"/+8=\"}");
  return corpus.written();
}

/// The schema and a message, as the targets of paths and filters want them first.
std::string a_message() {
  return R"(a/B{n:u64,x:optional<f64>,s:string,m:a/M:i8(low=-1,high=1),b:bool,t:time,d:duration,)"
         R"(l:list<a/P{x:f64}>,p:array<u8,2>,k:map<string,f64>,i:map<i16,bool>,v:variant<bool,a/P{x:f64}>})"
         "\n"
         R"({"n":18446744073709551615,"x":"-inf","s":"t","m":"high","b":true,"t":"1969-12-31T23:59:59.5Z",)"
         R"("d":"-1.5s","l":[{"x":1},{"x":2}],"p":[1,2],"k":{"a b":1},"i":{"-5":true,"5":true},)"
         R"("v":{"a/P":{"x":3}}})"
         "\n";
}

bool field_paths(const std::string& root) {
  Corpus corpus(root, "field_path");
  for (const auto& [name, path] :
       std::initializer_list<std::pair<const char*, const char*>>{{"field", "m"},
                                                                  {"element", "l[1].x"},
                                                                  {"beyond_the_end", "l[1000000].x"},
                                                                  {"beyond_an_array", "p[2]"},
                                                                  {"key", "k[\"a b\"]"},
                                                                  {"key_as_a_name", "k.a"},
                                                                  {"key_of_a_number", "i[5]"},
                                                                  {"alternative", "v[\"a/P\"].x"},
                                                                  {"another_alternative", "v.bool"},
                                                                  {"optional", "x"},
                                                                  {"through_a_scalar", "n.x"},
                                                                  {"nearly", "nn"},
                                                                  {"escapes", "k[\"\\u0061 \\\"b\"]"},
                                                                  {"cut_in_an_escape", "k[\"a\\"},
                                                                  {"cut", "l["},
                                                                  {"too_large", "l[99999999999999999999]"},
                                                                  {"two_dots", "l..x"}})
    corpus.add(name, a_message() + path);
  return corpus.written();
}

bool filters(const std::string& root) {
  Corpus corpus(root, "filter");
  for (const auto& [name, filter] : std::initializer_list<std::pair<const char*, std::string>>{
           {"all", R"(n > 9.5 && (m == high || !b) && s != "left" && l[1].x >= 2)"},
           {"any", "n < -1 || k[\"a b\"] == 1 || i[5]"},
           {"times", R"(t <= "2026-01-02T03:04:05Z" && d > "-2s" && d != 5)"},
           {"null", "x != null && v.bool == null"},
           {"infinite", "x < 1e308"},
           {"beyond_the_end", "l[1000000].x == 1"},
           {"largest", "n == 18446744073709551615"},
           {"bool", "b"},
           {"no_bool", "n"},
           {"no_enumerator", "m == hihg"},
           {"no_field", "b && nn == 1"},
           {"unordered", "m < low"},
           {"cut_before_its_literal", "n =="},
           {"cut_in_an_escape", "s == \"a\\"},
           {"cut_in_a_path", "k[\"a\\"},
           {"unclosed", "(b"},
           {"deep", std::string(63, '!') + "b"},
           {"too_deep", std::string(70, '(') + "b"},
           {"number_out_of_form", "n == 1e"}})
    corpus.add(name, a_message() + filter);
  return corpus.written();
}

bool handshakes(const std::string& root) {
  using namespace transport::zeromq;
  Corpus corpus(root, "handshake");
  const Token token{{0x1122334455667788, 7}, {1000, true}, 3};
  const auto ack = write_ack({token, {0x99, 3}, 42});
  const auto after_mark = BytesView(ack).subspan(1);
  corpus.add("token", token.bytes());
  corpus.add("ack", after_mark);
  corpus.add("ack_cut", cut(after_mark, Token::size + 4));
  const std::string schema(schema_text<test::Everything>());
  const std::string other(schema_text<fuzz::OtherVersion>());
  corpus.add("same_type", node::announce({"test/topic", schema, {}}, {}));
  corpus.add("other_version", node::announce({"test/topic", other, schema}, {}));
  corpus.add("another_type", node::announce({"test/topic", "a/B{x:f64}", "a/B{}"}, {}));
  corpus.add("no_type", node::announce({"test/topic", {}, {}}, {}));
  corpus.add("bad_schema", node::announce({"test/topic", "a/B{x:list<", {}}, {}));
  corpus.add("another_topic", node::announce({"test\nother", schema, {}}, {}));
  return corpus.written();
}

/// What a Context sends to the daemon, packet by packet, each behind its length.
class Stream {
 public:
  explicit Stream(const discovery::Hello& hello) { add(encode_packet(hello)); }
  Stream& add(BytesView packet) {
    for (int shift = 0; shift < 32; shift += 8)
      bytes_.push_back(std::byte(packet.size() >> shift));
    bytes_.insert(bytes_.end(), packet.begin(), packet.end());
    return *this;
  }
  template <Message T>
  Stream& say(const T& message) {
    return add(discovery::encode_packet(message));
  }
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

discovery::Hello hello() {
  return {.version = "1",
          .context = 5,
          .program = "p",
          .schemas = discovery::schemas_of<discovery::ContextWord>()};
}

discovery::Port port_of(discovery::PortKind kind, std::uint32_t number, std::string schema) {
  discovery::Port port{.key = {5, number}, .kind = kind, .node = 1, .name = "t", .schema = std::move(schema)};
  port.media = {{"near", true}, {"ipc", false}};
  return port;
}

bool discoveries(const std::string& root) {
  using namespace discovery;
  Corpus corpus(root, "discovery");
  const auto publisher = port_of(PortKind::publisher, 1, "a/B{x:f32}");
  auto subscriber = port_of(PortKind::subscriber, 2, "a/B{x:f64}");
  Stream session(hello());
  session.say(NodeUp{{1, "n", "s"}}).say(PortUp{publisher}).say(PortUp{subscriber}).say(Synced{});
  session.say(Hosting{1, "ipc", "ipc://x", ""}).say(PortUp{port_of(PortKind::client, 3, "a/C{}")});
  corpus.add("hello", Stream(hello()).bytes());
  corpus.add("session", session.bytes());
  corpus.add("cut", cut(session.bytes(), session.bytes().size() - 9));
  corpus.add("short_packet", Stream(hello()).add(cut(encode_packet(Synced{}), 5)).bytes());
  session.say(Hosting{1, "ipc", "", "no room"}).say(PortDown{1}).say(PortDown{2}).say(NodeDown{1});
  corpus.add("whole_life", session.bytes());
  corpus.add("same_port_twice", Stream(hello()).say(PortUp{publisher}).say(PortUp{publisher}).bytes());
  subscriber.reliable = true;
  subscriber.media = {{"queue", false}};
  Stream queue(hello());
  queue.say(PortUp{port_of(PortKind::worker, 1, "a/B{x:f64}")}).say(Hosting{1, "ipc", "ipc://x", ""});
  corpus.add("queue", queue.say(PortUp{port_of(PortKind::producer, 2, "a/B{x:f32}")}).bytes());
  corpus.add("nothing_in_common", Stream(hello()).say(PortUp{subscriber}).bytes());
  auto watching = hello();
  watching.watches = true;
  watching.schemas = {"weft/PortDown{unknown:string,port:u8}", "weft/Unknown{}"};
  corpus.add("watcher_of_another_version",
             Stream(watching).add(encode_packet(fuzz::OtherPortDown{"x", 1})).bytes());
  watching.major = 2;
  corpus.add("another_major", Stream(watching).bytes());
  return corpus.written();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return std::cerr << "usage: make_corpus DIRECTORY\n", 2;
  const std::string root = arguments[1];
  if (frames(root) && schemas(root) && messages(root) && dynamics(root) && field_paths(root) &&
      filters(root) && handshakes(root) && discoveries(root)) {
    return 0;
  }
  std::cerr << root << ": cannot be written\n";
  return 1;
}
