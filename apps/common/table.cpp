#include "common/table.hpp"

#include <algorithm>
#include <numeric>

namespace weft::app {

namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 1;

/// Where a cell stands on the terminal.
struct Place {
  std::size_t before = 0;  ///< Columns to its left.
  std::size_t width = 0;
  bool last = false;
};

/// Wrapped to its width, later lines below the first.
std::string below(const std::string& text, const Place& place) {
  auto lines = wrapped(text, place.width);
  for (std::size_t at = 0; (at = lines.find('\n', at)) != std::string::npos; ++at)
    lines.insert(at + 1, place.before, ' ');
  return lines;
}

/// Cut and padded to its width; the last one is not padded.
std::string fitted(const std::string& text, const Table::Column& column, const Place& place) {
  if (column.wraps) return below(text, place);
  auto shown = cut(text, place.width);
  const std::string blanks(place.width - columns(shown), ' ');
  if (column.right) return blanks + shown;
  return place.last ? shown : shown + blanks;
}

}  // namespace

std::vector<std::size_t> Table::widths(std::size_t most) const {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    auto width = app::columns(columns_[i].title);
    for (const auto& row : rows_)
      width = std::max(width, app::columns(row[i].text));
    out.push_back(width);
  }
  const auto total = [&] { return std::accumulate(out.begin(), out.end(), gap * (out.size() - 1)); };
  while (most != 0 && total() > most) {
    auto& widest = *std::max_element(out.begin(), out.end());
    if (widest <= narrowest) break;
    --widest;
  }
  return out;
}

std::string Table::text(const Terminal& terminal) const {
  std::string out;
  if (!terminal.is_terminal) {
    for (const auto& row : rows_) {
      for (const auto& cell : row) {
        if (&cell != row.data()) out += '\t';
        out += cell.text;
      }
      out += '\n';
    }
    return out;
  }
  const auto wide = widths(terminal.width);
  const auto line = [&](auto&& cell) {
    Place place;
    for (std::size_t i = 0; i < columns_.size(); place.before += wide[i++] + gap) {
      if (i != 0) out.append(gap, ' ');
      place.width = wide[i];
      place.last = i + 1 == columns_.size();
      out += cell(i, place);
    }
    out += '\n';
  };
  line([&](std::size_t i, const Place& place) {
    return terminal.paint(Colour::bold, fitted(columns_[i].title, columns_[i], place));
  });
  for (const auto& row : rows_) {
    line([&](std::size_t i, const Place& place) {
      auto shown = fitted(row[i].text, columns_[i], place);
      return row[i].painted ? terminal.paint(row[i].colour, shown) : shown;
    });
  }
  return out;
}

}  // namespace weft::app
