// zlib, for gzip streams. Imported by one Swift target only: Archives.
#pragma once
#include <zlib.h>

/// `deflateInit2` is a macro, which Swift cannot call. Window bits of 31 ask for the gzip format (zlib manual).
static inline int martlet_gzip_deflate_init(z_streamp stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
}

/// As above, for reading; 47 takes gzip and zlib alike.
static inline int martlet_gzip_inflate_init(z_streamp stream) {
    return inflateInit2(stream, 47);
}
