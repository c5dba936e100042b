#include <string>

#include <catch2/catch.hpp>

#include "type/describe.hpp"
#include "type/schema.hpp"

using namespace weft;

namespace robot {

struct Vec3 {
  double x = 0, y = 0, z = 0;
  WEFT_MESSAGE("geometry/Vec3", x, y, z)
};

enum class Mode : std::uint8_t { idle, busy };
WEFT_ENUM(Mode, "robot/Mode", idle, busy)

struct Imu {
  Time stamp;
  Vec3 accel;
  std::string frame;
  WEFT_MESSAGE("robot/Imu", stamp, accel, frame)
};

}  // namespace robot

namespace {

using robot::Mode;

enum class Level : std::int16_t { low = -5, high = 300 };
WEFT_ENUM(Level, "test/Level", low, high)

struct All {
  bool a;
  std::int8_t b;
  std::int16_t c;
  std::int32_t d;
  std::int64_t e;
  std::uint8_t f;
  std::uint16_t g;
  std::uint32_t h;
  std::uint64_t i;
  float j;
  double k;
  std::string l;
  Bytes m;
  BytesView n;
  Mode o;
  Time p;
  Duration q;
  std::optional<Level> r;
  std::vector<robot::Vec3> s;
  std::array<double, 9> t;
  std::map<std::string, Mode> u;
  std::variant<std::int32_t, robot::Vec3> v;
  WEFT_MESSAGE("test/All", a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v)
};

struct Nothing {
  WEFT_MESSAGE("test/Nothing")
};

struct Nested {
  robot::Vec3 at;
  std::array<Time, 2> window;
  WEFT_MESSAGE("test/Nested", at, window)
};

struct Padded {
  std::uint8_t small = 0;
  std::uint32_t large = 0;
  WEFT_MESSAGE("test/Padded", small, large)
};

struct WithBool {
  bool flag = false;
  WEFT_MESSAGE("test/WithBool", flag)
};

struct OutOfOrder {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  WEFT_MESSAGE("test/OutOfOrder", second, first)
};

template <class T>
struct Box {
  T value{};
  WEFT_MESSAGE("test/Box", value)
};

}  // namespace

TEST_CASE("a described struct stays an aggregate") {
  robot::Imu imu{.stamp = {}, .accel = {1, 2, 3}, .frame = "base"};
  auto& [stamp, accel, frame] = imu;
  CHECK(accel.y == 2);
  CHECK(frame == "base");
  CHECK(stamp == Time{});
}

TEST_CASE("the canonical text is known at compile time") {
  STATIC_REQUIRE(schema_text<robot::Imu>() ==
                 "robot/Imu{stamp:time,accel:geometry/Vec3{x:f64,y:f64,z:f64},frame:string}");
  STATIC_REQUIRE(schema_text<Nothing>() == "test/Nothing{}");
  STATIC_REQUIRE(type_name<robot::Imu>() == "robot/Imu");
}

TEST_CASE("every field type has its place in the text") {
  CHECK(schema_text<All>() ==
        "test/All{a:bool,b:i8,c:i16,d:i32,e:i64,f:u8,g:u16,h:u32,i:u64,j:f32,k:f64,l:string,m:bytes,n:bytes,"
        "o:robot/Mode:u8(idle=0,busy=1),p:time,q:duration,r:optional<test/Level:i16(low=-5,high=300)>,"
        "s:list<geometry/Vec3{x:f64,y:f64,z:f64}>,t:array<f64,9>,u:map<string,robot/Mode:u8(idle=0,busy=1)>,"
        "v:variant<i32,geometry/Vec3{x:f64,y:f64,z:f64}>}");
}

TEST_CASE("the fingerprint is FNV-1a of the canonical text") {
  STATIC_REQUIRE(fingerprint_of("") == 0xcbf29ce484222325);
  STATIC_REQUIRE(fingerprint_of("a") == 0xaf63dc4c8601ec8c);
  STATIC_REQUIRE(fingerprint<robot::Imu>() == fingerprint_of(schema_text<robot::Imu>()));
  STATIC_REQUIRE(fingerprint<robot::Imu>() != fingerprint<robot::Vec3>());
}

TEST_CASE("a type may be described inside a function, or be a template's") {
  struct Local {
    int value = 0;
    WEFT_MESSAGE("test/Local", value)
  };
  CHECK(schema_text<Local>() == "test/Local{value:i32}");
  CHECK(schema_text<Box<Local>>() == "test/Box{value:test/Local{value:i32}}");
}

TEST_CASE("integers are named by width and sign, not by their C++ names") {
  STATIC_REQUIRE(schema_text<Box<long>>() == schema_text<Box<long long>>());
  STATIC_REQUIRE(schema_text<Box<unsigned long>>() == "test/Box{value:u64}");
  STATIC_REQUIRE(schema_text<Box<signed char>>() == "test/Box{value:i8}");
}

TEST_CASE("a message knows whether it holds a view, however deep") {
  STATIC_REQUIRE(has_views<All>);
  STATIC_REQUIRE(has_views<Box<std::vector<std::optional<Box<BytesView>>>>>);
  STATIC_REQUIRE(!has_views<robot::Imu>);
  STATIC_REQUIRE(!has_views<Box<Bytes>>);
}

TEST_CASE("flat messages are without padding, and every bit pattern is a value") {
  STATIC_REQUIRE(Flat<robot::Vec3>);
  STATIC_REQUIRE(Flat<Nested>);
  STATIC_REQUIRE(!Flat<Padded>);
  STATIC_REQUIRE(!Flat<WithBool>);
  STATIC_REQUIRE(!Flat<Box<Mode>>);
  STATIC_REQUIRE(!Flat<Box<std::string>>);
  STATIC_REQUIRE(!Flat<Box<std::optional<int>>>);
  STATIC_REQUIRE(!Flat<Nothing>);
  STATIC_REQUIRE(!Flat<int>);
}

TEST_CASE("a message that lists its fields in another order than it declares them is not flat") {
  STATIC_REQUIRE(!Flat<OutOfOrder>);
}

TEST_CASE("an enumerator has the name that WEFT_ENUM lists") {
  STATIC_REQUIRE(enumerator_name(Mode::busy) == "busy");
  STATIC_REQUIRE(enumerator_name(static_cast<Mode>(9)).empty());
}

TEST_CASE("the compile-time and the run-time bound of a type's zero value agree") {
  STATIC_REQUIRE(detail::least_bytes<robot::Imu>() == 1 + 9 + 1 + 27 + 1);
  CHECK(Schema::of<All>().root().least_bytes == detail::least_bytes<All>());
  CHECK(Schema::of<Nested>().root().least_bytes == detail::least_bytes<Nested>());
}

TEST_CASE("a message may have two hundred and fifty-six fields") {
  struct Wide {
#define EIGHT(n) std::uint8_t n##0 = 0, n##1 = 0, n##2 = 0, n##3 = 0, n##4 = 0, n##5 = 0, n##6 = 0, n##7 = 0;
#define NAMES(n) n##0, n##1, n##2, n##3, n##4, n##5, n##6, n##7
#define EIGHT8(n) \
  EIGHT(n##0) EIGHT(n##1) EIGHT(n##2) EIGHT(n##3) EIGHT(n##4) EIGHT(n##5) EIGHT(n##6) EIGHT(n##7)
#define NAMES8(n) \
  NAMES(n##0), NAMES(n##1), NAMES(n##2), NAMES(n##3), NAMES(n##4), NAMES(n##5), NAMES(n##6), NAMES(n##7)
    EIGHT8(a)
    EIGHT8(b) EIGHT8(c) EIGHT8(d) WEFT_MESSAGE("test/Wide", NAMES8(a), NAMES8(b), NAMES8(c), NAMES8(d))
#undef EIGHT
#undef NAMES
#undef EIGHT8
#undef NAMES8
  };
  CHECK(Schema::of<Wide>().root().fields.size() == 256);
  STATIC_REQUIRE(Flat<Wide>);
}
