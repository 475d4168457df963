#include <malloc.h>
#include <sys/types.h>
#include <sys/uio.h>

// glibc has it, but hides it from the headers that Swift imports.
ssize_t preadv2(int descriptor, const struct iovec *vectors, int count, off_t offset, int flags);

// Converts texts between encodings.
#include <iconv.h>
