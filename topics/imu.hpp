// Measurements of an inertial measurement unit: rotation rate, acceleration, magnetic field.
//
// Units     Radians per second, metres per second squared, tesla, degrees Celsius; covariances in their
//           squares.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "topics/geometry.hpp"
#include "type/message.hpp"
#include "type/topic.hpp"

namespace weft::topics::imu {

/// One measurement. Covariances are rows of x, y, z; all zero means unknown.
struct Imu {
  Time stamp;
  std::string frame;                   ///< The sensor's own frame, in which all vectors are given.
  geometry::Vec3 angular_velocity;     ///< Radians per second.
  geometry::Vec3 linear_acceleration;  ///< Metres per second squared; at rest 9.81 upwards.
  std::optional<geometry::Quaternion> orientation;         ///< Where the unit fuses one itself.
  std::array<double, 9> angular_velocity_covariance{};     ///< (rad/s)².
  std::array<double, 9> linear_acceleration_covariance{};  ///< (m/s²)².
  std::array<double, 9> orientation_covariance{};          ///< rad².
  WEFT_MESSAGE("imu/Imu", stamp, frame, angular_velocity, linear_acceleration, orientation,
               angular_velocity_covariance, linear_acceleration_covariance, orientation_covariance)
};

struct MagneticField {
  Time stamp;
  std::string frame;
  geometry::Vec3 field;                ///< Tesla.
  std::array<double, 9> covariance{};  ///< T².
  WEFT_MESSAGE("imu/MagneticField", stamp, frame, field, covariance)
};

struct Temperature {
  Time stamp;
  std::string frame;
  double celsius = 0;   ///< Degrees Celsius.
  double variance = 0;  ///< Square of degrees; 0 means unknown.
  WEFT_MESSAGE("imu/Temperature", stamp, frame, celsius, variance)
};

inline constexpr Topic<Imu> imu{"imu/data"};
inline constexpr Topic<MagneticField> magnetic_field{"imu/magnetic_field"};
inline constexpr Topic<Temperature> temperature{"imu/temperature"};

}  // namespace weft::topics::imu
