# Sourced after report.sh by launch.sh: what a home gets before it is served - links to chat models,
# and a sample world. Nothing that is there already is changed, but for links to models.
circuits=(emotion self creation)

# gguf_files FOLDER: the GGUF files right in it, one a line.
gguf_files() { find -L "$1" -maxdepth 1 -type f -name '*.gguf' 2>/dev/null | sort; }

# check_models DIR: stops unless it holds GGUF files where link_models looks for them.
check_models() {
  local circuit
  [ -d "$1" ] || stop "--models: there is no folder $1"
  [ -z "$(gguf_files "$1")" ] || return 0
  for circuit in "${circuits[@]}"; do
    [ -z "$(gguf_files "$1/$circuit")" ] || return 0
  done
  stop "--models: no GGUF file in $1, nor in $1/{emotion,self,creation}; see docs/guide/circuits.md"
}

# place_for FILE: the folder of models/ that a loose file belongs to, by the family in its name;
# any other serves every circuit that has none of its own.
place_for() {
  local name=${1##*/}
  case ${name,,} in
    *deepseek*) echo creation ;;
    *mixtral*) echo emotion ;;
    *llama*) echo self ;;
    *) echo . ;;
  esac
}

# link_model FILE FOLDER: a link to a file; a real file of that name is not ours to replace.
link_model() {
  local link=$2/${1##*/}
  if [ -e "$link" ] && [ ! -L "$link" ]; then
    [ "$link" -ef "$1" ] || stop "--models: $link is a file already; move it away"
    return 0
  fi
  (umask 077 && mkdir -p "$2")
  ln -sfn "$(realpath "$1")" "$link"
  say "model: $link"
}

# link_models DIR HOME: the links of an earlier --models make room for those to the files of DIR.
link_models() {
  local folder=$2/models file circuit
  if [ -d "$folder" ] && [ "$1" -ef "$folder" ]; then return 0; fi
  find "$folder" -maxdepth 2 -type l -name '*.gguf' -delete 2>/dev/null || true
  while read -r file; do
    link_model "$file" "$folder/$(place_for "$file")"
  done < <(gguf_files "$1")
  for circuit in "${circuits[@]}"; do
    while read -r file; do link_model "$file" "$folder/$circuit"; done < <(gguf_files "$1/$circuit")
  done
  [ ! -f "$2/circuits.toml" ] || say "$2/circuits.toml chooses the models: name them there"
}

# has_models HOME: whether it has chat models, or a file that says where they are.
has_models() {
  [ -f "$1/circuits.toml" ] ||
    [ -n "$(find -L "$1/models" -maxdepth 2 -type f -name '*.gguf' 2>/dev/null)" ]
}

# link_sample_model HOME: the smallest file of what tools/setup --sample-model has fetched.
link_sample_model() {
  local cache=${MBE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mbe}
  if has_models "$1"; then
    say "sample model: left out, $1 has models of its own"
  else
    link_model "$cache/models/gemma-3-270m/gemma-3-270m-q4_0.gguf" "$1/models"
  fi
}

# add_sample MBE HOME [OPTIONS]: the sample world, where no transcripts are yet.
add_sample() {
  local mbe=$1 home=$2
  shift 2
  if ! "$mbe" --lang en --help | grep -qE '^ +sample '; then
    say "sample: this version of mbe has none"
  elif [ -e "$home/memory" ]; then
    say "sample: left out, $home has transcripts already"
  else
    "$mbe" sample --home "$home" "$@" || stop "sample: see above"
  fi
  has_models "$home" ||
    say "no chat model: Echo answers from memories; see --models and --sample-model"
}
