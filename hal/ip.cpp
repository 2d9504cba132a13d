// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/ip.hpp"

#include <algorithm>

#include <arpa/inet.h>

#include "hal/number.hpp"

namespace mwan {

std::optional<IpAddress> IpAddress::from_bytes(std::span<const std::uint8_t> bytes) {
  if (bytes.size() != 4 && bytes.size() != 16) return std::nullopt;
  IpAddress out;
  out.family_ = bytes.size() == 4 ? IpFamily::V4 : IpFamily::V6;
  std::copy(bytes.begin(), bytes.end(), out.bytes_.begin());
  return out;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string copy(text);
  // inet_pton stops at a NUL; a longer view would be accepted by its beginning.
  if (copy.find('\0') != std::string::npos) return std::nullopt;
  IpAddress out;
  out.family_ = copy.find(':') == std::string::npos ? IpFamily::V4 : IpFamily::V6;
  const int family = out.family_ == IpFamily::V4 ? AF_INET : AF_INET6;
  if (inet_pton(family, copy.c_str(), out.bytes_.data()) != 1) return std::nullopt;
  return out;
}

bool IpAddress::is_unspecified() const {
  return std::ranges::all_of(bytes(), [](std::uint8_t b) { return b == 0; });
}

bool IpAddress::is_link_local() const {
  if (family_ == IpFamily::V4) return bytes_[0] == 169 && bytes_[1] == 254;
  return bytes_[0] == 0xfe && (bytes_[1] & 0xc0U) == 0x80;
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  const int family = family_ == IpFamily::V4 ? AF_INET : AF_INET6;
  inet_ntop(family, bytes_.data(), buffer.data(), buffer.size());
  return buffer.data();
}

std::optional<IpPrefix> IpPrefix::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const auto length = whole_number<unsigned>(text.substr(slash + 1));
  if (!length || *length > address->bytes().size() * 8) return std::nullopt;
  return IpPrefix{*address, static_cast<std::uint8_t>(*length)};
}

bool IpPrefix::contains(const IpAddress& other) const {
  if (other.family() != address.family()) return false;
  const auto mine = address.bytes();
  const auto theirs = other.bytes();
  for (unsigned bit = 0; bit < length; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    if ((mine[bit / 8] & mask) != (theirs[bit / 8] & mask)) return false;
  }
  return true;
}

std::string IpPrefix::text() const { return address.text() + "/" + std::to_string(length); }

}  // namespace mwan
