#include "codec/workloads.hpp"

#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>

#include <msgpack.hpp>

#include "codec/msgpack.hpp"

namespace weft::perf {

namespace {

constexpr std::size_t mebibyte = 1 << 20;

struct Sensor {
  Time stamp;
  double x = 0, y = 0, z = 0;
  std::string frame;
  std::array<double, 9> covariance{};
  WEFT_MESSAGE("perf/Sensor", stamp, x, y, z, frame, covariance)
};

struct SensorArray {
  std::int64_t stamp = 0;
  double x = 0, y = 0, z = 0;
  std::string frame;
  std::array<double, 9> covariance{};
  MSGPACK_DEFINE_ARRAY(stamp, x, y, z, frame, covariance)
};

struct SensorMap {
  std::int64_t stamp = 0;
  double x = 0, y = 0, z = 0;
  std::string frame;
  std::array<double, 9> covariance{};
  MSGPACK_DEFINE_MAP(stamp, x, y, z, frame, covariance)
};

struct Blob {
  std::string name;
  Bytes bytes;
  WEFT_MESSAGE("perf/Blob", name, bytes)
};

struct BlobArray {
  std::string name;
  std::vector<char> bytes;
  MSGPACK_DEFINE_ARRAY(name, bytes)
};

struct View {
  std::string name;
  BytesView bytes;
  WEFT_MESSAGE("perf/View", name, bytes)
};

/// The compiler must take it that all memory is read and written here.
void keep(const void* value) {
  asm volatile("" : : "r"(value) : "memory");  // NOLINT(hicpp-no-assembler): there is no other way
}

std::array<double, 9> covariance() {
  std::array<double, 9> out{};
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = 1.0 / (1.0 + double(i));
  return out;
}

constexpr std::int64_t stamp_ns = 1'767'225'600'123'456'789;
constexpr const char* frame_name = "imu_link_frame_0";

template <class T>
T sensor() {
  return {stamp_ns, 0.25, -9.81, 3e-5, frame_name, covariance()};
}
template <>
Sensor sensor() {
  return {Time{Duration{stamp_ns}}, 0.25, -9.81, 3e-5, frame_name, covariance()};
}

template <class T>
void add_weft(std::vector<Workload>& all, const std::string& name, const T& value) {
  const auto message = std::make_shared<T>(value);
  const auto bytes = std::make_shared<Bytes>(encode(value));
  all.push_back(
      {name, "weft", "encode", bytes->size(), [message, out = Bytes(bytes->size())](std::uint64_t n) mutable {
         while (n-- != 0) {
           keep(message.get());
           encode(*message, std::span(out).first(encoded_size(*message)));
           keep(out.data());
         }
       }});
  all.push_back({name, "weft", "decode", bytes->size(), [bytes, into = T()](std::uint64_t n) mutable {
                   while (n-- != 0) {
                     keep(bytes->data());
                     if (!decode(BytesView(*bytes), into))
                       throw std::logic_error("it does not read what it wrote");
                     keep(&into);
                   }
                 }});
}

template <class T>
void add_msgpack(std::vector<Workload>& all, const std::string& name, const std::string& library,
                 const T& value) {
  const auto message = std::make_shared<T>(value);
  const auto bytes = std::make_shared<msgpack::sbuffer>();
  const auto out = std::make_shared<msgpack::sbuffer>();
  msgpack::pack(*bytes, value);
  all.push_back({name, library, "encode", bytes->size(), [message, out](std::uint64_t n) {
                   while (n-- != 0) {
                     keep(message.get());
                     out->clear();
                     msgpack::pack(*out, *message);
                     keep(out->data());
                   }
                 }});
  all.push_back({name, library, "decode", bytes->size(), [bytes, into = T()](std::uint64_t n) mutable {
                   while (n-- != 0) {
                     keep(bytes->data());
                     msgpack::unpack(bytes->data(), bytes->size())->convert(into);
                     keep(&into);
                   }
                 }});
}

void add_memcpy(std::vector<Workload>& all, const std::string& name, std::size_t bytes) {
  all.push_back({name, "memcpy", "copy", bytes,
                 [from = Bytes(bytes, std::byte{1}), to = Bytes(bytes)](std::uint64_t n) mutable {
                   while (n-- != 0) {
                     keep(from.data());
                     std::memcpy(to.data(), from.data(), from.size());
                     keep(to.data());
                   }
                 }});
}

}  // namespace

std::vector<Workload> codec_workloads() {
  std::vector<Workload> all;
  add_weft(all, "sensor", sensor<Sensor>());
  add_msgpack(all, "sensor", "msgpack-c array", sensor<SensorArray>());
  add_msgpack(all, "sensor", "msgpack-c map", sensor<SensorMap>());
  add_memcpy(all, "sensor", encoded_size(sensor<Sensor>()));
  static const Bytes bytes(mebibyte, std::byte{7});  // the views' own
  add_weft(all, "blob", Blob{"front", bytes});
  add_msgpack(all, "blob", "msgpack-c array", BlobArray{"front", std::vector<char>(mebibyte, 7)});
  add_memcpy(all, "blob", mebibyte);
  add_weft(all, "view", View{"front", bytes});
  return all;
}

}  // namespace weft::perf
