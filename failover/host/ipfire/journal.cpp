// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/journal.hpp"

#include <array>

#include <fmt/format.h>

#include "failover/host/ipfire/settings_file.hpp"

namespace mwan::failover::ipfire {
namespace {

constexpr std::string_view journal_file = "takeover";
constexpr std::array<std::string_view, 3> phase_names = {"taking", "taken", "giving"};

}  // namespace

std::string encode(const JournalEntry& entry) {
  return fmt::format("PHASE={}\nLINK={}\nMODE={}\nSETTINGS={}\nASIDE={}\nBOOT={}\n",
                     phase_names.at(static_cast<std::size_t>(entry.phase)), entry.link,
                     entry.full ? "full" : "fast", entry.settings ? "backup" : "primary",
                     entry.aside ? "yes" : "no", entry.boot);
}

std::optional<JournalEntry> decode_journal(std::string_view text) {
  const auto file = parse_settings(text, "takeover");
  if (!file || !file->dropped().empty()) return std::nullopt;
  JournalEntry out{.link = file->get("LINK"),
                   .full = file->get("MODE") == "full",
                   .settings = file->get("SETTINGS") == "backup",
                   .aside = file->get("ASIDE") == "yes",
                   .boot = file->get("BOOT")};
  const std::string phase = file->get("PHASE");
  for (std::size_t i = 0; i < phase_names.size(); ++i) {
    if (phase == phase_names[i] && !out.link.empty()) {
      out.phase = static_cast<Phase>(i);
      return out;
    }
  }
  return std::nullopt;
}

Result<std::optional<JournalEntry>> Journal::read() const {
  const auto text = store_.get(journal_file);
  if (!text) return failed(text.error());
  if (!*text) return std::optional<JournalEntry>();
  auto entry = decode_journal(**text);
  if (entry) return entry;
  return failed(FailureClass::Permanent, store_.path() + "/" + std::string(journal_file),
                "is not what the daemon writes there; see to it that RED is the primary's "
                "(network restart red), then remove the file");
}

Status Journal::write(const JournalEntry& entry) { return store_.put(journal_file, encode(entry)); }
Status Journal::clear() { return store_.remove(journal_file); }

}  // namespace mwan::failover::ipfire
