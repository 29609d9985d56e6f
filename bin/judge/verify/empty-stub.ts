// The stub of a code fence: it promises nothing, so that only the fence itself is compiled.
export {}
