#ifndef MARTLET_CXMLSHIMS_H
#define MARTLET_CXMLSHIMS_H

#include <stdbool.h>
#include <stddef.h>

/// A place in the text that is parsed: line and column from 1, byte offset from 0.
struct martlet_xml_place {
    long line;
    long column;
    long offset;
};

/// The start of an element. All strings are valid during the call only; absent ones are NULL.
struct martlet_xml_element {
    const char *name;
    const char *prefix;
    const char *uri;
    /// Prefix and URI of each namespace declared here, two pointers each.
    int namespace_count;
    const char *const *namespaces;
    /// Name, prefix, URI, first byte of the value and the byte behind its last, five pointers each.
    int attribute_count;
    const char *const *attributes;
};

/// What a parse reports, in document order; a callback that returns false ends it.
struct martlet_xml_handler {
    void *context;
    /// The place is inside the start tag, behind the last attribute.
    bool (*start)(void *context, const struct martlet_xml_element *element, struct martlet_xml_place place);
    /// The place is behind the end tag, or behind the tag of an empty element.
    bool (*end)(void *context, struct martlet_xml_place place);
    /// Characters between tags, in any number of pieces.
    bool (*text)(void *context, const char *bytes, int count, struct martlet_xml_place place);
};

enum martlet_xml_status {
    MARTLET_XML_OK,
    /// A callback returned false.
    MARTLET_XML_STOPPED,
    MARTLET_XML_MALFORMED,
    /// Start and end tag differ.
    MARTLET_XML_TAG_MISMATCH,
    MARTLET_XML_ENDS_EARLY,
    /// An entity other than the five of XML.
    MARTLET_XML_UNKNOWN_ENTITY,
    /// A document type declaration.
    MARTLET_XML_DOCTYPE,
    /// Another encoding than UTF-8.
    MARTLET_XML_ENCODING,
    /// Bytes that are no UTF-8, or a character that XML forbids.
    MARTLET_XML_CHARACTER,
    /// The same attribute twice in one tag.
    MARTLET_XML_DUPLICATE_ATTRIBUTE,
    /// A prefix that was not declared.
    MARTLET_XML_NAMESPACE,
    /// More attributes in one tag than `martlet_xml_attribute_limit`.
    MARTLET_XML_TOO_MANY_ATTRIBUTES,
    MARTLET_XML_NO_MEMORY,
};

/// Most attributes, namespaces included, that one tag may have.
enum { martlet_xml_attribute_limit = 64 };

/// Prepares libxml2; call it once, before the first parse.
void martlet_xml_begin(void);

/// Parses a document of `count` bytes, at most INT_MAX, without network, document type or entities of its own. What
/// goes wrong is told by the status and its place.
enum martlet_xml_status martlet_xml_parse(
    const char *bytes, size_t count, const struct martlet_xml_handler *handler, struct martlet_xml_place *failure);

/// The code point of an HTML 4 entity such as `nbsp`; 0 if there is none.
unsigned int martlet_xml_html_entity(const char *name);

#endif
