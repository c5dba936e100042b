// The type table: each distinct schema that ports announce, kept once, and which of them fit.
//
// Threads   One at a time.
// Lifetime  Outlives the Types that it hands out.
// Bounds    A text is kept as long as a port has it; parsed are the last few that were compared (most_parsed), and of
//           comparisons the last few thousand are kept (most_verdicts), each with a reason of at most max_reason_bytes.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "discovery/contract.hpp"

namespace weft::discovery {

class TypeTable final {
 public:
  struct Entry {
    Entry(std::string whole, std::uint64_t number) : text(std::move(whole)), type(text), id(number) {}
    const std::string text;
    TypeText type;
    const std::uint64_t id;  // never used again; 0 is any type
  };
  using Type = std::shared_ptr<Entry>;

  TypeTable() = default;
  TypeTable(const TypeTable&) = delete;
  TypeTable& operator=(const TypeTable&) = delete;

  Type intern(const std::string& text);

  /// What a port's messages, requests or items, and its responses, are.
  struct Pair {
    Type schema;
    Type response;
  };
  /// Why the types of the two (contract.hpp) do not fit; null if they do.
  std::shared_ptr<const std::string> misfit(const Pair& writer, const Pair& reader);

 private:
  static constexpr std::size_t most_verdicts = 4096;
  static constexpr std::size_t most_parsed = 16;
  void note_parsed(const Type& type);
  using Key = std::array<std::uint64_t, 4>;

  std::unordered_map<std::string_view, std::weak_ptr<Entry>> entries_;  // by their own text
  std::map<Key, std::shared_ptr<const std::string>> verdicts_;          // all dropped when they are too many
  std::uint64_t last_id_ = 0;
  std::deque<Type> parsed_;  // the last one last; after entries_, from which they go when they go
};

}  // namespace weft::discovery
