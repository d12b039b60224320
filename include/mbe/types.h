// What goes in and out of the engine: plain values, one meaning each, the same names as in JSON and
// on the command line. Texts are UTF-8, times milliseconds since 1970 UTC.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace mbe {

/// Bytes of the text of one block; the rest of a payload of 1 MiB is for what describes it.
inline constexpr std::size_t text_bytes_max = 1'000'000;

/// A block as a person sees it.
struct BlockView {
  std::uint64_t block_index = 0;
  std::string state = "ok";  ///< ok, erased, key-missing, corrupt; the rest is empty unless ok
  TimeMs timestamp_ms = 0;   ///< event time if known, else recorded
  TimeMs recorded_ms = 0;
  std::optional<TimeMs> event_ms;
  std::string context;                          ///< what was said, byte for byte
  std::vector<std::string> keywords;            ///< as sealed
  std::vector<std::string> tags;                ///< as sealed, in the text's language
  std::optional<std::vector<float>> embedding;  ///< nothing while pending or without a model
  float importance = 0;
  std::string hash, prev_hash;
  std::string kind, trust, speaker, session, source, channel, writer;
  std::vector<std::uint64_t> refs;
  std::string data;  ///< a JSON object that goes with the text; empty: none
  std::vector<std::string> keywords_now, tags_now;  ///< by the analyser of today; show() only
  std::vector<std::string> tags_derived;            ///< from the embedding; show() only
  bool pinned = false, hidden = false;
  bool retold = false;  ///< an answer that only repeats what it rests on; recall passes it over
  std::optional<std::uint64_t> superseded_by;
};

struct RememberRequest {
  std::string text;
  std::string speaker;
  std::string session;
  std::string source;
  std::string channel = "cli";
  std::string writer;
  std::string kind = "utterance";  ///< utterance, answer, fact or creation
  std::string trust = "owner";
  std::optional<TimeMs> event_ms;
  std::optional<std::uint64_t> supersedes;
  std::vector<std::uint64_t> refs;  ///< blocks it rests on: forgotten with any of them
  std::string data;                 ///< a JSON object that goes with it, or empty
  /// Of an answer: it only repeats what is known. Found out by itself where it has `refs`.
  bool retold = false;
  int utc_offset_minutes = 0;
};

struct RememberReceipt {
  std::uint64_t block_index = 0;
  std::string hash;
};

/// Where something was said once more: what goes with a mark `repeat`.
struct MarkRequest {
  std::string session, channel, writer;
};

/// What is kept about a memory rather than in it.
struct RecordRequest {
  std::string kind;  ///< identity, manifest or audit
  std::string text, source, channel, writer;
  std::string data;  ///< a JSON object, or empty
  std::vector<std::uint64_t> refs;
};

struct RecallFilter {
  std::vector<std::string> speakers, sessions, tags, keywords, kinds, trusts, channels;
  std::vector<std::string> sources;         ///< where it comes from: the whole name
  std::vector<std::string> writers;         ///< accounts that wrote it
  std::optional<TimeMs> from_ms, until_ms;  ///< of the block's timestamp, both included
  std::optional<TimeMs> as_of_ms;           ///< the memory as it was recorded then
  float importance_min = 0;
  bool include_hidden = false;
  bool include_superseded = false;
  bool include_retold = false;  ///< recall: answers that only repeat memories; lists hold them
};

struct RecallRequest {
  std::string cue;
  std::size_t top_k = 10;  ///< 1 … 1,000
  RecallFilter filter;
  std::vector<std::string> arms;  ///< keyword, tag, vector, time, waypoint; empty: all
  bool threshold = true;          ///< leave out what is more likely noise
  bool neighbours = true;         ///< offer the turns beside each hit
  bool bare = false;              ///< hits carry only block_index, source, session and score
  std::string conversation;       ///< whose waypoints count; empty: none
  std::optional<std::size_t> budget_tokens;  ///< stop when the texts reach that many
  int utc_offset_minutes = 0;
};

struct ArmShare {
  std::string arm;
  std::uint32_t rank = 0;
  float share = 0;
};

/// A block by another writer that says the same: docs/formulas/trust.md.
struct Corroboration {
  std::uint64_t block_index = 0;
  std::string writer, trust;
  float share = 0;  ///< of all their words, those that both have
};

struct RecallHit {
  BlockView block;
  float score = 0;       ///< 0 … 1
  float confidence = 0;  ///< 0 … 1: by its trust, and by others who say the same
  std::vector<Corroboration> corroborated_by;
  std::vector<ArmShare> arms;
  std::uint32_t span_begin = 0, span_end = 0;  ///< best window of a long text, bytes
  std::vector<BlockView> neighbours;
};

struct RecallResult {
  std::vector<RecallHit> hits;
  float threshold = 0;
  std::size_t below_threshold = 0;      ///< candidates that were left out by it
  std::uint64_t vectors_pending = 0;    ///< blocks not yet embedded
  std::optional<Message> vectors_note;  ///< why vectors did not take part
  std::int64_t embed_us = 0;            ///< time for the query's embedding
  std::int64_t search_us = 0;           ///< all else
};

struct WaypointView {
  std::uint64_t block_index = 0;
  float relevance = 0;                     ///< 0 … 1
  float keyword = 0, tag = 0, vector = 0;  ///< parts of it
  std::string context;
};

struct TurnView {
  std::string speaker, text;
  bool from_assistant = false;
  TimeMs time_ms = 0, expires_ms = 0;
  std::optional<std::uint64_t> block_index;  ///< where it went into long-term memory
};

struct ObserveRequest {
  std::string text;
  std::string speaker;
  std::string conversation = "default";
  bool from_assistant = false;
  /// auto: long-term unless it is chatter; always; never (short-term only)
  std::string remember = "auto";
  RememberRequest as;  ///< channel, writer, trust … of the block; text and speaker are ignored
  /// false: waypoints stay as they are, because compose() has just renewed them.
  bool renew = true;
  /// The block that says it already: nothing is added to long-term memory.
  std::optional<std::uint64_t> block_index;
};

struct ObserveResult {
  std::optional<std::uint64_t> block_index;
  std::vector<WaypointView> waypoints;
};

/// A block that shall be in a prompt, and how near it is.
struct WaypointChoice {
  std::uint64_t block_index = 0;
  float relevance = 1;  ///< 0 … 1
};

struct ComposeRequest {
  std::string input;
  /// The memories to choose from, instead of what comes to mind; working memory stays as it was.
  std::optional<std::vector<WaypointChoice>> waypoints;
  std::string conversation = "default";
  std::size_t budget_tokens = 1024;
  /// plain, openai, anthropic; memory: the memories alone, in one fence of their own, nothing where
  /// none comes to mind
  std::string format = "plain";
  /// What the reader has before them anyway: memories that say just that are left out.
  std::vector<std::string> shown;
  std::string language;  ///< ko, en; empty: the input's
  std::string identity;  ///< whose voice answers: trusted text for the system role
  bool keep = true;      ///< false: working memory stays as it was
  int utc_offset_minutes = 0;
};

struct ComposeResult {
  std::string prompt;
  std::size_t tokens = 0;
  std::vector<std::uint64_t> included, cut, left_out;
  std::vector<WaypointView> waypoints;  ///< what came to mind, the most relevant first
};

struct ListRequest {
  RecallFilter filter;
  std::uint64_t from = 0;             ///< only blocks at or above this index
  std::uint64_t before = UINT64_MAX;  ///< only blocks below this index
  std::size_t limit = 20;             ///< 1 … 1,000
  bool oldest_first = false;
  bool all_kinds = false;  ///< also marks, erasures and other records of the engine
  bool with_embedding = false;
};

struct DaySummary {
  std::string day;  ///< YYYY-MM-DD
  std::uint64_t blocks = 0;
  std::vector<std::string> keywords, tags;        ///< most frequent first
  double mood = 0;                                ///< -1 … 1: positive less negative, over all
  std::map<std::string, std::uint64_t> speakers;  ///< blocks of each who is named
};

/// block_summary: groups of blocks said in few of their own sentences.
struct SummaryRequest {
  std::string by = "day";        ///< day, session, topic (a keyword)
  RecallFilter filter;           ///< of which blocks
  std::size_t at_least = 8;      ///< blocks of a group that needs a summary; from 2
  std::size_t sentences = 5;     ///< of a summary, 1 … 50
  std::size_t older_days = 0;    ///< only groups whose last block is older
  std::size_t groups_max = 100;  ///< of one call; what is left comes with the next
  bool dry_run = false;
  std::string channel = "cli", writer;
  int utc_offset_minutes = 0;
};

/// block_merger: the same said again, by the same speaker.
struct MergeRequest {
  RecallFilter filter;  ///< of which blocks
  bool dry_run = false;
  std::string channel = "cli", writer;
};

/// A block made of others: a summary, or a merge whose first source is the one that stays.
struct DerivedBlock {
  std::optional<std::uint64_t> block_index;  ///< nothing after a dry run
  std::string name;                          ///< the day, the session, the topic; of a merge empty
  std::string text;
  std::vector<std::uint64_t> sources;  ///< forgotten with any of them
  std::string rule;                    ///< why: which rule took them together
};

/// block_filter: what matters most.
struct FilterRequest {
  float importance = 0.5F;  ///< 0 … 1: at least
  RecallFilter filter;
  std::size_t limit = 100;  ///< 1 … 1,000
};

/// Two statements of one speaker that cannot both hold.
struct ConflictView {
  BlockView earlier, later;
  std::string rule;  ///< amount, denial, mood
};

struct GoalView {
  std::string state;  ///< open, done, dropped
  std::string text;
  std::uint64_t block_index = 0;
  std::optional<std::uint64_t> resolved_by;
  TimeMs timestamp_ms = 0;
};

/// What to forget; fields that are given must all hold.
struct ForgetTarget {
  std::vector<std::uint64_t> blocks;
  RecallFilter filter;
  std::string cue;      ///< everything that recall finds for it above the threshold
  bool refuse = false;  ///< do not store the same statement again
};

struct ForgetPreview {
  std::vector<BlockView> targets;
  std::vector<BlockView> derived;  ///< answers, summaries and updates that rest on them
  std::vector<Message> notes;      ///< what stays out of reach, said before anything is done
  [[nodiscard]] std::size_t count() const { return targets.size() + derived.size(); }
};

struct ForgetReport {
  std::uint64_t erase_block = 0;
  std::size_t count = 0;
  std::vector<std::string> unreached;
};

struct HistoryEntry {
  std::string event;  ///< said, updated, pinned, unpinned, hidden, restored, derived, erased
  BlockView block;
};

/// Days that a text names; both ends included.
struct DateView {
  std::string text;                  ///< as it was said
  std::string first_day, last_day;   ///< YYYY-MM-DD, where it was said
  TimeMs from_ms = 0, until_ms = 0;  ///< from the first instant to the last
};

struct AnalysisView {
  std::string language;
  std::vector<std::string> terms, keywords, keyword_ids, tags, tag_ids;
  float importance = 0;
  bool is_question = false;
  bool is_chatter = false;  ///< greeting, laughter: nothing to remember
  std::vector<DateView> dates;
  std::vector<std::string> intentions;  ///< state: text
};

/// One line of an import, whatever file it came from.
struct ImportItem {
  std::string id, chain, text, speaker, session;
  std::optional<TimeMs> time_ms;
  std::string kind = "utterance";
  std::string channel = "import", trust = "imported";
  int utc_offset_minutes = 0;  ///< where it was said: what `yesterday` counts from
  std::uint64_t line = 0;
};

struct ImportReport {
  std::uint64_t imported = 0, skipped = 0;  ///< skipped: its source id is there, or was forgotten
  std::vector<std::pair<std::uint64_t, Error>> refused;  ///< line, why
  bool stopped = false;  ///< progress asked to stop; the same import continues there
};

struct Stats {
  std::uint64_t blocks = 0;  ///< all, genesis included
  std::uint64_t memories = 0, erased = 0, pinned = 0, hidden = 0;
  std::uint64_t vectors = 0, vectors_pending = 0;
  std::uint64_t log_bytes = 0, keyword_bytes = 0, attribute_bytes = 0, vector_bytes = 0;
  std::string chain, model, head_hash;
};

struct VerifyResult {
  bool ok = false;
  std::uint64_t blocks = 0, bytes = 0, erased = 0;
  std::optional<std::uint64_t> first_bad;
  std::vector<Error> problems;
};

/// An embedding model of the home or of the installation.
struct ModelView {
  std::string name, path, source, licence;
  std::size_t dim = 0;
  std::uint64_t bytes = 0;
  bool active = false;
  std::optional<Message> problem;  ///< why it cannot be used
};

struct AddModelRequest {
  std::string name, query_prefix, passage_prefix, pooling = "mean", source, licence;
};

/// config.toml, [transcripts]: what Echo writes beside the log, in plain text.
struct TranscriptSettings {
  bool write = true;
  bool raw = true;  ///< each exchange as it came in too, in memory_backup/; only with `write`
  std::uint64_t lines_a_part = 5'000;  ///< 1 … 1,000,000
};

/// config.toml, [derived]: what a long-lived process makes by itself, once a day.
struct DerivedSettings {
  std::uint64_t summarise_after_days = 30;  ///< days older than that; 0: never
  bool merge = true;                        ///< what was said again
};

/// Told now and then during long work: done and all items; return false to stop.
using Progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

}  // namespace mbe
