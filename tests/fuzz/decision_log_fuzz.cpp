// SPDX-License-Identifier: LGPL-2.1-or-later
// A decision log, read and replayed: the engine has to bear every policy and every event that the
// reader lets through.
#include <sstream>
#include <string>

#include "failover/record/replay.hpp"
#include "tests/fuzz/presentable.hpp"

namespace mwan::fuzz {

using namespace mwan::failover;

void take(ByteView input) {
  const std::string text(text_of(input));
  std::istringstream in(text);
  DecisionReader reader(in, "log");
  for (;;) {
    const auto read = reader.next();
    if (!read) {
      require(!read.error().message.empty(), "an error says why");
      break;
    }
    if (!*read) break;
    const std::string line = encode_record(**read, reader.names());
    const auto again = decode_record(line, reader.names());
    require(again.has_value(), "what was read can be written and read again");
    require(encode_record(*again, reader.names()) == line, "and is the same");
  }

  std::istringstream once_more(text);
  DecisionReader second(once_more, "log");
  Replay replay;
  static_cast<void>(replay.add(second));
  static_cast<void>(replay.finish());
}

}  // namespace mwan::fuzz
