# Every one of FILES stands in PAGE word for word.
file(READ ${PAGE} page)
foreach(file IN LISTS FILES)
  file(READ ${file} text)
  string(FIND "${page}" "${text}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${PAGE} does not quote ${file} as it is; copy it there again")
  endif()
endforeach()
