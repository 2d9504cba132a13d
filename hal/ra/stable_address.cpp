// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/ra/stable_address.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <glib.h>

namespace mwan {
namespace {

using Identifier = std::array<std::uint8_t, 8>;

// RFC 5453: those of anycast.
bool reserved(const Identifier& id) {
  constexpr Identifier anycast = {0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x80};
  return id == Identifier{} ||
         (std::equal(id.begin(), id.end() - 1, anycast.begin()) && id.back() >= anycast.back());
}

}  // namespace

IpAddress stable_address(const IpPrefix& prefix, std::string_view link,
                         std::span<const std::uint8_t> secret) {
  std::array<std::uint8_t, 16> bytes{};
  std::copy_n(prefix.address.bytes().begin(), 8, bytes.begin());
  Identifier id{};
  for (std::uint8_t attempt = 0; reserved(id); ++attempt) {
    const std::unique_ptr<GHmac, decltype(&g_hmac_unref)> hash(
        g_hmac_new(G_CHECKSUM_SHA256, secret.data(), secret.size()), &g_hmac_unref);
    g_hmac_update(hash.get(), bytes.data(), 8);
    g_hmac_update(hash.get(), reinterpret_cast<const guchar*>(link.data()),
                  static_cast<gssize>(link.size()));
    g_hmac_update(hash.get(), &attempt, 1);
    std::array<std::uint8_t, 32> digest{};
    gsize length = digest.size();
    g_hmac_get_digest(hash.get(), digest.data(), &length);
    std::copy_n(digest.begin(), id.size(), id.begin());
  }
  std::ranges::copy(id, bytes.begin() + 8);
  return IpAddress::from_bytes(bytes).value_or(prefix.address);
}

}  // namespace mwan
