#include <stdarg.h>
#include <gd.h>
#include <gd_errors.h>

static inline void gallery_gd_ignore(int priority, const char *format, va_list arguments) {
    (void)priority;
    (void)format;
    (void)arguments;
}

/* What is wrong with a picture is told to the one who sent it, not to the log. */
static inline void gallery_gd_silence(void) { gdSetErrorMethod(gallery_gd_ignore); }
