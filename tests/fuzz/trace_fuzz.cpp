// SPDX-License-Identifier: LGPL-2.1-or-later
// A recording of a modem.
#include <sstream>
#include <string>

#include "failover/record/trace.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace mwan::fuzz {

using namespace mwan::failover;

void take(ByteView input) {
  std::istringstream in{std::string(text_of(input))};
  TraceReader reader(in, "trace");
  const auto header = reader.header();
  if (!header) {
    require(!header.error().message.empty(), "an error says why");
    return;
  }
  const std::string first = encode_trace_header(*header);
  const auto header_again = decode_trace_header(first);
  require(header_again && encode_trace_header(*header_again) == first, "a header comes back");
  Duration last{0};
  for (;;) {
    const auto point = reader.next();
    if (!point || !*point) return;
    require((*point)->since >= last, "times never go back");
    last = (*point)->since;
    const std::string line = encode_trace_point(**point);
    const auto again = decode_trace_point(line);
    require(again && encode_trace_point(*again) == line, "a point comes back");
  }
}

}  // namespace mwan::fuzz
