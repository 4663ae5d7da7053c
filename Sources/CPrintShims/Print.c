#include "Print.h"

#include <cairo-pdf.h>
#include <stdlib.h>
#include <string.h>

static cairo_status_t append(void *context, const unsigned char *bytes, unsigned int count) {
    struct martlet_print *print = context;
    if (print->count + count > print->capacity) {
        size_t capacity = (print->count + count) * 2;
        unsigned char *larger = realloc(print->bytes, capacity);
        if (larger == NULL) return CAIRO_STATUS_NO_MEMORY;
        print->bytes = larger;
        print->capacity = capacity;
    }
    memcpy(print->bytes + print->count, bytes, count);
    print->count += count;
    return CAIRO_STATUS_SUCCESS;
}

struct martlet_print *martlet_print_begin(double width, double height, const char *language) {
    struct martlet_print *print = calloc(1, sizeof *print);
    if (print == NULL) return NULL;
    print->surface = cairo_pdf_surface_create_for_stream(append, print, width, height);
    cairo_pdf_surface_restrict_to_version(print->surface, CAIRO_PDF_VERSION_1_5);
    print->cairo = cairo_create(print->surface);
    // The default font map belongs to the thread, which is why everything stays on the one that began.
    print->context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    pango_context_set_language(print->context, pango_language_from_string(language));
    // Paper has no pixels to fit letters to.
    pango_context_set_round_glyph_positions(print->context, FALSE);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(print->context, options);
    cairo_font_options_destroy(options);
    return print;
}

void martlet_print_describe(struct martlet_print *print, enum martlet_print_detail detail, const char *value) {
    static const cairo_pdf_metadata_t kinds[] = {
        [MARTLET_PRINT_TITLE] = CAIRO_PDF_METADATA_TITLE,
        [MARTLET_PRINT_AUTHOR] = CAIRO_PDF_METADATA_AUTHOR,
        [MARTLET_PRINT_SUBJECT] = CAIRO_PDF_METADATA_SUBJECT,
        [MARTLET_PRINT_CREATED] = CAIRO_PDF_METADATA_CREATE_DATE,
        [MARTLET_PRINT_CREATOR] = CAIRO_PDF_METADATA_CREATOR,
    };
    cairo_pdf_surface_set_metadata(print->surface, kinds[detail], value);
}

void martlet_print_end_page(struct martlet_print *print) { cairo_show_page(print->cairo); }

const unsigned char *martlet_print_finish(struct martlet_print *print, size_t *count) {
    cairo_status_t drawn = cairo_status(print->cairo);
    cairo_surface_finish(print->surface);
    *count = print->count;
    if (drawn != CAIRO_STATUS_SUCCESS || cairo_surface_status(print->surface) != CAIRO_STATUS_SUCCESS) return NULL;
    return print->bytes;
}

void martlet_print_free(struct martlet_print *print) {
    g_object_unref(print->context);
    cairo_destroy(print->cairo);
    cairo_surface_destroy(print->surface);
    free(print->bytes);
    free(print);
}

void martlet_print_set_ink(struct martlet_print *print, struct martlet_ink ink) {
    cairo_set_source_rgb(print->cairo, ink.red, ink.green, ink.blue);
}

void martlet_print_fill(
    struct martlet_print *print, double x, double y, double width, double height, struct martlet_ink ink) {
    martlet_print_add(print, x, y, width, height);
    martlet_print_fill_shape(print, ink);
}

void martlet_print_add(struct martlet_print *print, double x, double y, double width, double height) {
    cairo_rectangle(print->cairo, x, y, width, height);
}

void martlet_print_fill_shape(struct martlet_print *print, struct martlet_ink ink) {
    martlet_print_set_ink(print, ink);
    cairo_fill(print->cairo);
}
