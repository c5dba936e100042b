#include "examples/signup/letter.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>

#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "examples/signup/person.hpp"

namespace weft::signup {

namespace {

std::string base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    const auto group = text.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t byte = 0; byte < 3; ++byte)
      bits = bits << 8 | (byte < group.size() ? std::uint8_t(group[byte]) : 0);
    for (std::size_t digit = 0; digit < 4; ++digit)
      out += digit <= group.size() ? digits[bits >> (18 - 6 * digit) & 63] : '=';
  }
  return out;
}

/// Words of RFC 2047, each of at most 75 characters and of whole characters, on lines of their own.
std::string encoded_words(std::string_view utf8) {
  constexpr std::size_t most = 45;  // bytes: 60 of base64
  std::string out;
  while (!utf8.empty()) {
    std::size_t size = 0;
    while (size < utf8.size()) {
      const auto next = utf8_length(utf8.substr(size));
      if (size + next > most) break;
      size += next;
    }
    out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ", base64(utf8.substr(0, size)));
    utf8.remove_prefix(size);
  }
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string display_name(std::string_view name) {
  const bool ascii = std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
  return ascii ? quoted(name) : encoded_words(name);
}

// Names of its own: strftime's are those of the locale.
std::string date_time(Time time) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  const auto since_epoch = std::time_t(std::max<std::int64_t>(seconds, 0));
  std::tm parts{};
  ::gmtime_r(&since_epoch, &parts);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", days[std::size_t(parts.tm_wday)],
                     parts.tm_mday, months[std::size_t(parts.tm_mon)], parts.tm_year + 1900, parts.tm_hour,
                     parts.tm_min, parts.tm_sec);
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

}  // namespace

Result<std::string> written(const Letter& letter) {
  WEFT_CHECK(check_name(letter.to_name));
  WEFT_CHECK(check_email(letter.to_email));
  return fmt::format(
      "From: weft-signup <signup@localhost.localdomain>\r\n"
      "To: {}\r\n <{}>\r\n"
      "Subject: {}\r\n"
      "Date: {}\r\n"
      "Message-ID: <{}@weft-signup.localdomain>\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: 8bit\r\n"
      "\r\n"
      "{}",
      display_name(letter.to_name), letter.to_email, letter.subject, date_time(letter.date), letter.id,
      with_crlf(letter.body));
}

}  // namespace weft::signup
