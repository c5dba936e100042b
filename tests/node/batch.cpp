// Batches: many messages in one frame, each of which its reader gets as one.
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "kit.hpp"
#include "node/dynamic.hpp"

namespace weft::test {

namespace {

std::vector<Note> notes_from(std::uint64_t first, std::size_t count) {
  std::vector<Note> some;
  for (std::uint64_t i = first; i < first + count; ++i)
    some.push_back({i, std::string(i % 50, 'x')});
  return some;
}

constexpr Topic<Note> kept_notes{"test/notes", {.reliability = Reliability::reliable, .depth = 2000}};
constexpr std::size_t many = 1000;  // of which several frames are needed

}  // namespace

TEST_CASE("the messages of a batch are received one by one, each with its own sequence") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Joined<Note> pair(kept_notes, scheme);
  REQUIRE(pair.publisher.send_batch(notes_from(1, many)).value() == many);
  pair.publisher.send({many + 1, "alone"}).value();
  REQUIRE(pair.publisher.send_batch(notes_from(many + 2, 1)).value() == 1);
  REQUIRE(pair.publisher.send_batch({}).value() == 0);
  for (std::uint64_t i = 1; i <= many + 2; ++i) {
    const auto sample = pair.subscriber.receive(patience).value();
    REQUIRE(sample->number == i);
    REQUIRE(sample.header().sequence == i);
    REQUIRE(sample.header().count == 1);
    if (i <= many) REQUIRE(sample->text.size() == i % 50);
  }
  CHECK_FALSE(pair.subscriber.try_receive());
  CHECK(pair.subscriber.counters().total.sent == many + 2);
  CHECK(pair.subscriber.counters().total.delivered == many + 2);
  CHECK(pair.publisher.counters().total.sent == many + 2);
}

TEST_CASE("samples of a batch keep what they borrow, also when the ports have gone") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  auto pair = std::make_unique<Joined<Blob>>(blobs, scheme);
  std::vector<Bytes> bytes;
  std::vector<Blob> sent;
  for (std::size_t i = 0; i < 50; ++i)
    bytes.emplace_back(10 + i, std::byte(i));
  for (const auto& each : bytes)
    sent.push_back({each});
  REQUIRE(pair->publisher.send_batch(sent).value() == sent.size());
  std::vector<Sample<Blob>> samples;
  while (samples.size() < sent.size())
    samples.push_back(pair->subscriber.receive(patience).value());
  pair.reset();
  samples.erase(samples.begin());
  for (std::size_t i = 0; i < samples.size(); ++i)
    REQUIRE(std::ranges::equal(samples[i]->bytes, bytes[i + 1]));
}

TEST_CASE("a visitor sees each message that is there, as many as it likes; what it leaves is there still") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  Joined<Note> pair(kept_notes, scheme);
  const auto fd = pair.subscriber.fd().value();
  REQUIRE(pair.publisher.send_batch(notes_from(1, many)).value() == many);
  std::uint64_t seen = 0;
  const auto visit = [&](const Sample<Note>& sample) { REQUIRE(sample->number == ++seen); };
  while (pair.subscriber.receive_each(visit, 3) != 3) {
  }
  CHECK(readable(fd));
  while (seen < 10)
    pair.subscriber.receive_each(visit, 10 - seen);
  CHECK(pair.subscriber.matched() == 1);  // which looks for more
  CHECK(pair.subscriber.receive(patience).value()->number == ++seen);
  while (seen < many)
    pair.subscriber.receive_each(visit);
  CHECK(seen == many);
  CHECK(pair.subscriber.receive_each(visit) == 0);
}

TEST_CASE("a visitor may throw: it has had that message, and the next is there") {
  Joined<Note> pair(kept_notes, "ipc");
  pair.publisher.send_batch(notes_from(1, 3)).value();
  std::uint64_t seen = 0;
  const auto fails = [&](const Sample<Note>& sample) {
    seen = sample->number;
    throw std::runtime_error("visitor");
  };
  for (const auto next : {1U, 2U, 3U}) {
    const auto until_there = [&] {
      while (seen < next)
        pair.subscriber.receive_each(fails);
    };
    CHECK_THROWS_AS(until_there(), std::runtime_error);
    CHECK(seen == next);
  }
  CHECK(pair.subscriber.counters().total.delivered == 3);
}

TEST_CASE("flat messages of a batch are read in place") {
  const auto scheme = GENERATE("toy-aligned", "shm");
  CAPTURE(scheme);
  Joined<Vec3> pair(vectors, scheme);
  const std::vector<Vec3> sent(100, Vec3{1, 2, 3});
  REQUIRE(pair.publisher.send_batch(sent).value() == sent.size());
  const std::byte* last = nullptr;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const auto sample = pair.subscriber.receive(patience).value();
    REQUIRE(sample.header().kind == wire::Kind::flat);
    REQUIRE(sample->z == 3);
    const auto* at = reinterpret_cast<const std::byte*>(&*sample);
    if (last != nullptr) REQUIRE(at == last + wire::batched_bytes(sizeof(Vec3)));
    last = at;
  }
}

TEST_CASE("a batch reaches who knows its type, and who does not") {
  Joined<Note> pair(kept_notes);
  auto any = DynamicSubscriber::create(make_context(), "test/notes", kept_notes.qos()).value();
  any.connect(pair.publisher.bind(bindable("ipc", "-any")).value()).value();
  any.wait_matched(1, patience).value();
  pair.publisher.wait_matched(2, patience).value();
  pair.publisher.send_batch(notes_from(1, 20)).value();
  std::vector<DynamicSample> samples;
  for (std::uint64_t i = 1; i <= 20; ++i) {
    samples.push_back(any.receive(patience).value());
    REQUIRE(pair.subscriber.receive(patience).value()->number == i);
  }
  for (std::uint64_t i = 1; i <= 20; ++i)
    CHECK(samples[i - 1].json().value()["number"] == i);
}

TEST_CASE("a reliable batch waits for room until its deadline, and answers how many were sent") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  constexpr Topic<Blob> narrow{"test/blobs", {.reliability = Reliability::reliable, .depth = 4}};
  Joined<Blob> pair(narrow, scheme);
  const Bytes bytes(100);
  const std::vector<Blob> sent(10, Blob{bytes});  // two to a frame
  const auto first = pair.publisher.send_batch(sent, Deadline::passed()).value();
  CHECK(first == 4);
  CHECK(pair.publisher.send_batch(sent, Deadline::passed()).error().code == Errc::timeout);
  for (std::size_t i = 0; i < first; ++i)
    REQUIRE(pair.subscriber.receive(patience).value().header().sequence == i + 1);
  CHECK(pair.subscriber.counters().total.dropped_total() == 0);
}

TEST_CASE("what a full link drops of batches is counted message by message") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  constexpr Topic<Blob> narrow{"test/blobs", {.depth = 8}};
  Joined<Blob> pair(narrow, scheme);
  const Bytes bytes(300);
  const std::vector<Blob> sent(500, Blob{bytes});
  REQUIRE(pair.publisher.send_batch(sent).value() == sent.size());
  Counters counters;
  const Deadline deadline = patience;
  do {
    pair.subscriber.receive_each([](const Sample<Blob>&) {});
    pair.publisher.send({bytes}).value();
    counters = pair.subscriber.counters();
  } while (counters.total.sent <= sent.size() && !deadline.has_passed(now()));
  CHECK(counters.total.sent > sent.size());
  CHECK(counters.total.delivered.value() + counters.total.dropped_total() == counters.total.sent);
  if (scheme == "shm" || scheme == "inproc") CHECK(counters.total.dropped[std::size_t(DropCause::full)] > 0);
}

TEST_CASE("with nobody listening the messages of a batch count") {
  Joined<Note> pair(kept_notes, "ipc");
  auto publisher = pair.node.publisher(notes).value();
  CHECK(publisher.send_batch(notes_from(1, many)).value() == many);
  auto late = pair.node.subscriber(notes).value();
  late.connect(publisher.bind(bindable("ipc", "-late")).value()).value();
  late.wait_matched(1, patience).value();
  publisher.wait_matched(1, patience).value();
  publisher.send({1, "first"}).value();
  CHECK(late.receive(patience).value().header().sequence == many + 1);
  CHECK(late.counters().total.dropped_total() == 0);
}

namespace {

/// A publisher's end that says whatever it is told to, with the type of notes.
class Liar final : public transport::LinkObserver {
 public:
  bool matched(PortId, BytesView, std::uint64_t) override { return true; }
  void unmatched(PortId, DropCause) override {}
  void consumed(PortId, std::uint64_t) override {}

  explicit Liar(Context& context)
      : end_(context.transport("inproc")
                 .value()
                 ->open({.role = transport::Role::publisher, .id = {1, 2}, .name = "test/notes"}, *this)
                 .value()) {}
  std::string bind() { return end_->bind(transport::Endpoint::parse("inproc://liar").value()).value().uri(); }
  void say(std::uint64_t sequence, std::uint32_t count, BytesView payload) {
    wire::Header header;
    header.fingerprint = fingerprint<Note>();
    header.source = {1, 2};
    header.sequence = sequence;
    header.count = count;
    transport::Loan loan;
    end_->loan(loan, wire::header_size(header) + payload.size(), nullptr, Deadline::passed()).value();
    std::ranges::copy(payload, wire::write_header(header, loan.bytes).begin());
    end_->send(loan);
  }

 private:
  std::unique_ptr<transport::End> end_;
};

}  // namespace

TEST_CASE("a batch reaches a reader of smaller depth whole") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  const auto node = make_node();
  auto publisher = node.publisher(kept_notes).value();
  constexpr Topic<Note> shallow{"test/notes", {.reliability = Reliability::best_effort, .depth = 1000}};
  auto subscriber = node.subscriber(shallow).value();
  subscriber.connect(publisher.bind(bindable(scheme)).value()).value();
  publisher.wait_matched(1, patience).value();
  subscriber.wait_matched(1, patience).value();
  REQUIRE(publisher.send_batch(notes_from(1, 900)).value() == 900);
  for (std::uint64_t i = 1; i <= 900; ++i)
    REQUIRE(subscriber.receive(patience).value()->number == i);
  CHECK(subscriber.counters().total.dropped_total() == 0);
}

namespace {

struct alignas(16) Wide {
  double w = 0, x = 0, y = 0, z = 0;
  WEFT_MESSAGE("test/Wide", w, x, y, z)
};

}  // namespace

TEST_CASE("messages that want more than 8 bytes of alignment arrive, too, alone and together") {
  const auto scheme = GENERATE(from_range(schemes()));
  CAPTURE(scheme);
  constexpr Topic<Wide> wide{"test/wide", {.reliability = Reliability::reliable}};
  Joined<Wide> pair(wide, scheme);
  const std::vector<Wide> sent(10, Wide{1, 2, 3, 4});
  pair.publisher.send(sent.front()).value();
  REQUIRE(pair.publisher.send_batch(sent).value() == sent.size());
  for (std::size_t i = 0; i <= sent.size(); ++i)
    REQUIRE(pair.subscriber.receive(patience).value()->z == 4);
}

TEST_CASE("what is no message of a batch is counted as undecodable, and what comes next is read") {
  auto context = make_context();
  const auto node = make_node(context);
  Liar liar(*context);
  auto subscriber = node.subscriber(notes).value();
  subscriber.connect(liar.bind()).value();
  Bytes batch(3 * wire::batched_bytes(4));
  std::span<std::byte> rest(batch);
  const auto good = encode(Note{7, "x"});
  REQUIRE(good.size() == 4);
  std::ranges::copy(good, wire::put_message(rest, 4).begin());
  std::ranges::fill(wire::put_message(rest, 4), std::byte{0xff});
  std::ranges::copy(good, wire::put_message(rest, 4).begin());

  liar.say(3, 3, batch);
  CHECK(subscriber.receive(patience).value().header().sequence == 1);
  CHECK(subscriber.receive(patience).value().header().sequence == 3);
  liar.say(8, 5, batch);  // fewer than it says
  CHECK(subscriber.receive(patience).value().header().sequence == 4);
  CHECK(subscriber.receive(patience).value().header().sequence == 6);
  liar.say(9, 1, good);
  CHECK(subscriber.receive(patience).value().header().sequence == 9);
  liar.say(10, 2, {});
  liar.say(11, 1, good);
  CHECK(subscriber.receive(patience).value().header().sequence == 11);
  constexpr std::uint64_t lies = 20'000;
  for (std::uint64_t i = 0; i < lies; ++i) {
    liar.say(12 + 2 * i, 2, {});
    if (i % 100 == 0) CHECK_FALSE(subscriber.try_receive());
  }
  CHECK_FALSE(subscriber.try_receive());
  const auto total = subscriber.counters().total;
  CHECK(total.delivered == 6);
  CHECK(total.sent == total.delivered.value() + total.dropped_total());
  CHECK(total.dropped[std::size_t(DropCause::undecodable)] == 1 + 1 + 2 + 2 + 2 * lies);
}

}  // namespace weft::test
