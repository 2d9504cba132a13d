// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/port.hpp"

namespace mwan::mbim {

Task<Result<Reply>> ask(Port& port, Request request, Duration deadline, Cancel cancel) {
  const std::string what = request.what;
  if (!port.session) {
    co_return failed(port.error(FailureClass::Gone, what, "the modem is not open"));
  }
  co_return co_await port.session->request(std::move(request), deadline, cancel);
}

Task<Result<Reply>> ask(Port& port, Request request, Cancel cancel) {
  const std::string what = port.where(request.what);
  const Duration deadline = port.config.timings.request;
  Result<Reply> reply = co_await ask(port, std::move(request), deadline, cancel);
  co_return accepted(std::move(reply), what);
}

tl::unexpected<Error> not_offered(const Port& port, const Request& request) {
  return failed(
      port.error(FailureClass::Permanent, request.what, "the modem does not offer this command"));
}

}  // namespace mwan::mbim
