// SPDX-License-Identifier: LGPL-2.1-or-later
// For tests: what the host's kernel writes, and how it reads what comes back.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tools/mwan-sim/usb/device.hpp"
#include "tools/mwan-sim/usb/usbip.hpp"

namespace mwan::sim::usb {

inline void put_big_endian(Bytes& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
  }
}

// room: of the host's buffer, for a transfer to it.
inline Bytes submit_bytes(std::uint32_t sequence, bool to_host, std::uint32_t endpoint,
                          const Bytes& data, std::uint32_t room = 0) {
  Bytes out;
  const std::uint32_t length = to_host ? room : static_cast<std::uint32_t>(data.size());
  for (const std::uint32_t word :
       {1U, sequence, 0x10001U, to_host ? 1U : 0U, endpoint, 0U, length, 0U, 0U, 0U, 0U, 0U}) {
    put_big_endian(out, word);
  }
  ByteWriter(out).bytes(data);
  return out;
}

inline Bytes unlink_bytes(std::uint32_t sequence, std::uint32_t victim) {
  Bytes out;
  for (const std::uint32_t word : {2U, sequence, 0x10001U, 0U, 0U, victim}) {
    put_big_endian(out, word);
  }
  out.resize(kMessageHeader);
  return out;
}

struct Completed {
  std::uint32_t command = 0;
  std::uint32_t sequence = 0;
  std::int32_t status = 0;
  std::uint32_t length = 0;
  Bytes data;
};

inline Completed read_completion(const Bytes& message) {
  const auto word = [&](std::size_t index) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8U | message.at(4 * index + i);
    return value;
  };
  return {word(0), word(1), static_cast<std::int32_t>(word(5)), word(6),
          Bytes(message.begin() + kMessageHeader, message.end())};
}

// The host's side of one device: asks, and keeps what ended.
class FakeHost {
 public:
  void connect(Device& device) { device_ = &device; }
  void receive(const Bytes& message) { ended.push_back(read_completion(message)); }

  std::uint32_t submit(const Submit& transfer) {
    Submit numbered = transfer;
    numbered.sequence = ++sequence_;
    device_->take(numbered);
    return numbered.sequence;
  }
  // A control transfer; what it ended with. Those end at once.
  Completed control(const Setup& setup, const Bytes& data = {}) {
    Submit transfer;
    transfer.setup = setup;
    transfer.to_host = (setup.type & kToHost) != 0;
    transfer.length = setup.length;
    transfer.data = data;
    submit(transfer);
    return ended.back();
  }
  std::uint32_t listen(std::uint8_t endpoint, std::uint32_t room = 2048) {
    Submit transfer;
    transfer.to_host = true;
    transfer.endpoint = endpoint;
    transfer.length = room;
    return submit(transfer);
  }
  std::uint32_t write(std::uint8_t endpoint, const Bytes& data) {
    Submit transfer;
    transfer.endpoint = endpoint;
    transfer.length = static_cast<std::uint32_t>(data.size());
    transfer.data = data;
    return submit(transfer);
  }
  void unlink(std::uint32_t victim) { device_->take(Unlink{++sequence_, victim}); }
  void configure() { control({0x00, 9, 1, 0, 0}); }

  [[nodiscard]] const Completed* find(std::uint32_t sequence) const {
    const auto at = std::ranges::find(ended, sequence, &Completed::sequence);
    return at == ended.end() ? nullptr : &*at;
  }

  std::vector<Completed> ended;

 private:
  Device* device_ = nullptr;
  std::uint32_t sequence_ = 0;
};

}  // namespace mwan::sim::usb
