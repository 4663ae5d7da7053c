#include <stdlib.h>
#include <string.h>

#include "Print.h"

struct martlet_image {
    cairo_surface_t *surface;
};

struct source {
    const unsigned char *bytes;
    size_t count;
};

static cairo_status_t take(void *context, unsigned char *bytes, unsigned int count) {
    struct source *source = context;
    if (count > source->count) return CAIRO_STATUS_READ_ERROR;
    memcpy(bytes, source->bytes, count);
    source->bytes += count;
    source->count -= count;
    return CAIRO_STATUS_SUCCESS;
}

struct martlet_image *martlet_image_read(const unsigned char *bytes, size_t count) {
    struct source source = {bytes, count};
    cairo_surface_t *surface = cairo_image_surface_create_from_png_stream(take, &source);
    struct martlet_image *image = NULL;
    if (cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS) image = calloc(1, sizeof *image);
    if (image == NULL) {
        cairo_surface_destroy(surface);
        return NULL;
    }
    image->surface = surface;
    return image;
}

void martlet_image_free(struct martlet_image *image) {
    cairo_surface_destroy(image->surface);
    free(image);
}

void martlet_image_draw(
    struct martlet_print *print, const struct martlet_image *image, double x, double y, double width, double height) {
    cairo_save(print->cairo);
    cairo_translate(print->cairo, x, y);
    cairo_scale(
        print->cairo, width / cairo_image_surface_get_width(image->surface),
        height / cairo_image_surface_get_height(image->surface));
    cairo_set_source_surface(print->cairo, image->surface, 0, 0);
    cairo_paint(print->cairo);
    cairo_restore(print->cairo);
}

struct sink {
    bool (*write)(void *context, const unsigned char *bytes, size_t count);
    void *context;
};

static cairo_status_t give(void *context, const unsigned char *bytes, unsigned int count) {
    struct sink *sink = context;
    return sink->write(sink->context, bytes, count) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* Pixels of a byte stand in the order of the machine's own bits (cairo_format_t, CAIRO_FORMAT_A1). */
static unsigned char bit_of(int place) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (unsigned char)(1u << place);
#else
    return (unsigned char)(0x80u >> place);
#endif
}

bool martlet_png_write(
    const unsigned char *is_dark, int width, int height,
    bool (*sink)(void *context, const unsigned char *bytes, size_t count), void *context) {
    // Cairo writes this format as one bit of grey, in which set is white.
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A1, width, height);
    bool is_done = false;
    if (cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS) {
        unsigned char *rows = cairo_image_surface_get_data(surface);
        int stride = cairo_image_surface_get_stride(surface);
        cairo_surface_flush(surface);
        memset(rows, 0, (size_t)stride * height);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                if (!is_dark[(size_t)y * width + x]) rows[(size_t)y * stride + x / 8] |= bit_of(x % 8);
        cairo_surface_mark_dirty(surface);
        struct sink target = {sink, context};
        is_done = cairo_surface_write_to_png_stream(surface, give, &target) == CAIRO_STATUS_SUCCESS;
    }
    cairo_surface_destroy(surface);
    return is_done;
}
