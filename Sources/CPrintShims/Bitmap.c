#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "CPrintShims.h"

struct sink {
    bool (*write)(void *context, const unsigned char *bytes, size_t count);
    void *context;
};

static void give_png(png_structp png, png_bytep bytes, size_t count) {
    struct sink *sink = png_get_io_ptr(png);
    if (!sink->write(sink->context, bytes, count)) png_error(png, "refused");
}

static void end_png(png_structp png, png_const_charp message) {
    (void)message;
    png_longjmp(png, 1);
}

/* What the library would say of warnings goes to standard error otherwise. */
static void pass_over(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void begin_png(png_structp png, png_infop info, struct sink *sink, int side) {
    png_set_write_fn(png, sink, give_png, NULL);
    png_set_IHDR(
        png, info, (png_uint_32)side, (png_uint_32)side, 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
        PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    // Equal rows follow one another: the quickest search finds them.
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_set_compression_level(png, 1);
    png_write_info(png, info);
}

bool martlet_png_write(
    const unsigned char *is_dark, int count, int scale, int margin,
    bool (*sink)(void *context, const unsigned char *bytes, size_t count), void *context) {
    int side = (count + 2 * margin) * scale;
    size_t stride = ((size_t)side + 7) / 8;
    unsigned char *row = malloc(stride);
    struct sink target = {sink, context};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, end_png, pass_over);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    volatile bool is_done = false;
    if (row && info && !setjmp(png_jmpbuf(png))) {
        begin_png(png, info, &target, side);
        for (int y = -margin; y < count + margin; y++) {
            memset(row, 0xFF, stride);
            for (int x = 0; x < count && 0 <= y && y < count; x++)
                if (is_dark[(size_t)y * count + x])
                    for (int pixel = (x + margin) * scale; pixel < (x + margin + 1) * scale; pixel++)
                        row[pixel / 8] &= (unsigned char)~(0x80u >> pixel % 8);
            for (int line = 0; line < scale; line++) png_write_row(png, row);
        }
        png_write_end(png, info);
        is_done = true;
    }
    png_destroy_write_struct(&png, &info);
    free(row);
    return is_done;
}
