#include "examples/signup/book.hpp"

#include <charconv>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/bytes.hpp"
#include "base/foreign_text.hpp"
#include "base/sys.hpp"
#include "examples/signup/person.hpp"
#include "examples/whole_file.hpp"

namespace weft::signup {

namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 30;

/// Cuts off what stands before the next tab, or all.
std::string_view field(std::string_view& rest) {
  const auto size = std::min(rest.find('\t'), rest.size());
  const auto out = rest.substr(0, size);
  rest.remove_prefix(std::min(size + 1, rest.size()));
  return out;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

Error malformed() {
  return {Errc::malformed, "no line of a user file; mend it or take it away"};
}

}  // namespace

Result<Book> Book::open(const std::string& path) {
  WEFT_TRY(auto lock, FileLock::acquire(path + ".lock"));
  WEFT_TRY(auto file, sys::open("open", shown(path), [&] {
             return ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
           }));
  WEFT_CHECK(examples::sync_folder(path.substr(0, path.rfind('/') + 1)));
  WEFT_TRY(const auto text, examples::read_whole(path, most_bytes));
  Book book(std::move(lock), std::move(file), path);
  WEFT_CHECK(book.read(as_text(text)));
  WEFT_CHECK(book.cut());
  return book;
}

Result<void> Book::read(std::string_view text) {
  for (std::size_t line = 1;; ++line) {
    const auto end = text.find('\n', size_);
    if (end == std::string_view::npos) return {};
    auto read = read_line(text.substr(size_, end - size_));
    if (!read) return std::move(read).error().within(fmt::format("{}:{}", shown(path_), line));
    size_ = end + 1;
  }
}

Result<void> Book::read_line(std::string_view line) {
  const auto kind = field(line);
  if (kind == "user") return read_user(line);
  const auto upto = number(line);
  if (kind != "mailed" || !upto || *upto > users_.size()) return malformed();
  mailed_ = *upto;
  return {};
}

Result<void> Book::read_user(std::string_view rest) {
  const auto written = number(field(rest));
  const std::string email(field(rest));
  const bool good = check_name(rest).has_value() && check_email(email).has_value();
  if (!good || written != users_.size() + 1 || by_email_.contains(lower(email))) return malformed();
  take({*written, std::string(rest), email});
  return {};
}

void Book::take(User user) {
  by_email_[lower(user.email)] = users_.size();
  users_.push_back(std::move(user));
}

Result<User> Book::add(const std::string& name, const std::string& email) {
  WEFT_CHECK(check_name(name));
  WEFT_CHECK(check_email(email));
  if (const auto known = by_email_.find(lower(email)); known != by_email_.end()) {
    const auto& user = users_[known->second];
    if (user.name == name) return user;
    return Error{Errc::in_use, fmt::format("{} has signed up already, by another name", email)};
  }
  const User user{users_.size() + 1, name, email};
  WEFT_CHECK(append(fmt::format("user\t{}\t{}\t{}\n", user.number, email, name)));
  take(user);
  return user;
}

Result<void> Book::set_mailed(std::uint64_t number) {
  WEFT_CHECK(append(fmt::format("mailed\t{}\n", number)));
  mailed_ = number;
  return {};
}

// What did not get there whole, on a full disk for example, is cut off, before something else is appended to it.
Result<void> Book::append(const std::string& line) {
  WEFT_CHECK(cut());
  WEFT_TRY(const auto written,
           sys::call("write", shown(path_), [&] { return ::write(file_.get(), line.data(), line.size()); }));
  if (std::size_t(written) != line.size())
    return Error{Errc::resource_exhausted, shown(path_) + ": the disk is full"};
  WEFT_CHECK(sys::call("fdatasync", shown(path_), [&] { return ::fdatasync(file_.get()); }));
  size_ += line.size();
  return {};
}

Result<void> Book::cut() const {
  WEFT_CHECK(sys::call("ftruncate", shown(path_), [&] { return ::ftruncate(file_.get(), off_t(size_)); }));
  return {};
}

}  // namespace weft::signup
