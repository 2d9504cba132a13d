// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>

#include "modems/mbim/device.hpp"

namespace mwan::mbim {
namespace {

Result<Bytes> frame_of(const Reply& reply) { return reply.buffer; }

Task<Result<Bytes>> exchange(Port& port, std::string what, Bytes frame, Cancel cancel) {
  const std::string where = port.where(what);
  Request request = qmi_message(std::move(what), std::move(frame));
  Result<Bytes> answer = co_await read(port, std::move(request), frame_of, cancel);
  if (!answer) co_return answer;
  const Result<std::uint16_t> result = qmux::decode_result(*answer);
  if (!result) co_return failed(FailureClass::Transient, where, result.error().message);
  if (*result != 0) {
    co_return failed(FailureClass::Permanent, where,
                     fmt::format("the modem refuses with QMI error {}", *result));
  }
  co_return answer;
}

}  // namespace

Task<Status> send_dms(Port& port, std::string what, std::vector<qmux::DmsMessage> messages,
                      Cancel cancel) {
  if (!port.services.has(Service::Qmi, cid::kQmiMessage)) {
    co_return failed(port.error(FailureClass::Permanent, what,
                                "the modem takes no QMI messages through its MBIM port"));
  }
  const Bytes allocate = qmux::allocate_client();
  const Result<Bytes> allocated = co_await exchange(port, what, allocate, cancel);
  if (!allocated) co_return failed(allocated.error());
  const Result<std::uint8_t> client = qmux::decode_allocated_client(*allocated);
  if (!client) co_return failed(client.error().failure, port.where(what), client.error().message);

  Status outcome;
  std::uint16_t transaction = 1;
  for (const qmux::DmsMessage& message : messages) {
    const Bytes frame = qmux::dms(message, *client, transaction++);
    const Result<Bytes> done = co_await exchange(port, what, frame, cancel);
    if (done) continue;
    outcome = failed(done.error());
    break;
  }
  // Given back whatever came of it: also when the caller gave up.
  const Cancel never;
  const Bytes release = qmux::release_client(*client);
  const Result<Bytes> ignored = co_await exchange(port, what, release, never);
  co_return outcome;
}

}  // namespace mwan::mbim
