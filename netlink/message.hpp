// SPDX-License-Identifier: LGPL-2.1-or-later
// Netlink messages, written and read: RAII over libnl's nl_msg, and attributes whose lengths are
// checked before anything is read from them.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "hal/ip.hpp"

namespace mwan::netlink {

inline unsigned char address_family(IpFamily family) {
  return family == IpFamily::V4 ? AF_INET : AF_INET6;
}

class Message {
 public:
  // header: the fixed part (rtmsg, ifinfomsg, ...).
  template <class Header>
  Message(int type, int flags, const Header& header) : msg_(nlmsg_alloc_simple(type, flags)) {
    static_assert(std::is_trivially_copyable_v<Header>);
    nlmsg_append(msg_.get(), const_cast<Header*>(&header), sizeof header, NLMSG_ALIGNTO);
  }
  // The payload as it once came from the kernel.
  Message(int type, int flags, std::span<const std::uint8_t> payload)
      : msg_(nlmsg_alloc_size(payload.size() + NLMSG_HDRLEN + NLMSG_ALIGNTO)) {
    nlmsg_put(msg_.get(), NL_AUTO_PORT, NL_AUTO_SEQ, type, 0, flags);
    nlmsg_append(msg_.get(), const_cast<std::uint8_t*>(payload.data()), payload.size(),
                 NLMSG_ALIGNTO);
  }

  void put(int attribute, std::span<const std::uint8_t> bytes) {
    nla_put(msg_.get(), attribute, static_cast<int>(bytes.size()), bytes.data());
  }
  void put(int attribute, const IpAddress& address) { put(attribute, address.bytes()); }
  void put_u8(int attribute, std::uint8_t value) { nla_put_u8(msg_.get(), attribute, value); }
  void put_u32(int attribute, std::uint32_t value) { nla_put_u32(msg_.get(), attribute, value); }
  void put_string(int attribute, const char* value) {
    nla_put_string(msg_.get(), attribute, value);
  }
  nlattr* nest(int attribute) { return nla_nest_start(msg_.get(), attribute); }
  void nest_end(nlattr* start) { nla_nest_end(msg_.get(), start); }

  [[nodiscard]] nl_msg* get() const { return msg_.get(); }
  [[nodiscard]] const nlmsghdr& header() const { return *nlmsg_hdr(msg_.get()); }

 private:
  struct Free {
    void operator()(nl_msg* msg) const { nlmsg_free(msg); }
  };
  std::unique_ptr<nl_msg, Free> msg_;
};

// The attributes of one message or nest, by type; the last of several wins. Values are copied out,
// none is read beyond its length.
class Attributes {
 public:
  // Of a whole message with a fixed part of header_size bytes; nothing where the message is
  // shorter.
  static std::optional<Attributes> of(const nlmsghdr& message, std::size_t header_size, int max) {
    auto* header = const_cast<nlmsghdr*>(&message);
    const int size = static_cast<int>(header_size);
    if (nlmsg_valid_hdr(header, size) == 0) return std::nullopt;
    return Attributes(nlmsg_attrdata(header, size), nlmsg_attrlen(header, size), max);
  }
  [[nodiscard]] std::optional<Attributes> nested(int type, int max) const {
    nlattr* attribute = find(type);
    if (attribute == nullptr) return std::nullopt;
    return Attributes(static_cast<nlattr*>(nla_data(attribute)), nla_len(attribute), max);
  }

  [[nodiscard]] std::span<const std::uint8_t> bytes(int type) const {
    const nlattr* attribute = find(type);
    if (attribute == nullptr) return {};
    return {static_cast<const std::uint8_t*>(nla_data(attribute)),
            static_cast<std::size_t>(nla_len(attribute))};
  }
  template <class T>
  [[nodiscard]] std::optional<T> value(int type) const {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto raw = bytes(type);
    if (raw.size() < sizeof(T)) return std::nullopt;
    T out;
    std::memcpy(&out, raw.data(), sizeof out);
    return out;
  }
  [[nodiscard]] std::optional<std::uint32_t> u32(int type) const {
    return value<std::uint32_t>(type);
  }
  [[nodiscard]] std::optional<IpAddress> address(int type) const {
    return IpAddress::from_bytes(bytes(type));
  }
  // Up to the first NUL.
  [[nodiscard]] std::string_view string(int type) const {
    const auto raw = bytes(type);
    const std::string_view view(reinterpret_cast<const char*>(raw.data()), raw.size());
    return view.substr(0, view.find('\0'));
  }
  [[nodiscard]] bool has(int type) const { return find(type) != nullptr; }

 private:
  Attributes(nlattr* first, int length, int max) : found_(static_cast<std::size_t>(max) + 1) {
    nla_parse(found_.data(), max, first, length, nullptr);
  }
  [[nodiscard]] nlattr* find(int type) const {
    return static_cast<std::size_t>(type) < found_.size() ? found_[static_cast<std::size_t>(type)]
                                                          : nullptr;
  }
  std::vector<nlattr*> found_;
};

}  // namespace mwan::netlink
