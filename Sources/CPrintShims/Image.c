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
