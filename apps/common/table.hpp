// A table: on a terminal aligned columns under a heading, no wider than it; in a pipe the cells as they are, a tab
// between them, without heading.
//
// Threads   Values.
#pragma once

#include <string>
#include <vector>

#include "common/terminal.hpp"

namespace weft::app {

class Table final {
 public:
  struct Column {
    std::string title;
    bool right = false;  ///< Aligned to the right, as numbers are.
    bool wraps = false;  ///< Wrapped where it is too narrow, not cut. REQUIRES that it is the last one.
  };
  struct Cell {
    std::string text;  ///< Without control characters.
    Colour colour = Colour::bold;
    bool painted = false;
    Cell(std::string plain) : text(std::move(plain)) {}  // NOLINT: implicit by design
    Cell(const char* plain) : text(plain) {}             // NOLINT: implicit by design
    Cell(std::string coloured, Colour paint) : text(std::move(coloured)), colour(paint), painted(true) {}
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// REQUIRES: as many cells as columns.
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  /// Lines, each with its newline. Where the terminal is too narrow, the widest columns are cut or wrapped.
  [[nodiscard]] std::string text(const Terminal& terminal) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths(std::size_t most) const;
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace weft::app
