#include "examples/images/codec.hpp"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <string>

#include <jpeglib.h>
#include <png.h>

namespace weft::images {

namespace {

bool begins_with(BytesView file, std::string_view magic) {
  return as_text(file).starts_with(magic);
}

// ---- PNG ----------------------------------------------------------------------------------------------------------

/// libpng's own simplified reader and writer, which jump nowhere: an error is an answer, and a line in `image.message`.
class Png final {
 public:
  Png() { image_.version = PNG_IMAGE_VERSION; }
  ~Png() { png_image_free(&image_); }
  Png(const Png&) = delete;
  Png& operator=(const Png&) = delete;

  Result<Picture> read(BytesView file) {
    if (png_image_begin_read_from_memory(&image_, file.data(), file.size()) == 0)
      return failure(Errc::malformed);
    WEFT_TRY(auto picture, Picture::create(image_.width, image_.height));
    image_.format = PNG_FORMAT_RGB;
    const png_color white{255, 255, 255};
    if (png_image_finish_read(&image_, &white, picture.rgb.data(), 0, nullptr) == 0)
      return failure(Errc::malformed);
    return picture;
  }

  Result<Bytes> write(const Picture& picture) {
    image_.width = picture.width;
    image_.height = picture.height;
    image_.format = PNG_FORMAT_RGB;
    Bytes file(PNG_IMAGE_PNG_SIZE_MAX(image_));
    png_alloc_size_t size = file.size();
    if (png_image_write_to_memory(&image_, file.data(), &size, 0, picture.rgb.data(), 0, nullptr) == 0)
      return failure(Errc::internal);
    file.resize(size);
    return file;
  }

 private:
  [[nodiscard]] Error failure(Errc code) const { return {code, std::string("PNG: ") + image_.message}; }

  png_image image_{};
};

// ---- JPEG ---------------------------------------------------------------------------------------------------------

constexpr int most_scans =
    500;  // a progressive file of some kB may have as many as it likes, each over all pixels

/// libjpeg reports an error by a function that must not return. Ours jumps back into the member function that called
/// libjpeg: it has none but trivial variables, and what libjpeg holds is released by the destructor, whatever happened.
class Jpeg final {
 public:
  Jpeg() = default;
  ~Jpeg() { jpeg_destroy_decompress(&decompress_); }
  Jpeg(const Jpeg&) = delete;
  Jpeg& operator=(const Jpeg&) = delete;

  Result<Picture> read(BytesView file) {
    if (!begin(file)) return failure();
    WEFT_TRY(auto picture, Picture::create(decompress_.image_width, decompress_.image_height));
    if (!read_rows(picture.rgb.data())) return failure();
    return picture;
  }

 private:
  bool begin(BytesView file) {
    decompress_.err = jpeg_std_error(&errors_);
    errors_.error_exit = [](j_common_ptr common) { give_up(common); };
    errors_.emit_message = [](j_common_ptr common, int level) {
      if (level < 0) give_up(common);  // a warning: damaged, but it would go on, with grey instead
    };
    if (setjmp(back_) != 0) return false;  // NOLINT(cert-err52-cpp): it is how libjpeg reports errors
    decompress_.client_data = this;
    jpeg_create_decompress(&decompress_);
    progress_.progress_monitor = [](j_common_ptr common) {
      const auto& it = *static_cast<Jpeg*>(common->client_data);
      if (it.decompress_.input_scan_number > most_scans) jump(common, "JPEG: too many scans");
    };
    decompress_.progress = &progress_;
    jpeg_mem_src(&decompress_, reinterpret_cast<const unsigned char*>(file.data()),
                 static_cast<unsigned long>(file.size()));
    jpeg_read_header(&decompress_, TRUE);
    return true;
  }

  bool read_rows(std::uint8_t* rgb) {
    if (setjmp(back_) != 0) return false;  // NOLINT(cert-err52-cpp): as above
    decompress_.out_color_space = JCS_RGB;
    decompress_.dct_method = JDCT_ISLOW;  // in integers
    jpeg_start_decompress(&decompress_);
    while (decompress_.output_scanline < decompress_.output_height) {
      JSAMPROW row = rgb + std::size_t(decompress_.output_scanline) * decompress_.output_width * 3;
      jpeg_read_scanlines(&decompress_, &row, 1);
    }
    jpeg_finish_decompress(&decompress_);
    return true;
  }

  [[noreturn]] static void give_up(j_common_ptr common) {
    std::array<char, JMSG_LENGTH_MAX> text{};
    (*common->err->format_message)(common, text.data());
    jump(common, text.data());
  }
  [[noreturn]] static void jump(j_common_ptr common, const char* why) {
    auto& it = *static_cast<Jpeg*>(common->client_data);
    std::snprintf(it.message_.data(), it.message_.size(), "%s", why);
    std::longjmp(it.back_, 1);  // NOLINT(cert-err52-cpp): as above
  }
  [[nodiscard]] Error failure() const { return {Errc::malformed, std::string("JPEG: ") + message_.data()}; }

  jpeg_decompress_struct decompress_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf back_{};
  std::array<char, JMSG_LENGTH_MAX> message_{};
};

}  // namespace

Result<Picture> decode(BytesView file) {
  if (begins_with(file, "\x89PNG\r\n\x1a\n")) return Png().read(file);
  if (begins_with(file, "\xff\xd8\xff")) return Jpeg().read(file);
  return Error{Errc::unsupported, "neither PNG nor JPEG"};
}

Result<Bytes> encode(const Picture& picture) {
  return Png().write(picture);
}

}  // namespace weft::images
