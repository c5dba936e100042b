#include "examples/images/recipe.hpp"

#include "examples/images/codec.hpp"
#include "examples/images/picture.hpp"

namespace weft::images {

Result<Bytes> process(BytesView file, const Steps& steps) {
  if (steps.width == 0 || steps.width > most_width || steps.blur > most_blur) {
    return Error{Errc::invalid_argument, fmt::format("{} pixels wide, blurred by {}: at most {} and {}",
                                                     steps.width, steps.blur, most_width, most_blur)};
  }
  WEFT_TRY(auto picture, decode(file));
  WEFT_TRY(auto small, resized(std::move(picture), steps.width));
  small = blurred(std::move(small), steps.blur);
  return encode(steps.equalise ? equalised(std::move(small)) : small);
}

}  // namespace weft::images
