#include "hostmon/parse_process.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "hostmon/scan.hpp"

namespace weft::hostmon {

namespace {

// More would not fit 64 bits in bytes with pages of 64 KiB.
constexpr std::uint64_t max_pages = std::uint64_t{1} << 48U;
constexpr std::uint64_t max_pid = std::numeric_limits<std::int32_t>::max();

Result<std::int32_t> to_pid(Result<std::uint64_t> number) {
  WEFT_TRY(const auto value, std::move(number));
  return static_cast<std::int32_t>(value);
}

Result<void> parse_after_name(Fields fields, PidStat& out) {
  WEFT_TRY(const auto state, fields.word("state"));
  if (state.size() != 1) return malformed("state", "is not one letter");
  out.state = state.front();
  WEFT_TRY(out.parent, to_pid(fields.number("parent", max_pid)));
  WEFT_CHECK(fields.skip(9, "fields 5 to 13"));
  WEFT_TRY(out.user_ticks, fields.number("user time"));
  WEFT_TRY(out.system_ticks, fields.number("system time"));
  WEFT_CHECK(fields.skip(4, "fields 16 to 19"));
  WEFT_TRY(out.threads, fields.number32("threads"));
  WEFT_CHECK(fields.skip(1, "field 21"));
  WEFT_TRY(out.start_ticks, fields.number("start time"));
  WEFT_TRY(out.virtual_bytes, fields.number("virtual size"));
  WEFT_TRY(out.resident_pages, fields.number("resident size", max_pages));
  return {};
}

Result<void> parse_pid_stat_line(std::string_view line, PidStat& out) {
  const auto open = line.find('(');
  const auto close = line.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return malformed("name", "is not in parentheses");
  }
  Fields before(line.substr(0, open));
  WEFT_TRY(out.pid, to_pid(before.number("pid", max_pid)));
  out.name = printable(line.substr(open + 1, close - open - 1));
  return parse_after_name(Fields(line.substr(close + 1)), out);
}

Result<void> parse_status_line(std::string_view line, PidStatus& out, bool& seen_uid) {
  const auto [key, value] = split_at(line, ':');
  Fields fields(value);
  if (key == "Uid") {
    WEFT_CHECK(fields.number32("real user"));
    WEFT_TRY(out.user_id, fields.number32("effective user"));
    seen_uid = true;
  } else if (key == "VmHWM" || key == "VmSwap") {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max() / 1024;
    WEFT_TRY(const auto kilobytes, fields.number(key, most));
    (key == "VmHWM" ? out.peak_bytes : out.swap_bytes) = kilobytes * 1024;
  } else if (key == "voluntary_ctxt_switches") {
    WEFT_TRY(out.voluntary_switches, fields.number(key));
  } else if (key == "nonvoluntary_ctxt_switches") {
    WEFT_TRY(out.forced_switches, fields.number(key));
  }
  return {};
}

}  // namespace

Result<PidStat> parse_pid_stat(std::string_view text) {
  PidStat out;
  // The kernel escapes a newline in the name, so the file is one line.
  WEFT_CHECK(for_each_line(text, [&](std::string_view line) { return parse_pid_stat_line(line, out); }));
  return out;
}

Result<PidStatus> parse_pid_status(std::string_view text) {
  PidStatus out;
  bool seen_uid = false;
  WEFT_CHECK(
      for_each_line(text, [&](std::string_view line) { return parse_status_line(line, out, seen_uid); }));
  if (!seen_uid) return malformed("\"Uid\"", "the file has no such line, is it cut short?");
  return out;
}

std::string parse_cmdline(std::string_view text, std::size_t limit) {
  while (text.ends_with('\0'))
    text.remove_suffix(1);
  std::string joined(text.substr(0, limit));
  std::ranges::replace(joined, '\0', ' ');
  return printable(joined, limit);
}

std::optional<std::int32_t> parse_pid(std::string_view name) noexcept {
  std::int32_t pid = 0;
  const auto* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data(), end, pid);
  if (parsed.ec != std::errc{} || parsed.ptr != end || pid <= 0) return std::nullopt;
  return pid;
}

}  // namespace weft::hostmon
