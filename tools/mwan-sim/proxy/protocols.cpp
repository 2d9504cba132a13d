// SPDX-License-Identifier: LGPL-2.1-or-later
// How a client of each proxy asks for its device, and how it is refused.
#include <memory>

#include "tools/mwan-sim/codec/qmux.hpp"
#include "tools/mwan-sim/mbim/info.hpp"
#include "tools/mwan-sim/mbim/protocol.hpp"
#include "tools/mwan-sim/proxy/exchange.hpp"

namespace mwan::sim {
namespace {

std::optional<std::string> qmi_device(std::span<const std::uint8_t> frame) {
  constexpr std::uint16_t kProxyOpen = 0xFF00;
  constexpr std::uint8_t kDevicePath = 0x01;
  const auto parsed = parse_frame(frame);
  if (!parsed || parsed->message.service != kControlService ||
      parsed->message.message != kProxyOpen) {
    return std::nullopt;
  }
  const Bytes* path = parsed->message.tlvs.find(kDevicePath);
  if (path == nullptr) return std::nullopt;
  return std::string(path->begin(), path->end());
}

bool asks_for_device(const mbim::Message& message) {
  return message.type == mbim::MessageType::Command &&
         message.service == mbim::uuid_of(mbim::ServiceId::ProxyControl) &&
         message.cid == mbim::ref::kProxyConfiguration.cid && message.set;
}

std::optional<std::string> mbim_device(std::span<const std::uint8_t> frame) {
  const auto message = mbim::parse(frame);
  if (!message || !asks_for_device(*message)) return std::nullopt;
  mbim::InfoReader reader(message->info);
  std::string path = reader.text();
  if (!reader.ok()) return std::nullopt;
  return path;
}

// libmbim's proxy says Failure when it cannot open the device, and that nothing is open to whatever
// comes before.
std::optional<Bytes> mbim_refusal(std::span<const std::uint8_t> frame) {
  const auto header = mbim::read_header(frame);
  if (!header) return std::nullopt;
  mbim::Message answer;
  answer.transaction = header->transaction;
  const auto message = mbim::parse(frame);
  if (message && asks_for_device(*message)) {
    answer.type = mbim::MessageType::CommandDone;
    answer.service = message->service;
    answer.cid = message->cid;
    answer.value = static_cast<std::uint32_t>(mbim::Status::Failure);
  } else {
    answer.type = mbim::MessageType::FunctionError;
    answer.value = static_cast<std::uint32_t>(mbim::ProtocolError::NotOpened);
  }
  return mbim::build(answer).front();
}

}  // namespace

Exchange::Protocol qmi_proxy() {
  return {[] { return std::make_unique<QmuxStream>(); }, qmi_device,
          [](std::span<const std::uint8_t>) { return std::optional<Bytes>(); }};
}

Exchange::Protocol mbim_proxy() {
  return {[] { return std::make_unique<mbim::MbimStream>(); }, mbim_device, mbim_refusal};
}

}  // namespace mwan::sim
