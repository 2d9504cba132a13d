// SPDX-License-Identifier: LGPL-2.1-or-later
// Where mwan-tell sends what scripts have to say: a datagram socket in a folder of ours. Only
// root's words count (SCM_CREDENTIALS), whoever may have got hold of the path.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/process/report.hpp"
#include "hal/unique_fd.hpp"

namespace mwan {

class ReportSocket {
 public:
  struct Calls {
    std::function<void(const ScriptReport&)> report;
    std::function<void(const std::string& why)>
        refused;  // what came and was not taken; may be empty
  };
  // The socket at path (one that was left there is replaced), mode 0600; removed with this object.
  static Result<ReportSocket> open(Loop& loop, const std::filesystem::path& path, Calls calls);

  ReportSocket() = default;
  ReportSocket(ReportSocket&& other) noexcept { *this = std::move(other); }
  ReportSocket& operator=(ReportSocket&&) noexcept;
  ~ReportSocket() { close(); }
  void close();

 private:
  std::filesystem::path path_;
  UniqueFd socket_;
  SourceHandle readable_;
};

}  // namespace mwan
