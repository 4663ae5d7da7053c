// libxml2's headers are included here only: they bring in the system's ICU, which clashes with Foundation's.
#include "CXMLShims.h"

#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

struct parse {
    xmlParserCtxtPtr parser;
    const struct martlet_xml_handler *handler;
    enum martlet_xml_status status;
    struct martlet_xml_place place;
};

static struct martlet_xml_place place_of(xmlParserCtxtPtr parser) {
    struct martlet_xml_place place = {1, 1, 0};
    xmlParserInputPtr input = parser->input;
    if (input == NULL) return place;
    place.line = input->line;
    place.column = input->col;
    place.offset = (long)input->consumed + (long)(input->cur - input->base);
    return place;
}

static void stop(struct parse *parse, enum martlet_xml_status status) {
    // The first fault counts; libxml2 may report others that follow from it.
    if (parse->status == MARTLET_XML_OK) {
        parse->status = status;
        parse->place = place_of(parse->parser);
    }
    xmlStopParser(parse->parser);
}

// MARK: - Events

static void on_start_document(void *context) {
    struct parse *parse = context;
    xmlParserInputPtr input = parse->parser->input;
    // Bytes that libxml2 converts on the way are in another encoding than UTF-8.
    if (input != NULL && input->buf != NULL && input->buf->encoder != NULL) stop(parse, MARTLET_XML_ENCODING);
}

static void on_start(
    void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespace_count,
    const xmlChar **namespaces, int attribute_count, int defaulted_count, const xmlChar **attributes) {
    (void)defaulted_count;
    struct parse *parse = context;
    if (parse->status != MARTLET_XML_OK) return;
    struct martlet_xml_element element = {
        (const char *)name, (const char *)prefix, (const char *)uri, namespace_count, (const char *const *)namespaces,
        attribute_count, (const char *const *)attributes,
    };
    if (!parse->handler->start(parse->handler->context, &element, place_of(parse->parser)))
        stop(parse, MARTLET_XML_STOPPED);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
    (void)name, (void)prefix, (void)uri;
    struct parse *parse = context;
    if (parse->status != MARTLET_XML_OK) return;
    if (!parse->handler->end(parse->handler->context, place_of(parse->parser))) stop(parse, MARTLET_XML_STOPPED);
}

static void on_text(void *context, const xmlChar *bytes, int count) {
    struct parse *parse = context;
    if (parse->status != MARTLET_XML_OK) return;
    if (!parse->handler->text(parse->handler->context, (const char *)bytes, count, place_of(parse->parser)))
        stop(parse, MARTLET_XML_STOPPED);
}

static void on_doctype(void *context, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id) {
    (void)name, (void)public_id, (void)system_id;
    stop(context, MARTLET_XML_DOCTYPE);
}

static enum martlet_xml_status status_of(int code) {
    switch (code) {
    case XML_ERR_TAG_NAME_MISMATCH:
        return MARTLET_XML_TAG_MISMATCH;
    case XML_ERR_TAG_NOT_FINISHED:
    case XML_ERR_CDATA_NOT_FINISHED:
    case XML_ERR_COMMENT_NOT_FINISHED:
        return MARTLET_XML_ENDS_EARLY;
    case XML_ERR_UNDECLARED_ENTITY:
    case XML_WAR_UNDECLARED_ENTITY:
        return MARTLET_XML_UNKNOWN_ENTITY;
    case XML_ERR_UNKNOWN_ENCODING:
    case XML_ERR_UNSUPPORTED_ENCODING:
    case XML_ERR_ENCODING_NAME:
        return MARTLET_XML_ENCODING;
    case XML_ERR_INVALID_CHAR:
    case XML_ERR_INVALID_CHARREF:
    case XML_ERR_INVALID_ENCODING:
        return MARTLET_XML_CHARACTER;
    case XML_ERR_ATTRIBUTE_REDEFINED:
        return MARTLET_XML_DUPLICATE_ATTRIBUTE;
    case XML_NS_ERR_UNDEFINED_NAMESPACE:
        return MARTLET_XML_NAMESPACE;
    case XML_ERR_NO_MEMORY:
        return MARTLET_XML_NO_MEMORY;
    default:
        return MARTLET_XML_MALFORMED;
    }
}

#if LIBXML_VERSION >= 21200
static void on_fault(void *context, const xmlError *fault) {
#else
static void on_fault(void *context, xmlErrorPtr fault) {
#endif
    struct parse *parse = context;
    // Undeclared prefixes and odd namespace names are reported as lesser errors; the former change the meaning.
    if (fault->level == XML_ERR_WARNING) return;
    if (fault->level == XML_ERR_ERROR && fault->code != XML_NS_ERR_UNDEFINED_NAMESPACE &&
        fault->code != XML_ERR_UNDECLARED_ENTITY)
        return;
    stop(parse, status_of(fault->code));
}

// MARK: - Attributes

// libxml2 compares the attributes of a tag pairwise before anybody can object, which a hostile tag would make take
// for ever: so tags are looked over first. Malformed text may end the look early; the parse then finds the fault
// before anything behind it.
static const char *find(const char *from, const char *end, const char *mark) {
    size_t length = strlen(mark);
    while ((size_t)(end - from) >= length) {
        const char *next = memchr(from, mark[0], (size_t)(end - from) - length + 1);
        if (next == NULL) return end;
        if (memcmp(next, mark, length) == 0) return next + length;
        from = next + 1;
    }
    return end;
}

static bool starts_with(const char *from, const char *end, const char *mark) {
    size_t length = strlen(mark);
    return (size_t)(end - from) >= length && memcmp(from, mark, length) == 0;
}

// Returns the place of a tag with too many attributes, or NULL.
static const char *find_crowded_tag(const char *from, const char *end) {
    while ((from = memchr(from, '<', (size_t)(end - from))) != NULL) {
        if (starts_with(from, end, "<!--")) {
            from = find(from + 4, end, "-->");
        } else if (starts_with(from, end, "<![CDATA[")) {
            from = find(from + 9, end, "]]>");
        } else if (starts_with(from, end, "<?")) {
            from = find(from + 2, end, "?>");
        } else {
            int count = 0;
            const char *next = from + 1;
            while (next < end && *next != '>' && *next != '<') {
                if (*next == '"' || *next == '\'') {
                    if (++count > martlet_xml_attribute_limit) return from;
                    const char *close = memchr(next + 1, *next, (size_t)(end - next - 1));
                    if (close == NULL) return NULL;
                    next = close;
                }
                next++;
            }
            from = next;
        }
        if (from >= end) return NULL;
    }
    return NULL;
}

static struct martlet_xml_place place_at(const char *bytes, const char *position) {
    struct martlet_xml_place place = {1, 1, (long)(position - bytes)};
    for (; bytes < position; bytes++) {
        place.column++;
        if (*bytes == '\n') place.line++, place.column = 1;
    }
    return place;
}

// MARK: - Parsing

void martlet_xml_begin(void) { xmlInitParser(); }

enum martlet_xml_status martlet_xml_parse(
    const char *bytes, size_t count, const struct martlet_xml_handler *handler, struct martlet_xml_place *failure) {
    *failure = (struct martlet_xml_place){1, 1, 0};
    if (count == 0) return MARTLET_XML_ENDS_EARLY;
    const char *crowded = find_crowded_tag(bytes, bytes + count);
    xmlParserCtxtPtr parser = xmlCreateMemoryParserCtxt(bytes, (int)count);
    if (parser == NULL) return MARTLET_XML_NO_MEMORY;
    if (crowded != NULL) {
        xmlFreeParserCtxt(parser);
        *failure = place_at(bytes, crowded);
        return MARTLET_XML_TOO_MANY_ATTRIBUTES;
    }
    struct parse parse = {parser, handler, MARTLET_XML_OK, {1, 1, 0}};
    // HUGE lifts limits on text and depth that our own bounds replace. Both it and NOENT are safe because no entity can
    // be defined without a document type; without NOENT `&amp;` in an attribute would stay a reference.
    xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_NOENT);
    memset(parser->sax, 0, sizeof(*parser->sax));
    parser->sax->initialized = XML_SAX2_MAGIC;
    parser->sax->startDocument = on_start_document;
    parser->sax->startElementNs = on_start;
    parser->sax->endElementNs = on_end;
    parser->sax->characters = on_text;
    parser->sax->ignorableWhitespace = on_text;
    parser->sax->cdataBlock = on_text;
    parser->sax->internalSubset = on_doctype;
    parser->sax->serror = on_fault;
    parser->userData = &parse;
    parser->sax2 = 1;
    xmlParseDocument(parser);
    if (parse.status == MARTLET_XML_OK && !parser->wellFormed) stop(&parse, MARTLET_XML_MALFORMED);
    if (parser->myDoc != NULL) xmlFreeDoc(parser->myDoc);
    parser->myDoc = NULL;
    xmlFreeParserCtxt(parser);
    *failure = parse.place;
    return parse.status;
}

unsigned int martlet_xml_html_entity(const char *name) {
    const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)name);
    return entity == NULL ? 0 : entity->value;
}
