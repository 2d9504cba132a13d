// SPDX-License-Identifier: LGPL-2.1-or-later
// IPv4 and IPv6 addresses and prefixes as typed values.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mwan {

enum class IpFamily { V4, V6 };

class IpAddress {
 public:
  IpAddress() = default;  // 0.0.0.0

  // Network byte order; 4 bytes make an IPv4 address, 16 an IPv6 one, anything else nothing.
  static std::optional<IpAddress> from_bytes(std::span<const std::uint8_t> bytes);
  // Dotted quad or RFC 4291 text, nothing around it.
  static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] IpFamily family() const { return family_; }
  // 4 or 16 bytes in network byte order.
  [[nodiscard]] std::span<const std::uint8_t> bytes() const {
    return std::span(bytes_).first(family_ == IpFamily::V4 ? 4 : 16);
  }
  [[nodiscard]] bool is_unspecified() const;
  [[nodiscard]] bool is_link_local() const;  // 169.254/16, fe80::/10
  [[nodiscard]] std::string text() const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  IpFamily family_ = IpFamily::V4;
  std::array<std::uint8_t, 16> bytes_{};
};

struct IpPrefix {
  IpAddress address;
  std::uint8_t length = 0;  // 0..32 or 0..128

  // "192.0.2.7/24"; host bits are kept. A missing length is an error.
  static std::optional<IpPrefix> parse(std::string_view text);
  [[nodiscard]] bool contains(const IpAddress& other) const;
  [[nodiscard]] std::string text() const;
  auto operator<=>(const IpPrefix&) const = default;
};

}  // namespace mwan
