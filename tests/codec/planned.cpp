#include <catch2/catch.hpp>

#include "allocations.hpp"
#include "codec/msgpack.hpp"

namespace weft::test {
namespace {

namespace old {
enum class Mode : std::uint8_t { idle, busy, lost };
WEFT_ENUM(Mode, "robot/Mode", idle, busy, lost)

struct Part {
  float x = 0;
  std::string name;
  std::int32_t count = 0;
  WEFT_MESSAGE("robot/Part", x, name, count)
};

struct State {
  Part part;
  std::map<std::string, std::vector<std::int32_t>> dropped;
  std::vector<Part> parts;
  std::array<Part, 2> pair;
  std::map<Mode, Part> by_mode;
  std::variant<Part, std::int32_t, bool> choice;
  std::optional<Part> maybe;
  Mode mode = Mode::idle;
  WEFT_MESSAGE("robot/State", part, dropped, parts, pair, by_mode, choice, maybe, mode)
};
}  // namespace old

namespace fresh {
enum class Mode : std::int16_t { busy = 7, idle = 8 };
WEFT_ENUM(Mode, "robot/Mode", busy, idle)

struct Part {
  std::int32_t added = 42;
  std::optional<std::int64_t> count;
  double x = 0;
  std::string name;
  WEFT_MESSAGE("robot/Part", added, count, x, name)
};

struct State {
  Mode mode = Mode::busy;
  std::string note = "none";
  std::variant<std::string, std::int32_t, Part> choice;
  std::optional<Part> part;
  std::vector<Part> parts;
  std::array<Part, 2> pair;
  std::map<Mode, Part> by_mode;
  std::optional<Part> maybe;
  WEFT_MESSAGE("robot/State", mode, note, choice, part, parts, pair, by_mode, maybe)
};
}  // namespace fresh

Plan plan() {
  return *make_plan(Schema::of<old::State>(), Schema::of<fresh::State>());
}

old::State old_state() {
  old::State state;
  state.part = {1.5F, "arm", -3};
  state.dropped = {{"gone", {1, 2, 3}}};
  state.parts = {{2.5F, "leg", 4}};
  state.pair = {old::Part{1, "l", 1}, old::Part{2, "r", 2}};
  state.by_mode = {{old::Mode::idle, {9, "i", 9}}, {old::Mode::busy, {}}};
  state.choice = 5;
  state.maybe = old::Part{3, "m", 3};
  state.mode = old::Mode::idle;
  return state;
}

fresh::State read(const old::State& state) {
  fresh::State result;
  auto done = decode(encode(state), plan(), result);
  INFO((done ? "" : done.error().message));
  REQUIRE(done);
  return result;
}

}  // namespace

TEST_CASE("fields are read by name, from any order, and widened") {
  auto state = read(old_state());
  REQUIRE(state.part);
  CHECK(state.part->x == 1.5);
  CHECK(state.part->name == "arm");
  CHECK(state.part->count == -3);
}

TEST_CASE("a field that the writer lacks has the reader's default, in nested messages too") {
  auto state = read(old_state());
  CHECK(state.note == "none");
  CHECK(state.part->added == 42);
  CHECK(state.parts.at(0).added == 42);
  CHECK(state.pair[1].added == 42);
}

TEST_CASE("the default comes back when an object is decoded into again") {
  fresh::State state;
  state.note = "stale";
  state.pair[0].added = 1;
  REQUIRE(decode(encode(old_state()), plan(), state));
  CHECK(state.note == "none");
  CHECK(state.pair[0].added == 42);
}

TEST_CASE("elements, map entries and optionals follow the plan") {
  auto state = read(old_state());
  CHECK(state.parts.at(0).name == "leg");
  CHECK(state.pair[0].name == "l");
  CHECK(state.by_mode.at(fresh::Mode::idle).name == "i");
  CHECK(state.by_mode.at(fresh::Mode::busy).x == 0);
  CHECK(state.maybe->count == 3);
  auto without = old_state();
  without.maybe.reset();
  CHECK(!read(without).maybe);
}

TEST_CASE("enumerators are read by name, whatever their numbers") {
  CHECK(read(old_state()).mode == fresh::Mode::idle);
}

TEST_CASE("alternatives are read by type, whatever their places") {
  auto state = old_state();
  CHECK(std::get<std::int32_t>(read(state).choice) == 5);
  state.choice = old::Part{7, "seven", 7};
  CHECK(std::get<fresh::Part>(read(state).choice).name == "seven");
}

TEST_CASE("an enumerator or alternative that the reader lacks makes the message undecodable") {
  fresh::State state;
  auto lost = old_state();
  lost.mode = old::Mode::lost;
  auto result = decode(encode(lost), plan(), state);
  REQUIRE(!result);
  CHECK(result.error().code == Errc::incompatible);
  CHECK(result.error().message.find("mode: an enumerator that is unknown here") != std::string::npos);
  auto other = old_state();
  other.choice = true;
  result = decode(encode(other), plan(), state);
  REQUIRE(!result);
  CHECK(result.error().message.find("choice: a variant's alternative that is unknown here") !=
        std::string::npos);
}

TEST_CASE("a plan for another reader is refused") {
  old::Part part;
  auto result = decode(encode(old_state()), plan(), part);
  REQUIRE(!result);
  CHECK(result.error().code == Errc::invalid_argument);
}

TEST_CASE("damaged bytes are as harmless with a plan as without") {
  auto bytes = encode(old_state());
  auto by = plan();
  fresh::State state;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    REQUIRE(!decode(BytesView(bytes).first(size), by, state));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto damaged = bytes;
    damaged[bit / 8] ^= std::byte{1} << (bit % 8);
    bool good = false;
    auto used = allocated_by([&] { good = decode(damaged, by, state).has_value(); });
    REQUIRE(used.bytes < 4096 + 200 * bytes.size());
    if (good) REQUIRE(encoded_size(state) > 0);
  }
}

TEST_CASE("a direct plan decodes as if there were none") {
  auto same = make_plan(Schema::of<old::State>(), Schema::of<old::State>());
  REQUIRE(same);
  old::State state;
  REQUIRE(decode(encode(old_state()), *same, state));
  CHECK(encode(state) == encode(old_state()));
}

}  // namespace weft::test
