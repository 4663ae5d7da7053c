#ifndef MARTLET_CLIBPQ_SHIM_H
#define MARTLET_CLIBPQ_SHIM_H

// libpq 14 or newer (pipeline mode).
#include <libpq-fe.h>

/// Drops NOTICE and WARNING messages. libpq's default prints them to stderr, where values from rows could end up in a
/// log.
static inline void martlet_ignore_notice(void *context, const PGresult *notice) {
    (void)context;
    (void)notice;
}

/// Installs `martlet_ignore_notice` on a connection.
static inline void martlet_silence_notices(PGconn *connection) {
    PQsetNoticeReceiver(connection, martlet_ignore_notice, 0);
}

// The field codes of PQresultErrorField are character macros, which differ in type between Swift importers.
static inline char *martlet_error_sqlstate(const PGresult *r) { return PQresultErrorField(r, PG_DIAG_SQLSTATE); }
static inline char *martlet_error_primary(const PGresult *r) { return PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY); }
static inline char *martlet_error_constraint(const PGresult *r) {
    return PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME);
}
static inline char *martlet_error_table(const PGresult *r) { return PQresultErrorField(r, PG_DIAG_TABLE_NAME); }
static inline char *martlet_error_function(const PGresult *r) { return PQresultErrorField(r, PG_DIAG_SOURCE_FUNCTION); }

#endif
