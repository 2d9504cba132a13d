// SPDX-License-Identifier: LGPL-2.1-or-later
// A QMI modem as qmi_wwan expects it (drivers/net/usb/qmi_wwan.c): a vendor-specific interface
// with CDC's control channel and bulk endpoints, one packet each transfer. Control messages are
// QMUX frames. Beside it the serial interfaces of such a modem; the AT ones answer.
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "tools/mwan-sim/usb/at_port.hpp"
#include "tools/mwan-sim/usb/ethernet.hpp"
#include "tools/mwan-sim/usb/modem_function.hpp"

namespace mwan::sim::usb {
namespace {

// Quectel EC25; QMI_QUIRK_SET_DTR(0x2c7c, 0x0125, 4) in the driver's table.
constexpr std::uint16_t kQmiVendor = 0x2C7C;
constexpr std::uint16_t kQmiProduct = 0x0125;
constexpr std::uint16_t kQmiRelease = 0x0318;
constexpr std::uint8_t kQmiInterface = 4;
constexpr std::uint8_t kQmiNotify = 0x89;
constexpr std::uint8_t kQmiIn = 0x88;
constexpr std::uint8_t kQmiOut = 0x05;

constexpr InterfaceClass kVendorSpecific = {0xFF, 0xFF, 0xFF};
constexpr InterfaceClass kSerial = {0xFF, 0x00, 0x00};

// Class requests that modems take and do nothing about (USB PSTN 1.2, section 6.3).
constexpr std::uint8_t kSetLineCoding = 0x20;
constexpr std::uint8_t kSetControlLineState = 0x22;

constexpr std::uint8_t kAtPorts[][2] = {{0x84, 0x03}, {0x86, 0x04}};  // to the host, from it

class QmiFunction final : public ModemFunction {
 public:
  QmiFunction(const ModemSettings& settings, Outputs outputs)
      : ModemFunction(kQmiInterface, {kQmiNotify, kQmiIn, kQmiOut}, std::move(outputs)),
        identity_{kQmiVendor,     kQmiProduct,  kQmiRelease, settings.manufacturer,
                  settings.model, settings.imei} {
    for (const auto& [in, out] : kAtPorts) at_ports_.emplace(out, Serial{in, {}});
  }

  [[nodiscard]] Descriptors descriptors() const override {
    constexpr std::uint16_t kNotification = 8;
    constexpr std::uint16_t kSerialState = 10;
    DescriptorBuilder builder(identity_);
    builder.interface(0, 0, 2, kVendorSpecific).bulk(0x81).bulk(0x01);  // diagnosis
    builder.interface(1, 0, 3, kSerial).interrupt(0x83, kSerialState);  // positions
    builder.bulk(0x82).bulk(0x02);
    builder.interface(2, 0, 3, kSerial).interrupt(0x85, kSerialState);  // AT
    builder.bulk(0x84).bulk(0x03);
    builder.interface(3, 0, 3, kSerial).interrupt(0x87, kSerialState);  // AT
    builder.bulk(0x86).bulk(0x04);
    builder.interface(kQmiInterface, 0, 3, kVendorSpecific).interrupt(kQmiNotify, kNotification);
    builder.bulk(kQmiIn).bulk(kQmiOut);
    return builder.done();
  }

  void alternate(std::uint8_t, std::uint8_t) override {}

 private:
  struct Serial {
    std::uint8_t in = 0;
    AtPort port;
  };

  std::optional<Bytes> other_request(const Setup& setup, std::span<const std::uint8_t>) override {
    const bool known = setup.request == kSetLineCoding || setup.request == kSetControlLineState;
    if (setup.type != kClassToInterface || !known) return std::nullopt;
    return Bytes{};
  }

  void take_data(std::span<const std::uint8_t> data) override {
    if (outputs().format() == LinkLayer::RawIp) {
      outputs().packet(Bytes(data.begin(), data.end()));
      return;
    }
    auto frame = read_ethernet(data);
    if (!frame) return;
    host_ = frame->source;
    if (frame->answer) {
      framed_.push_back(std::move(*frame->answer));
      outputs().ready(kQmiIn);
    }
    if (frame->packet) outputs().packet(std::move(*frame->packet));
  }

  std::optional<Bytes> give(std::uint8_t endpoint, std::size_t most) override {
    if (endpoint != kQmiIn || framed_.empty()) return ModemFunction::give(endpoint, most);
    Bytes frame = std::move(framed_.front());
    framed_.pop_front();
    return frame;
  }

  std::optional<Bytes> next_data(std::deque<Bytes>& waiting, std::size_t most) override {
    Bytes packet = std::move(waiting.front());
    waiting.pop_front();
    if (outputs().format() == LinkLayer::Ethernet) packet = to_ethernet(packet, host_);
    if (packet.size() > most) return std::nullopt;  // larger than the host's device takes
    return packet;
  }

  void take_other(std::uint8_t endpoint, std::span<const std::uint8_t> data) override {
    const auto serial = at_ports_.find(endpoint);
    if (serial == at_ports_.end()) return;
    serial->second.port.take(data);
    outputs().ready(serial->second.in);
  }
  std::optional<Bytes> give_other(std::uint8_t endpoint, std::size_t most) override {
    const auto serial = std::ranges::find_if(
        at_ports_, [&](const auto& item) { return item.second.in == endpoint; });
    if (serial == at_ports_.end()) return std::nullopt;
    return serial->second.port.give(most);
  }

  Identity identity_;
  MacAddress host_{};
  std::deque<Bytes> framed_;                 // ARP replies
  std::map<std::uint8_t, Serial> at_ports_;  // by the endpoint from the host
};

}  // namespace

std::unique_ptr<ModemFunction> make_qmi_function(const ModemSettings& settings,
                                                 ModemFunction::Outputs outputs) {
  return std::make_unique<QmiFunction>(settings, std::move(outputs));
}

}  // namespace mwan::sim::usb
