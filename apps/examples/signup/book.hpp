// Book: the users, in a file.
//
// What      A line for each, and now and then one that says up to whom the welcomes are known to be written:
//
//               user	1	ada@example.org	Ada Lovelace
//               mailed	1
//
//           Lines are only ever appended, and on the disk before they count. A last line that broke off, when the program or
//           the machine died, was never answered, and is cut off.
// Threads   One at a time.
// Lifetime  Locks the file: one program at a time has it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file_lock.hpp"

namespace weft::signup {

struct User {
  std::uint64_t number = 0;  ///< From 1.
  std::string name;
  std::string email;
};

class Book final {
 public:
  /// Opens the file, making it if need be. Errors: in_use, malformed (a line that no Book wrote, with its number), the kernel's.
  static Result<Book> open(const std::string& path);

  /// A new user, on the disk. Errors: invalid_argument; in_use (the address is somebody else's); the kernel's. Who is in it
  /// already, by the same name, is answered as he is.
  Result<User> add(const std::string& name, const std::string& email);

  [[nodiscard]] const std::vector<User>& users() const noexcept { return users_; }
  /// The first so many have got their welcome.
  [[nodiscard]] std::uint64_t mailed() const noexcept { return mailed_; }
  Result<void> set_mailed(std::uint64_t number);

 private:
  Book(FileLock lock, Fd file, std::string path)
      : lock_(std::move(lock)), file_(std::move(file)), path_(std::move(path)) {}
  Result<void> read(std::string_view text);
  Result<void> read_line(std::string_view line);
  Result<void> read_user(std::string_view rest);
  void take(User user);
  Result<void> append(const std::string& line);
  [[nodiscard]] Result<void> cut() const;

  FileLock lock_;
  Fd file_;
  std::string path_;
  std::size_t size_ = 0;  // of what counts
  std::vector<User> users_;
  std::map<std::string, std::size_t, std::less<>> by_email_;  // in lower case; where in users_
  std::uint64_t mailed_ = 0;
};

}  // namespace weft::signup
