// SPDX-License-Identifier: LGPL-2.1-or-later
// What arrives at the control socket, and what a client takes for an answer.
#include "failover/control/answer.hpp"
#include "failover/control/request.hpp"
#include "tests/fuzz/presentable.hpp"

namespace mwan::fuzz {

using namespace mwan::failover::control;

void take(ByteView input) {
  const std::string_view text = text_of(input);
  const auto request = parse_request(text);
  if (request) {
    require(parse_request(encode_request(*request)) == request, "a request comes back");
    require_clean(request->link);
  } else {
    require(!request.error().message.empty(), "a refusal says why");
    require(no_control(request.error().message), "a refusal holds no control characters");
  }
  const Answer answer = parse_answer(text);
  require(answer.kind == Kind::Done || answer.status.is_null(), "a refusal has no status");
  require(valid_utf8(encode_answer(answer)), "an answer is UTF-8");
}

}  // namespace mwan::fuzz
