#include <malloc.h>
#include <sys/types.h>
#include <sys/uio.h>

// glibc has it, but hides it from the headers that Swift imports.
ssize_t preadv2(int descriptor, const struct iovec *vectors, int count, off_t offset, int flags);

// Converts texts between encodings.
#include <iconv.h>

// The flag of open and fcntl for writes past the page cache (O_DIRECT in Linux's fcntl.h of each processor). A number here,
// since <fcntl.h> in this module would take names away from Glibc's.
#if defined(__aarch64__) || defined(__arm__)
static const int directFlag = 0200000;
#else
static const int directFlag = 040000;
#endif
