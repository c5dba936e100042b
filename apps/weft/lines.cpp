#include "weft/lines.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/foreign_text.hpp"
#include "base/sys.hpp"

namespace weft::tool {

Result<Lines> Lines::open(const std::string& path, app::Interrupt& interrupt) {
  if (path == "-") return Lines(Fd(), STDIN_FILENO, "standard input", interrupt);
  // Without O_NONBLOCK, opening a named pipe waits for its writer.
  WEFT_TRY(auto fd,
           sys::open("open", path, [&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); }));
  const int number = fd.get();
  return Lines(std::move(fd), number, path, interrupt);
}

Result<std::optional<std::string>> Lines::next() {
  for (;;) {
    if (auto line = taken()) return line;
    if (ended_) return std::optional<std::string>();
    WEFT_TRY(const auto woken, interrupt_->wait(fd_, Deadline::none()));
    if (woken == app::Interrupt::Woken::interrupted) return std::optional<std::string>();
    WEFT_CHECK(read());
  }
}

/// The first whole line of what was read; at the end, the rest.
std::optional<std::string> Lines::taken() {
  const auto end = std::min(text_.find('\n', begin_), text_.size());
  if (end == text_.size() && (!ended_ || begin_ == end)) return std::nullopt;
  auto line = text_.substr(begin_, end - begin_);
  begin_ = std::min(end + 1, text_.size());
  return line;
}

Result<void> Lines::read() {
  if (text_.size() - begin_ > longest) {
    return Error{Errc::too_big, fmt::format("{}: a line of more than {} bytes", path_, longest)};
  }
  std::array<char, 65536> bytes;
  WEFT_TRY(const auto size,
           sys::call("read", path_, [&] { return ::read(fd_, bytes.data(), bytes.size()); }));
  text_.erase(0, std::exchange(begin_, 0));
  text_.append(bytes.data(), static_cast<std::size_t>(size));
  ended_ = size == 0;
  return {};
}

Result<Json> json_from(const std::string& text, std::string_view where) {
  auto json = Json::parse(text, nullptr, false);
  if (!json.is_discarded()) return json;
  return Error{Errc::invalid_argument, fmt::format("{}: not JSON: {}", where, shown(text, 60))};
}

Result<void> each_json(const std::string& path, app::Interrupt& interrupt,
                       const std::function<Result<bool>(const Json&)>& take) {
  WEFT_TRY(auto lines, Lines::open(path, interrupt));
  for (std::uint64_t number = 1;; ++number) {
    WEFT_TRY(const auto line, lines.next());
    if (!line) return {};
    if (line->empty()) continue;
    const auto where = fmt::format("{}:{}", path, number);
    WEFT_TRY(const auto value, json_from(*line, where));
    auto taken = take(value);
    if (!taken) return std::move(taken).error().within(where);
    if (!*taken) return {};
  }
}

}  // namespace weft::tool
