// SPDX-License-Identifier: LGPL-2.1-or-later
// What an indication of the modem means. Pure; indications that cannot be read are passed over,
// because the next cross-check asks for the same.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "modems/adapter.hpp"
#include "modems/qmi/indication.hpp"
#include "modems/qmi/network_view.hpp"

namespace mwan::qmi {

class Hearing {
 public:
  // where names a step in messages: "lte: qmi STEP".
  using Where = std::function<std::string(const std::string& step)>;
  Hearing(NetworkView& view, Where where) : view_(view), where_(std::move(where)) {}

  void hear(const Indication& indication, const std::function<void(const ModemReport&)>& tell);

 private:
  using Tell = std::function<void(const ModemReport&)>;
  void nas(const Indication& indication, const Tell& tell);
  void wds(const Indication& indication, const Tell& tell) const;
  void tell_network(const Tell& tell);

  NetworkView& view_;
  Where where_;
  bool disputed_ = false;
};

}  // namespace mwan::qmi
