#include "echo/answer.h"

#include <algorithm>
#include <chrono>

#include "base/datetime.h"
#include "base/resources.h"
#include "creation/creation_files.h"
#include "echo/conversations.h"
#include "echo/from_memory.h"

namespace mbe {

namespace {

constexpr std::size_t turns_taken_up = 50;  // as many as short-term memory keeps
constexpr std::size_t note_tokens = 320;    // what the longest note of notes.json takes
constexpr double note_temperature = 0.2;
constexpr std::size_t creation_tokens_factor = 4;  // a thing made is longer than an answer

/// How transcripts name whoever woke Echo; docs/format/transcript.md.
constexpr std::string_view origin_speaker = "오리진";

using Steady = std::chrono::steady_clock;

std::int64_t ms_since(Steady::time_point begun) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - begun).count();
}

Json memory_json(const BlockView& block, float score) {
  return {{"block_index", block.block_index},
          {"text", block.context},
          {"timestamp", format_time(block.timestamp_ms)},
          {"speaker", block.speaker},
          {"score", score},
          {"trust", block.trust}};
}

std::vector<ChatMessage> messages_of(const std::string& prompt) {
  std::vector<ChatMessage> out;
  const Json whole = Json::parse(prompt);
  for (const Json& message : whole["messages"]) {
    out.push_back({message["role"].get<std::string>(), message["content"].get<std::string>()});
  }
  return out;
}

}  // namespace

/// The state of one answer.
class Answerer::One {
 public:
  One(Answerer& owner, const AskRequest& request, const TellStep& tell, const std::stop_token& stop)
      : owner_(owner), request_(request), tell_(tell), stop_(stop), identity_(owner.identity()) {}

  Result<Json> run() {
    MBE_ASSIGN(memory_, owner_.engine_.chain(request_.chain));
    MBE_TRY(take_up());
    MBE_TRY(recall());
    MBE_TRY(save_question());
    if (asks_who(request_.question, analysis_, identity_ ? identity_->name : "")) {
      say(voice_->who(identity_, request_.speaker), "identity");
    } else if (command_ && !request_.speaker.is_origin) {
      say(voice_->text("creation_denied"), "rules");
    } else {
      const std::vector<CircuitEvent> notes = ask_circuits();
      MBE_TRY(speak(notes));
    }
    MBE_TRY(save_creation());
    MBE_TRY(save_answer());
    return finish();
  }

 private:
  /// Where the conversation stood: after a pause, or where another version of it begins.
  Result<void> take_up() {
    conversation_ = request_.conversation;
    if (request_.temporary) {
      if (!request_.edits) return {};
      return fail(ErrorCode::invalid_argument, "a temporary question edits nothing; ask it anew");
    }
    Conversations talks(owner_.engine_, *memory_);
    if (request_.edits) {
      MBE_ASSIGN(branch_, talks.branch_point(conversation_, *request_.edits));
      conversation_ = Conversations::new_name();
      return memory_->resume(conversation_, branch_->before);
    }
    MBE_ASSIGN(const std::vector<TurnView> turns, memory_->short_term(conversation_));
    if (!turns.empty()) return {};
    MBE_ASSIGN(const auto said, talks.said(conversation_, turns_taken_up));
    return memory_->resume(conversation_, said);
  }

  Result<void> recall() {
    const TimeMs now = owner_.clock_.now_ms();
    MBE_ASSIGN(analysis_,
               owner_.engine_.analyse(request_.question, now, request_.utc_offset_minutes));
    voice_ = analysis_.language == "en" ? &owner_.english_ : &owner_.korean_;
    command_ = owner_.commands_.find(request_.question);
    MBE_ASSIGN(const Mood mood, owner_.mood_of(request_.chain, *memory_, now));
    ComposeRequest compose;
    compose.input = request_.question;
    compose.conversation = conversation_;
    compose.format = "openai";
    compose.language = analysis_.language == "en" ? "en" : "ko";
    compose.identity = voice_->system(identity_, request_.speaker, mood);
    compose.keep = !request_.temporary;
    compose.utc_offset_minutes = request_.utc_offset_minutes;
    if (owner_.circuits_ != nullptr) {
      compose.budget_tokens = owner_.circuits_->config().prompt_tokens;
    }
    MBE_ASSIGN(prompt_, memory_->compose(compose));
    Json told = Json::array();
    for (const WaypointView& point : prompt_.waypoints) {
      const bool used =
          std::ranges::find(prompt_.included, point.block_index) != prompt_.included.end();
      if (!used) continue;
      MBE_ASSIGN(BlockView block, memory_->show(point.block_index));
      told.push_back(memory_json(block, point.relevance));
      memories_.push_back(std::move(block));
    }
    recall_ms_ = ms_since(begun_);
    owner_.note_run("recall");
    tell_("recall", {{"memories", std::move(told)},
                     {"keywords", analysis_.keywords},
                     {"tags", analysis_.tags},
                     {"prompt_tokens", prompt_.tokens},
                     {"search_ms", recall_ms_}});
    return {};
  }

  /// What was said is remembered even if nothing comes of it.
  Result<void> save_question() {
    if (request_.temporary) return {};
    Exchange said = exchange();
    said.text = request_.question;
    MBE_ASSIGN(const Saved saved, owner_.core_.save_memory(said));
    question_index_ = saved.utterance.block_index;
    turn_ = saved.utterance.turn;
    if (branch_) {
      Conversations talks(owner_.engine_, *memory_);
      MBE_TRY(talks.keep_branch(conversation_, *branch_, *question_index_));
    }
    owner_.note_run("save");
    return {};
  }

  [[nodiscard]] Exchange exchange() const {
    Exchange out;
    out.chain = request_.chain;
    out.speaker = request_.speaker.is_origin ? std::string(origin_speaker) : request_.speaker.name;
    if (identity_) out.echo = identity_->name;
    out.conversation = conversation_;
    out.writer = request_.writer;
    out.trust = request_.trust;
    return out;
  }

  std::vector<CircuitEvent> ask_circuits() {
    if (owner_.circuits_ == nullptr || !owner_.circuits_->any_ready()) return {};
    route_ = request_.route.value_or(route_of(analysis_, command_.has_value()));
    std::vector<NoteRequest> requests;
    for (const Circuit circuit : circuits_of(route_)) requests.push_back(note_request(circuit));
    return owner_.circuits_->notes(
        requests, [this](const CircuitEvent& event) { tell_("circuit", event_json(event)); },
        stop_);
  }

  /// Self sees the memories; the others what was said alone: their notes come sooner so.
  [[nodiscard]] NoteRequest note_request(Circuit circuit) const {
    ChatRequest out;
    const std::string role = voice_->circuit(circuit, identity_);
    if (circuit == Circuit::self) {
      out.messages = messages_of(prompt_.prompt);
      out.messages.front().text += "\n\n" + role;
    } else {
      out.messages = {{"system", role}, {"user", request_.question}};
    }
    out.tokens_max = note_tokens;
    out.temperature = note_temperature;
    out.schema = voice_->note_schema(circuit);
    return {circuit, std::move(out)};
  }

  [[nodiscard]] std::string in_words(const Error& error) const {
    return request_.messages == nullptr ? error.message() : request_.messages->text(error);
  }

  [[nodiscard]] Json event_json(const CircuitEvent& event) const {
    return {{"circuit", circuit_name(event.circuit)},
            {"state", circuit_state_name(event.state)},
            {"model", event.model},
            {"note", event.note.empty() ? Json() : Json::parse(event.note)},
            {"ms", event.ms},
            {"error", event.error ? Json(in_words(*event.error)) : Json()}};
  }

  Result<void> speak(const std::vector<CircuitEvent>& notes) {
    for (const CircuitEvent& note : notes) {
      if (note.state != CircuitState::done) {
        missing_.push_back(circuit_name(note.circuit));
      } else {
        notes_.push_back({{"circuit", circuit_name(note.circuit)},
                          {"model", note.model},
                          {"note", Json::parse(note.note)}});
      }
    }
    if (owner_.circuits_ != nullptr) speak_with_model();
    // What a model has begun to say stands, even if it broke off.
    if (!answer_.empty() || stop_.stop_requested()) return {};
    if (command_) {
      say(voice_->text("creation_needs_model"), "rules");
      return {};
    }
    if (question_index_ && !voice_->asks(request_.question, analysis_)) {
      say(voice_->text("noted"), "memories");
      return {};
    }
    MBE_ASSIGN(const std::string text,
               answer_from_memory(*memory_, *voice_, analysis_, memories_, question_index_,
                                  request_.utc_offset_minutes));
    say(text, "memories");
    return {};
  }

  void speak_with_model() {
    ChatRequest request;
    request.messages = messages_of(prompt_.prompt);
    if (!notes_.empty()) {
      std::string& last = request.messages.back().text;
      std::string advice = voice_->text("notes") + "\n";
      for (const Json& note : notes_) advice += note["note"].dump() + "\n";
      last = advice + "\n" + last;
    }
    request.tokens_max = owner_.circuits_->config().answer_tokens;
    if (command_) {
      request.messages.front().text += "\n\n" + voice_->creation(identity_);
      request.tokens_max *= creation_tokens_factor;
    }
    std::string by;
    const Result<ChatReply> reply =
        owner_.circuits_->answer(request, stop_, [this](std::string_view text) { add(text); }, by);
    if (!by.empty()) made_of_ = "models";
    spoken_by_ = by;
    if (!reply.ok()) {
      model_error_ = in_words(reply.error());
      return;
    }
    prompt_tokens_ = reply->prompt_tokens;
    completion_tokens_ = reply->completion_tokens;
  }

  /// What was made for the origin is kept as a file too.
  Result<void> save_creation() {
    if (!command_ || made_of_ != "models" || request_.temporary || stop_.stop_requested()) {
      return {};
    }
    Creation made;
    made.kind = creation_kind_name(command_->kind);
    made.artefact = command_->artefact;
    made.asked = request_.question;
    made.text = answer_;
    made.model = spoken_by_;
    made.chain = request_.chain;
    made.blocks = prompt_.included;
    if (question_index_) made.blocks.push_back(*question_index_);
    made.time_ms = owner_.clock_.now_ms();
    MBE_ASSIGN(creation_,
               mbe::save_creation(posix_file_system(), owner_.engine_.home().string(), made));
    owner_.note_run("creation");
    return {};
  }

  void add(std::string_view text) {
    if (!first_delta_ms_) first_delta_ms_ = ms_since(begun_);
    answer_ += text;
    tell_("delta", {{"text", std::string(text)}});
  }
  void say(const std::string& text, const char* made_of) {
    made_of_ = made_of;
    add(text);
  }

  Result<void> save_answer() {
    if (request_.temporary || answer_.empty()) return {};
    const Json evidence = {
        {"made_of", made_of_}, {"route", route_name(route_)},
        {"model", spoken_by_}, {"notes", notes_},
        {"missing", missing_}, {"creation", creation_.empty() ? Json() : Json(creation_)}};
    Exchange answered = exchange();
    answered.answer = answer_;
    answered.used = prompt_.included;
    if (question_index_) answered.used.push_back(*question_index_);
    if (!creation_.empty()) answered.answer_kind = "creation";
    answered.data = evidence.dump(-1, ' ', false, Json::error_handler_t::replace);  // a path
    // Rules, the identity and lists of memories add nothing to what is known.
    answered.retold = made_of_ != "models";
    MBE_ASSIGN(const Saved saved, owner_.core_.save_memory(answered));
    answer_index_ = saved.answer->block_index;
    return {};
  }

  Json finish() {
    const auto index = [](const std::optional<std::uint64_t>& one) {
      return one ? Json(*one) : Json();
    };
    tell_("memory_written", {{"question", index(question_index_)},
                             {"answer", index(answer_index_)},
                             {"turn", index(turn_)},
                             {"conversation", conversation_}});
    const Json usage = {{"prompt_tokens", prompt_tokens_},
                        {"completion_tokens", completion_tokens_},
                        {"recall_ms", recall_ms_},
                        {"first_delta_ms", first_delta_ms_ ? Json(*first_delta_ms_) : Json()},
                        {"total_ms", ms_since(begun_)}};
    tell_("usage", usage);
    Json done = {{"answer", answer_},
                 {"made_of", made_of_},
                 {"route", route_name(route_)},
                 {"missing", missing_},
                 {"stopped", stop_.stop_requested()},
                 {"creation", creation_.empty() ? Json() : Json(creation_)},
                 {"model_error", model_error_.empty() ? Json() : Json(model_error_)},
                 {"conversation", conversation_},
                 {"turn", index(turn_)},
                 {"question_index", index(question_index_)},
                 {"answer_index", index(answer_index_)},
                 {"memories", prompt_.included},
                 {"usage", usage}};
    owner_.note_run("answer");
    tell_("done", done);
    return done;
  }

  Answerer& owner_;
  const AskRequest& request_;
  const TellStep& tell_;
  const std::stop_token& stop_;
  const Steady::time_point begun_ = Steady::now();
  const std::optional<Identity> identity_;
  const Voice* voice_ = nullptr;
  Memory* memory_ = nullptr;
  AnalysisView analysis_;
  std::string conversation_;
  std::optional<BranchPoint> branch_;
  std::optional<std::uint64_t> turn_;  ///< of the question in its conversation
  ComposeResult prompt_;
  std::vector<BlockView> memories_;
  Route route_ = Route::direct;
  Json notes_ = Json::array(), missing_ = Json::array();
  std::optional<CreationCommand> command_;
  std::string answer_, made_of_ = "nothing", spoken_by_, model_error_, creation_;
  std::optional<std::uint64_t> question_index_, answer_index_;
  std::int64_t recall_ms_ = 0;
  std::optional<std::int64_t> first_delta_ms_;
  std::size_t prompt_tokens_ = 0, completion_tokens_ = 0;
};

Result<std::unique_ptr<Answerer>> Answerer::make(Engine& engine, MemoryCore& core,
                                                 Circuits* circuits, const Clock& clock) {
  MBE_ASSIGN(Voice korean, Voice::load("ko"));
  MBE_ASSIGN(Voice english, Voice::load("en"));
  MBE_ASSIGN(const auto dictionary, find_resource(korean_dictionary_resource));
  MBE_ASSIGN(const auto lexicon, find_resource("lexicon"));
  MBE_ASSIGN(const auto words, find_resource("echo/creation.tsv"));
  MBE_ASSIGN(CreationCommands commands, CreationCommands::open({dictionary, lexicon}, words));
  return std::unique_ptr<Answerer>(new Answerer(engine, core, circuits, std::move(korean),
                                                std::move(english), std::move(commands), clock));
}

Result<Json> Answerer::answer(const AskRequest& request, const TellStep& tell,
                              const std::stop_token& stop) {
  return One(*this, request, tell, stop).run();
}

void Answerer::note_run(const std::string& loop) {
  const std::lock_guard lock(mutex_);
  runs_[loop] = clock_.now_ms();
}

std::map<std::string, TimeMs> Answerer::last_run() const {
  const std::lock_guard lock(mutex_);
  return runs_;
}

void Answerer::set_identity(std::optional<Identity> identity) {
  const std::lock_guard lock(mutex_);
  if (identity) runs_["evolution"] = identity->fixed_ms;
  identity_ = std::move(identity);
}

std::optional<Identity> Answerer::identity() const {
  const std::lock_guard lock(mutex_);
  return identity_;
}

}  // namespace mbe
