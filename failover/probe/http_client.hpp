// SPDX-License-Identifier: LGPL-2.1-or-later
// HTTP requests that leave by one link only: libcurl's multi interface on the loop, without
// threads. Names are not resolved here: curl would ask the host's resolver, and block.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "failover/probe/link_binding.hpp"
#include "failover/probe/portal_watch.hpp"
#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/time.hpp"

namespace mwan::failover {

struct HttpRequest {
  ProbeTarget target;
  IpAddress address;    // of its host
  std::string ca_file;  // empty: the system's
  Duration timeout{};
};

struct HttpResult {
  std::optional<HttpReply> reply;  // nothing: no answer, or none that can be believed
  std::string words;               // why not, for people
};

class HttpClient {
 public:
  using Done = std::function<void(HttpResult)>;

  HttpClient(Loop& loop, LinkBinding link);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  // done() comes from the loop, never from inside the call. An error when it cannot even begin.
  Status get(std::uint32_t id, const HttpRequest& request, Done done);
  [[nodiscard]] std::size_t under_way() const;
  // Of finished requests, in bytes from the IP header on.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  struct Multi;
  struct Transfer;
  Status open();
  void socket_changed(int fd, int what);
  void timer_changed(long wait_ms);
  void work(int fd, int ready);
  void collect();

  Loop& loop_;
  LinkBinding link_;
  std::map<std::uint32_t, std::unique_ptr<Transfer>> transfers_;
  std::unique_ptr<Multi> multi_;
  std::map<int, SourceHandle> watches_;
  SourceHandle timer_;
  SourceHandle collect_soon_;
  std::uint64_t bytes_ = 0;
};

}  // namespace mwan::failover
