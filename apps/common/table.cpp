#include "common/table.hpp"

#include <algorithm>
#include <numeric>

namespace weft::app {

namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 4;

/// Cut and padded to the width; the last column is not padded.
std::string fitted(const std::string& text, const Table::Column& column, std::size_t width, bool last) {
  auto shown = cut(text, width);
  const std::string blanks(width - columns(shown), ' ');
  if (column.right) return blanks + shown;
  return last ? shown : shown + blanks;
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
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i != 0) out.append(gap, ' ');
      out += cell(i, i + 1 == columns_.size());
    }
    out += '\n';
  };
  line([&](std::size_t i, bool last) {
    return terminal.paint(Colour::bold, fitted(columns_[i].title, columns_[i], wide[i], last));
  });
  for (const auto& row : rows_) {
    line([&](std::size_t i, bool last) {
      auto shown = fitted(row[i].text, columns_[i], wide[i], last);
      return row[i].painted ? terminal.paint(row[i].colour, shown) : shown;
    });
  }
  return out;
}

}  // namespace weft::app
