// Near names: what somebody may have meant who mistyped.
//
// Threads   Pure functions.
// Bounds    Names beyond 256 bytes are near nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weft {

/// How many characters must be inserted, removed, replaced or swapped with their neighbour to make `b` of `a`.
/// Costs |a|·|b|.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// That distance, where it is small enough for `other` to be what was meant by `name`: a third of its length, at least
/// one, at most three. What both begin with, up to a '/', is no part of the length.
std::optional<std::size_t> nearness(std::string_view name, std::string_view other);

/// The nearest of `names` that is near enough, else the only one that begins with `name`, else nothing.
std::string nearest(std::string_view name, std::span<const std::string> names);

/// "; did you mean \"a\" or \"b\"?", safe to show, or nothing: the end of a line about a name that is not there.
std::string did_you_mean(std::span<const std::string> names);

}  // namespace weft
