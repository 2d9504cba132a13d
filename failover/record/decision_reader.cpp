// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/record/decision_reader.hpp"

#include <utility>

#include "failover/record/read_line.hpp"

namespace mwan::failover {

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
