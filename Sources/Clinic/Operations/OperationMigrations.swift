package import FHIRStore

/// The schema that operations of every kind need.
package enum OperationMigrations {
    package static var all: [Migration] {
        [Migration(version: 210, name: "idempotency keys of operations", script: idempotency)]
    }

    /// Answers to calls with an `Idempotency-Key`, for 24 hours. `request` is a digest of operation, target and body.
    private static let idempotency = """
        CREATE TABLE clinic_idempotency (
          caller text NOT NULL,
          key text NOT NULL,
          request bytea NOT NULL,
          created timestamptz NOT NULL DEFAULT now(),
          status int, answer text, id text, version int, updated bigint,
          PRIMARY KEY (caller, key));
        CREATE INDEX ON clinic_idempotency (created);
        """
}
