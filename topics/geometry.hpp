// Geometry in three dimensions: vectors, rotations, poses, velocities, transforms.
//
// Units     Metres, radians, seconds. Frames are right-handed; x forward, y left, z up where a body has a
//           front.
#pragma once

#include <array>
#include <string>

#include "base/time.hpp"
#include "type/message.hpp"
#include "type/topic.hpp"

namespace weft::topics::geometry {

/// The unit is said by the field that holds it.
struct Vec3 {
  double x = 0;
  double y = 0;
  double z = 0;
  WEFT_MESSAGE("geometry/Vec3", x, y, z)
};

/// A rotation, as a quaternion of length 1; the default turns nothing.
struct Quaternion {
  double w = 1;
  double x = 0;
  double y = 0;
  double z = 0;
  WEFT_MESSAGE("geometry/Quaternion", w, x, y, z)
};

struct Pose {
  Vec3 position;  ///< Metres.
  Quaternion orientation;
  WEFT_MESSAGE("geometry/Pose", position, orientation)
};

/// Velocity.
struct Twist {
  Vec3 linear;   ///< Metres per second.
  Vec3 angular;  ///< Radians per second about each axis.
  WEFT_MESSAGE("geometry/Twist", linear, angular)
};

/// Acceleration.
struct Accel {
  Vec3 linear;   ///< Metres per second squared.
  Vec3 angular;  ///< Radians per second squared about each axis.
  WEFT_MESSAGE("geometry/Accel", linear, angular)
};

/// Force and torque.
struct Wrench {
  Vec3 force;   ///< Newtons.
  Vec3 torque;  ///< Newton metres.
  WEFT_MESSAGE("geometry/Wrench", force, torque)
};

struct StampedPose {
  Time stamp;
  std::string frame;  ///< The frame in which `pose` is given.
  Pose pose;
  WEFT_MESSAGE("geometry/StampedPose", stamp, frame, pose)
};

struct StampedTwist {
  Time stamp;
  std::string frame;  ///< The frame in which `twist` is given.
  Twist twist;
  WEFT_MESSAGE("geometry/StampedTwist", stamp, frame, twist)
};

/// Where the frame `child` stands in the frame `parent`: a point's coordinates in `child`, rotated and then
/// moved by `pose`, are its coordinates in `parent`.
struct Transform {
  Time stamp;
  std::string parent;
  std::string child;
  Pose pose;
  WEFT_MESSAGE("geometry/Transform", stamp, parent, child, pose)
};

/// Pose and velocity of a moving body, as it reckons them.
struct Odometry {
  Time stamp;
  std::string frame;  ///< The frame in which `pose` is given.
  std::string body;   ///< The body's own frame, in which `twist` is given.
  Pose pose;
  std::array<double, 36> pose_covariance{};  ///< Rows of x, y, z (m), then rotation about each (rad).
  Twist twist;
  std::array<double, 36> twist_covariance{};  ///< The same of the velocities.
  WEFT_MESSAGE("geometry/Odometry", stamp, frame, body, pose, pose_covariance, twist, twist_covariance)
};

inline constexpr Topic<StampedPose> pose{"robot/pose"};
inline constexpr Topic<StampedTwist> velocity{"robot/velocity"};
inline constexpr Topic<StampedTwist> command{"robot/command"};
inline constexpr Topic<Odometry> odometry{"robot/odometry"};
inline constexpr Topic<Transform> transforms{"robot/transforms"};

}  // namespace weft::topics::geometry
