// SPDX-License-Identifier: LGPL-2.1-or-later
// An MBIM modem as cdc_mbim expects it (USB-IF MBIM 1.0, chapter 6; NCM 1.0, chapter 6): an
// association of a control interface with CDC's control channel, and a data interface whose
// setting 1 has the bulk endpoints for transfer blocks.
#include <algorithm>
#include <utility>

#include "tools/mwan-sim/net/packet.hpp"
#include "tools/mwan-sim/usb/modem_function.hpp"
#include "tools/mwan-sim/usb/ntb.hpp"

namespace mwan::sim::usb {
namespace {

// Sierra Wireless EM7455; cdc_mbim goes by the class.
constexpr std::uint16_t kMbimVendor = 0x1199;
constexpr std::uint16_t kMbimProduct = 0x9071;
constexpr std::uint16_t kMbimRelease = 0x0006;
constexpr std::uint8_t kControlInterface = 0;
constexpr std::uint8_t kDataInterface = 1;
constexpr std::uint8_t kMbimNotify = 0x81;
constexpr std::uint8_t kMbimIn = 0x82;
constexpr std::uint8_t kMbimOut = 0x02;

constexpr InterfaceClass kMbimControl = {0x02, 0x0E, 0x00};
constexpr InterfaceClass kMbimData = {0x0A, 0x00, 0x02};
constexpr InterfaceClass kAssociated = {0xEF, 0x02, 0x01};  // of the device: see associations

// Requests (NCM 1.0, table 6-2; MBIM 1.0, table 6-5).
constexpr std::uint8_t kResetFunction = 0x05;
constexpr std::uint8_t kGetNtbParameters = 0x80;
constexpr std::uint8_t kGetNtbFormat = 0x83;
constexpr std::uint8_t kSetNtbFormat = 0x84;
constexpr std::uint8_t kGetNtbInputSize = 0x85;
constexpr std::uint8_t kSetNtbInputSize = 0x86;

constexpr std::uint32_t kLeastNtb = 2048;  // NCM 1.0, section 6.2.7

class MbimFunction final : public ModemFunction {
 public:
  MbimFunction(const ModemSettings& settings, Outputs outputs)
      : ModemFunction(kControlInterface, {kMbimNotify, kMbimIn, kMbimOut}, std::move(outputs)),
        identity_{kMbimVendor,           kMbimProduct,         kMbimRelease,
                  settings.manufacturer, settings.model,       settings.imei,
                  kAssociated.code,      kAssociated.subclass, kAssociated.protocol},
        mtu_(static_cast<std::uint16_t>(settings.mtu)) {}

  [[nodiscard]] Descriptors descriptors() const override {
    constexpr std::uint16_t kNotification = 64;
    constexpr std::uint8_t kHeaderSubtype = 0x00;
    constexpr std::uint8_t kUnionSubtype = 0x06;
    constexpr std::uint8_t kMbimSubtype = 0x1B;
    constexpr std::uint8_t kExtendedSubtype = 0x1C;
    constexpr std::uint16_t kCdcVersion = 0x0110;
    constexpr std::uint16_t kMbimVersion = 0x0100;
    constexpr std::uint8_t kFilters = 16;
    constexpr std::uint8_t kFilterSize = 128;
    Bytes header;
    ByteWriter(header).u8(kHeaderSubtype).u16(kCdcVersion);
    Bytes together;
    ByteWriter(together).u8(kUnionSubtype).u8(kControlInterface).u8(kDataInterface);
    Bytes mbim;
    ByteWriter(mbim).u8(kMbimSubtype).u16(kMbimVersion);
    ByteWriter(mbim).u16(ControlPipe::kLongestMessage).u8(kFilters).u8(kFilterSize);
    ByteWriter(mbim).u16(kLongestSegment).u8(0);  // no optional requests
    Bytes extended;
    ByteWriter(extended).u8(kExtendedSubtype).u16(kMbimVersion).u8(1).u16(mtu_);
    DescriptorBuilder builder(identity_);
    builder.association(kControlInterface, 2, kMbimControl);
    builder.interface(kControlInterface, 0, 1, kMbimControl);
    builder.functional(header).functional(together).functional(mbim).functional(extended);
    builder.interrupt(kMbimNotify, kNotification);
    builder.interface(kDataInterface, 0, 0, kMbimData);
    builder.interface(kDataInterface, 1, 2, kMbimData).bulk(kMbimIn).bulk(kMbimOut);
    return builder.done();
  }

  void configured() override {
    data_on_ = false;
    largest_ = kLargestNtb;
    ModemFunction::configured();
  }

  // MBIM 1.0, section 6.6: setting 0 ends the data; the blocks start over.
  void alternate(std::uint8_t interface, std::uint8_t setting) override {
    if (interface != kDataInterface) return;
    data_on_ = setting == 1;
    sequence_ = 0;
    forget_data();
  }

 private:
  static constexpr std::uint16_t kLongestSegment = 2048;

  std::optional<Bytes> other_request(const Setup& setup,
                                     std::span<const std::uint8_t> data) override {
    if ((setup.index & 0xFF) != kControlInterface) return std::nullopt;
    if (setup.type == kClassFromInterface) return tell(setup.request);
    if (setup.type != kClassToInterface) return std::nullopt;
    switch (setup.request) {
      case kResetFunction:
        start_over(false);
        return Bytes{};
      case kSetNtbFormat:
        if (setup.value != 0) return std::nullopt;  // 32 bits: not offered
        return Bytes{};
      case kSetNtbInputSize: {
        ByteReader reader(data);
        const std::uint32_t size = reader.u32();
        if (!reader.ok() || size < kLeastNtb || size > kLargestNtb) return std::nullopt;
        largest_ = size;
        return Bytes{};
      }
      default:
        return std::nullopt;
    }
  }

  [[nodiscard]] std::optional<Bytes> tell(std::uint8_t request) const {
    constexpr std::uint16_t kParameters = 28;
    Bytes out;
    ByteWriter writer(out);
    switch (request) {
      case kGetNtbParameters:
        writer.u16(kParameters).u16(1);  // 16-bit blocks
        writer.u32(kLargestNtb).u16(kNtbAlignment).u16(0).u16(kNtbAlignment).u16(0);
        writer.u32(kLargestNtb).u16(kNtbAlignment).u16(0).u16(kNtbAlignment).u16(0);
        return out;
      case kGetNtbFormat:
        writer.u16(0);
        return out;
      case kGetNtbInputSize:
        writer.u32(static_cast<std::uint32_t>(largest_));
        return out;
      default:
        return std::nullopt;
    }
  }

  void take_data(std::span<const std::uint8_t> data) override {
    auto datagrams = data_on_ ? decode_ntb(data) : std::nullopt;
    if (!datagrams) return;
    for (Datagram& one : *datagrams) {
      const auto head = read_head(one.packet);
      if (head && !outputs().carries(one.session, head->family)) continue;
      outputs().packet(std::move(one.packet));
    }
  }

  // Every packet that waits for the same session goes into one block.
  std::optional<Bytes> next_data(std::deque<Bytes>& waiting, std::size_t most) override {
    const auto session_of = [this](const Bytes& packet) -> std::optional<std::uint8_t> {
      const auto head = read_head(packet);
      return head ? outputs().session(head->family) : std::nullopt;
    };
    const auto session = session_of(waiting.front());
    std::vector<Bytes> block;
    while (!waiting.empty() && session_of(waiting.front()) == session) {
      block.push_back(std::move(waiting.front()));
      waiting.pop_front();
      if (fitting(block, std::min(most, largest_)) == block.size()) continue;
      if (block.size() > 1) waiting.push_front(std::move(block.back()));  // for the next block
      block.pop_back();
      break;
    }
    if (!session || !data_on_ || block.empty()) return std::nullopt;
    return encode_ntb(sequence_++, *session, block);
  }

  Identity identity_;
  std::uint16_t mtu_;
  bool data_on_ = false;
  std::size_t largest_ = kLargestNtb;
  std::uint16_t sequence_ = 0;
};

}  // namespace

std::unique_ptr<ModemFunction> make_mbim_function(const ModemSettings& settings,
                                                  ModemFunction::Outputs outputs) {
  return std::make_unique<MbimFunction>(settings, std::move(outputs));
}

}  // namespace mwan::sim::usb
