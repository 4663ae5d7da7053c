// libcurl, for mail, webhooks and documents of others. Imported by one Swift target only: Carriers.
#pragma once
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

// The calls below take any number of arguments of any type, which Swift cannot pass; one function for each type.

static inline CURLcode martlet_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode martlet_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode martlet_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode martlet_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode martlet_curl_set_context(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

/// For `READFUNCTION`, `WRITEFUNCTION` and `HEADERFUNCTION`, whose signatures are the same.
static inline CURLcode martlet_curl_set_function(
    CURL *handle, CURLoption option, size_t (*value)(char *bytes, size_t size, size_t count, void *context)) {
    return curl_easy_setopt(handle, option, value);
}

/// Called about once a second; anything but 0 ends the transfer.
static inline CURLcode martlet_curl_set_progress(
    CURL *handle,
    int (*value)(void *context, curl_off_t total, curl_off_t now, curl_off_t upload_total, curl_off_t upload_now)) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, value);
}

/// Other protocols are refused.
static inline CURLcode martlet_curl_allow_http(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static inline CURLcode martlet_curl_allow_smtp(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
#else
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_SMTP | CURLPROTO_SMTPS));
#endif
}

/// Whether an address of IPv4 is none that a server out on the internet has (RFC 6890): this network, private, shared,
/// loopback, link-local, benchmarks, documentation, multicast, reserved.
static inline int martlet_is_private4(uint32_t address) {
    static const struct { uint32_t start; int bits; } ranges[] = {
        {0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16}, {0xAC100000, 12},
        {0xC0000000, 24}, {0xC0000200, 24}, {0xC0A80000, 16}, {0xC6120000, 15}, {0xC6336400, 24}, {0xCB007100, 24},
        {0xE0000000, 3},
    };
    for (unsigned i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if ((address ^ ranges[i].start) >> (32 - ranges[i].bits) == 0) return 1;
    return 0;
}

/// Whether an address may not be connected to. Where private ones are allowed, link-local ones still are not: cloud
/// providers hand out credentials there.
static inline int martlet_is_refused(const struct sockaddr *address, int only_public) {
    if (address->sa_family == AF_INET) {
        uint32_t value = ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr);
        if (only_public) return martlet_is_private4(value);
        return value >> 16 == 0xA9FE || value >> 28 == 0xE || value == 0;
    }
    if (address->sa_family != AF_INET6) return 1;
    const uint8_t *bytes = ((const struct sockaddr_in6 *)address)->sin6_addr.s6_addr;
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    int is_mapped = 1, is_zero = 1;
    for (int i = 0; i < 12; i++) is_mapped &= bytes[i] == mapped[i];
    for (int i = 0; i < 15; i++) is_zero &= bytes[i] == 0;
    if (is_mapped) {
        struct sockaddr_in inner = {.sin_family = AF_INET};
        for (int i = 0; i < 4; i++) ((uint8_t *)&inner.sin_addr.s_addr)[i] = bytes[12 + i];
        return martlet_is_refused((const struct sockaddr *)&inner, only_public);
    }
    // Global unicast is 2000::/3 (RFC 4291 §2.4); of it, 2001:db8::/32 is documentation.
    if (only_public)
        return bytes[0] >> 5 != 1 || (bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D && bytes[3] == 0xB8);
    int is_link_local = bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80;
    return is_link_local || bytes[0] == 0xFF || (is_zero && bytes[15] == 0);
}

static inline curl_socket_t martlet_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)purpose;
    if (martlet_is_refused(&address->addr, context != NULL)) return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype, address->protocol);
}

/// Connects to no address that must not be asked for documents: looked at once the name is resolved, so that no name can
/// hide one.
static inline void martlet_curl_refuse_addresses(CURL *handle, int only_public) {
    static const char yes = 1;
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, martlet_open_socket);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, only_public ? (void *)&yes : NULL);
    // A connection that was made for another transfer was not looked at.
    curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
}

static inline long martlet_curl_get_long(CURL *handle, CURLINFO info) {
    long value = 0;
    curl_easy_getinfo(handle, info, &value);
    return value;
}

static inline curl_off_t martlet_curl_get_size(CURL *handle, CURLINFO info) {
    curl_off_t value = 0;
    curl_easy_getinfo(handle, info, &value);
    return value;
}

/// Valid until the handle is used again; may be NULL.
static inline const char *martlet_curl_get_text(CURL *handle, CURLINFO info) {
    const char *value = NULL;
    curl_easy_getinfo(handle, info, &value);
    return value;
}

static inline CURLMcode martlet_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

/// The next transfer that is over, with how it went; NULL if there is none.
static inline CURL *martlet_curl_next_done(CURLM *multi, CURLcode *result) {
    int rest = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &rest)) != NULL)
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    return NULL;
}
