// SPDX-License-Identifier: LGPL-2.1-or-later
// The control channel that cdc-wdm reads and writes (USB CDC 1.2, section 6.2.1 and 6.3.2; its
// MBIM and QMI users alike): messages come by SEND_ENCAPSULATED_COMMAND, answers are announced on
// the interrupt endpoint by RESPONSE_AVAILABLE and fetched by GET_ENCAPSULATED_RESPONSE.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>

#include "tools/mwan-sim/codec/bytes.hpp"
#include "tools/mwan-sim/usb/usbip.hpp"

namespace mwan::sim::usb {

// Of CDC, in Setup::type with its direction.
constexpr std::uint8_t kClassToInterface = 0x21;
constexpr std::uint8_t kClassFromInterface = 0xA1;
constexpr std::uint8_t kSendEncapsulated = 0x00;
constexpr std::uint8_t kGetEncapsulated = 0x01;

class ControlPipe {
 public:
  explicit ControlPipe(std::uint8_t interface) : interface_(interface) {}

  // What cdc-wdm reads into (drivers/net/usb/qmi_wwan.c; MBIM: wMaxControlMessage).
  static constexpr std::size_t kLongestMessage = 4096;

  // False: it was dropped, because it is too long or the host does not read.
  bool say(std::span<const std::uint8_t> message);
  // For GET_ENCAPSULATED_RESPONSE: the oldest message, empty when there is none.
  Bytes fetch();
  // For the interrupt endpoint.
  std::optional<Bytes> notification();
  // The host closed the port: what was announced and not fetched is announced to the next one.
  void abandoned() { announced_ = 0; }
  void clear();

 private:
  std::uint8_t interface_;
  std::deque<Bytes> messages_;
  std::size_t announced_ = 0;  // of messages_, from the front
};

}  // namespace mwan::sim::usb
