// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/providers/find_apns.hpp"

#include <algorithm>
#include <fstream>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <glib.h>

namespace mwan {
namespace {

constexpr std::size_t kMostBytes = std::size_t{16} * 1024 * 1024;
constexpr std::size_t kMostEntries = 500;  // of one network
constexpr std::size_t kMostDepth = 32;
constexpr std::size_t kMostText = 200;
constexpr std::size_t kMostApn = 100;  // 3GPP TS 23.003 section 9.1

tl::unexpected<Error> no(std::string message) {
  return failed(FailureClass::Permanent, "provider list", std::move(message));
}

bool digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The PLMNs to look for; the first that the list knows is meant.
std::vector<std::string> candidates(const SubscriberNetwork& network) {
  const auto is_plmn = [](std::string_view text) {
    return (text.size() == 5 || text.size() == 6) && digits(text);
  };
  std::vector<std::string> wanted;
  if (is_plmn(network.plmn)) {
    const std::string mcc = network.plmn.substr(0, 3);
    const std::string mnc = network.plmn.substr(3);
    wanted.push_back(network.plmn);
    if (mnc.size() == 2) wanted.push_back(mcc + "0" + mnc);
    if (mnc.size() == 3 && mnc[0] == '0') wanted.push_back(mcc + mnc.substr(1));
  } else if (network.plmn.empty() && network.imsi.size() >= 6 && network.imsi.size() <= 15 &&
             digits(network.imsi)) {
    wanted = {network.imsi.substr(0, 6), network.imsi.substr(0, 5)};
  }
  return wanted;
}

std::string clean(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }, ' ');
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

bool plausible_apn(const std::string& apn) {
  return !apn.empty() && apn.size() <= kMostApn &&
         std::all_of(apn.begin(), apn.end(), [](unsigned char c) { return c > ' ' && c < 0x7F; });
}

ApnUsage usage_of(std::string_view type) {
  if (type == "internet" || type.starts_with("mms-internet")) return ApnUsage::Internet;
  if (type == "mms") return ApnUsage::Mms;
  if (type == "wap") return ApnUsage::Wap;
  if (type == "ia") return ApnUsage::InitialAttach;
  return ApnUsage::Unknown;
}

// Follows the parser through the file.
class Reader {
 public:
  explicit Reader(std::vector<std::string> wanted)
      : wanted_(std::move(wanted)), best_(wanted_.size()) {}

  bool enter(std::string_view element, const gchar** names, const gchar** values) {
    if (path_.size() >= kMostDepth) return false;
    path_.emplace_back(element);
    text_.clear();
    const auto attribute = [&](std::string_view name) {
      for (; *names != nullptr; ++names, ++values) {
        if (name == *names) return std::string(*values);
      }
      return std::string();
    };
    if (element == "provider") {
      provider_.clear();
      found_.clear();
      rank_ = wanted_.size();
      primary_ = attribute("primary") == "true";
    } else if (element == "network-id" && under("gsm")) {
      std::string mcc;
      std::string mnc;
      for (; *names != nullptr; ++names, ++values) {
        if (std::string_view(*names) == "mcc") mcc = *values;
        if (std::string_view(*names) == "mnc") mnc = *values;
      }
      const auto at = std::find(wanted_.begin(), wanted_.end(), mcc + mnc);
      // "3" + "10260" is none
      if (mcc.size() == 3) rank_ = std::min(rank_, static_cast<std::size_t>(at - wanted_.begin()));
    } else if (element == "apn" && under("gsm")) {
      entry_ = ApnEntry{};
      entry_.apn = attribute("value");
      method_.clear();
    } else if (under("apn")) {
      if (element == "usage") entry_.usage = usage_of(attribute("type"));
      if (element == "authentication") method_ = attribute("method");
      if (element == "plan") {
        const std::string type = attribute("type");
        entry_.plan = type == "prepaid"    ? ApnPlan::Prepaid
                      : type == "postpaid" ? ApnPlan::Postpaid
                                           : ApnPlan::Unknown;
      }
    }
    return true;
  }
  void text(std::string_view more) {
    text_.append(more.substr(0, kMostText - std::min(kMostText, text_.size())));
  }
  void leave(std::string_view element) {
    const std::string said = clean(std::exchange(text_, {}));
    if (under("apn")) {
      if (element == "name" && entry_.name.empty()) entry_.name = said;
      if (element == "username") entry_.username = said;
      if (element == "password") entry_.password = Secret(said);
    } else if (element == "name" && under("provider")) {
      if (provider_.empty()) provider_ = said;
    } else if (element == "apn" && under("gsm")) {
      keep_entry();
    } else if (element == "provider") {
      keep_provider();
    }
    if (!path_.empty()) path_.pop_back();
  }
  std::vector<ApnEntry> take() {
    std::stable_partition(entries_.begin(), entries_.end(),
                          [](const ApnEntry& one) { return one.usage == ApnUsage::Internet; });
    return std::move(entries_);
  }

 private:
  // Whether the current element is a child of such a one.
  [[nodiscard]] bool under(std::string_view parent) const {
    return path_.size() >= 2 && path_[path_.size() - 2] == parent;
  }
  void keep_entry() {
    if (!plausible_apn(entry_.apn) || found_.size() >= kMostEntries) return;
    if (!entry_.username.empty() || !entry_.password.empty()) {
      entry_.auth = method_ == "pap" ? PdpAuth::Pap : PdpAuth::Chap;
    }
    found_.push_back(std::move(entry_));
  }
  void keep_provider() {
    // Once: a provider within a provider ends twice.
    std::vector<ApnEntry> found = std::exchange(found_, {});
    if (rank_ >= wanted_.size() || rank_ > best_) return;
    if (rank_ < best_) entries_.clear();
    best_ = rank_;
    for (ApnEntry& one : found) {
      if (entries_.size() >= kMostEntries) return;
      one.provider = provider_;
      one.primary = primary_;
      entries_.push_back(std::move(one));
    }
  }

  std::vector<std::string> wanted_;
  std::size_t best_;  // index of the candidate that entries_ are for
  std::vector<ApnEntry> entries_;
  std::vector<std::string> path_;
  std::string text_;
  // of the provider that is being read
  std::string provider_;
  bool primary_ = false;
  std::size_t rank_ = 0;
  std::vector<ApnEntry> found_;
  // of the APN
  ApnEntry entry_;
  std::string method_;
};

void on_start(GMarkupParseContext*, const gchar* element, const gchar** names, const gchar** values,
              gpointer reader, GError** error) {
  if (static_cast<Reader*>(reader)->enter(element, names, values)) return;
  g_set_error_literal(error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "nested too deeply");
}
void on_end(GMarkupParseContext*, const gchar* element, gpointer reader, GError**) {
  static_cast<Reader*>(reader)->leave(element);
}
void on_text(GMarkupParseContext*, const gchar* text, gsize length, gpointer reader, GError**) {
  static_cast<Reader*>(reader)->text(std::string_view(text, length));
}

}  // namespace

Result<std::vector<ApnEntry>> find_apns_in(std::string_view xml, const SubscriberNetwork& network) {
  std::vector<std::string> wanted = candidates(network);
  if (wanted.empty()) {
    return no("the network of the SIM is not known, so no APN can be looked up: set APN");
  }
  Reader reader(std::move(wanted));
  const GMarkupParser parser = {on_start, on_end, on_text, nullptr, nullptr};
  const std::unique_ptr<GMarkupParseContext, decltype(&g_markup_parse_context_free)> context(
      g_markup_parse_context_new(&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reader, nullptr),
      g_markup_parse_context_free);
  GError* error = nullptr;
  if (g_markup_parse_context_parse(context.get(), xml.data(), static_cast<gssize>(xml.size()),
                                   &error) == FALSE ||
      g_markup_parse_context_end_parse(context.get(), &error) == FALSE) {
    const std::string why = clean(std::string(error->message).substr(0, kMostText));
    g_error_free(error);
    return no(fmt::format("it is broken ({}): set APN", why));
  }
  return reader.take();
}

Result<std::vector<ApnEntry>> find_apns(const std::string& path, const SubscriberNetwork& network) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return no(
        fmt::format("{} cannot be read: set APN, or install mobile-broadband-provider-info", path));
  }
  std::string xml;
  std::string block(65536, '\0');
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    xml.append(block, 0, static_cast<std::size_t>(file.gcount()));
    if (xml.size() > kMostBytes) return no(fmt::format("{} is too big to be one: set APN", path));
  }
  if (file.bad()) return no(fmt::format("{} cannot be read to its end: set APN", path));
  return find_apns_in(xml, network);
}

}  // namespace mwan
