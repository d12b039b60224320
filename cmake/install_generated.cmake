# Run while installing, after `program` was set to mbe as it was built: its manual page in both
# languages and its completion scripts.
set(root "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}")

function(said file)
  execute_process(COMMAND ${program} ${ARGN} OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  file(WRITE "${root}/${file}" "${text}")
endfunction()

function(packed file)
  execute_process(COMMAND gzip -9nf "${root}/${file}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

said(share/man/man1/mbe.1 man --lang en)
said(share/man/ko/man1/mbe.1 man --lang ko)
packed(share/man/man1/mbe.1)
packed(share/man/ko/man1/mbe.1)
said(share/bash-completion/completions/mbe completion bash)
said(share/zsh/vendor-completions/_mbe completion zsh)
said(share/fish/vendor_completions.d/mbe.fish completion fish)
