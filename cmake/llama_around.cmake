# Included by llama.cpp's own build (tools/setup): what stands around the computing (HTTP, JSON,
# chat templates, pictures) is most of what there is to compile and spends no time that anyone
# notices, so it is optimised less than the computing is. That nearly halves its part of the build.
function(optimise_less)
  foreach(target llama-common mtmd server-context llama-server-impl cpp-httplib)
    if(TARGET ${target})
      target_compile_options(${target} PRIVATE -O1)
    endif()
  endforeach()
endfunction()
cmake_language(DEFER CALL optimise_less)
