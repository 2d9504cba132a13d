// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/portal_watch.hpp"

#include <cctype>

#include <fmt/format.h>

namespace mwan::failover {
namespace {

// The host of an absolute http(s) URL, without its port; empty when it is none.
std::string_view host_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const auto user = url.rfind('@'); user != std::string_view::npos) url.remove_prefix(user + 1);
  if (url.starts_with('[')) return url.substr(0, url.find(']') + 1);
  return url.substr(0, url.find(':'));
}

bool same_host(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// It is shown to people, and somebody else wrote it.
std::string printable(std::string_view url) {
  std::string out(url.substr(0, 200));
  std::erase_if(out, [](unsigned char c) { return c <= 0x20 || c >= 0x7f; });
  return out;
}

}  // namespace

HttpVerdict judge(const ProbeTarget& target, const HttpReply& reply) {
  constexpr int kNetworkAuthenticationRequired = 511;  // RFC 6585 section 6
  const bool body_fits = target.body.empty() || reply.body.find(target.body) != std::string::npos;
  if (reply.status == target.status && body_fits) {
    // A portal that copies the status of a page without content and sends its own all the same.
    return target.status == 204 && !reply.body.empty() ? HttpVerdict::Portal
                                                       : HttpVerdict::Expected;
  }
  if (reply.status == kNetworkAuthenticationRequired) return HttpVerdict::Portal;
  if (reply.status >= 200 && reply.status < 300) return HttpVerdict::Portal;
  if (reply.status >= 300 && reply.status < 400) {
    const auto host = host_of(reply.location);
    // To itself, mostly from http to https: the server is there and was moved.
    return host.empty() || same_host(host, target.host) ? HttpVerdict::Wrong : HttpVerdict::Portal;
  }
  return HttpVerdict::Wrong;
}

std::string portal_words(const ProbeTarget& target, const HttpReply& reply) {
  const std::string where = printable(reply.location);
  const std::string page = fmt::format("{}://{}/", target.tls ? "https" : "http", target.host);
  return fmt::format("a captive portal answers instead of the internet; log in at {}",
                     where.empty() ? page + " (any page leads there)" : where);
}

}  // namespace mwan::failover
