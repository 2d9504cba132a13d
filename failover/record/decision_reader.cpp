// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/record/decision_reader.hpp"

#include <utility>

namespace mwan::failover {

namespace {

// A policy of 256 links is a tenth of it.
constexpr std::size_t max_line = std::size_t{1} << 20U;

struct Line {
  std::string text;
  bool ended = false;  // with a line end
};

// At most one byte more than max_line.
Line read_line(std::istream& in) {
  Line line;
  auto* buffer = in.rdbuf();
  while (line.text.size() <= max_line) {
    const auto c = buffer->sbumpc();
    if (c == std::istream::traits_type::eof()) break;
    if (c == '\n') {
      line.ended = true;
      break;
    }
    line.text.push_back(static_cast<char>(c));
  }
  return line;
}

}  // namespace

Result<std::optional<Record>> DecisionReader::next() {
  const Line line = read_line(in_);
  if (!line.ended && line.text.empty()) return std::optional<Record>{};
  ++line_;
  if (line.text.size() > max_line) {
    return failed(FailureClass::Permanent, where(), "the line is longer than 1 MiB");
  }
  auto record = decode_record(line.text, names_);
  if (!record) {
    if (!line.ended) {
      torn_ = true;
      return std::optional<Record>{};
    }
    return failed(FailureClass::Permanent, where(), record.error().message);
  }
  if (const auto* header = std::get_if<record::Header>(&*record)) {
    begun_ = true;
    names_ = LinkNames(header->policy);
  } else if (!begun_) {
    return failed(FailureClass::Permanent, where(),
                  "the first line must be the log's header, with the policy");
  }
  return std::optional<Record>(*std::move(record));
}

}  // namespace mwan::failover
