// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a captive portal stands between the link and the internet. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "failover/probe/probe_target.hpp"

namespace mwan::failover {

// What a server, or whoever answers in its place, said; untrusted.
struct HttpReply {
  int status = 0;
  std::string location;  // absolute, where a redirect leads; may be empty
  std::string body;      // its first bytes
};

enum class HttpVerdict {
  Expected,
  Portal,  // somebody else answered: a redirect to another host, 511, or success with other content
  Wrong,   // the server, but not as expected: it proves nothing
};
HttpVerdict judge(const ProbeTarget& target, const HttpReply& reply);
// For people: "a captive portal answers instead of the internet; log in at http://10.0.0.1/login".
std::string portal_words(const ProbeTarget& target, const HttpReply& reply);

// The verdict of several targets: one right answer shows that nobody is in between, whatever
// another target, which may have moved, says.
class PortalWatch {
 public:
  explicit PortalWatch(std::size_t targets) : last_(targets) {}

  void heard(std::size_t target, HttpVerdict verdict) { last_.at(target) = said(verdict); }
  void lost(std::size_t target) { last_.at(target) = Said::Nothing; }
  [[nodiscard]] bool captive() const {
    return std::ranges::find(last_, Said::Portal) != last_.end() &&
           std::ranges::find(last_, Said::Expected) == last_.end();
  }
  // Something was answered that tells.
  [[nodiscard]] bool knows() const {
    return std::ranges::any_of(last_, [](Said s) { return s != Said::Nothing; });
  }

 private:
  enum class Said : std::uint8_t { Nothing, Expected, Portal };
  static Said said(HttpVerdict verdict) {
    if (verdict == HttpVerdict::Wrong) return Said::Nothing;
    return verdict == HttpVerdict::Portal ? Said::Portal : Said::Expected;
  }
  std::vector<Said> last_;
};

}  // namespace mwan::failover
