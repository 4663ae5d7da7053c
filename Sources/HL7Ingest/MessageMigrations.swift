package import FHIRStore

/// Tables of the message store: every received message, and what keeps results and identities from doubling.
package enum MessageMigrations {
    package static let all = [
        Migration(version: 400, name: "message store", script: messageStore),
        Migration(version: 420, name: "pending links", script: pendingLinks),
    ]

    /// Child reports that came before the result they refer to. The partial order of the columns follows the look-up:
    /// by the parent's filler number, else by its placer number.
    private static let pendingLinks = """
        CREATE TABLE hl7_pending_link (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          created timestamptz NOT NULL DEFAULT now(),
          child_report text NOT NULL UNIQUE,
          child_results text NOT NULL,
          parent_filler text NOT NULL,
          parent_placer text NOT NULL,
          parent_code text NOT NULL,
          parent_sub_id text NOT NULL,
          subject text NOT NULL
        );
        CREATE INDEX ON hl7_pending_link (parent_filler);
        CREATE INDEX ON hl7_pending_link (parent_placer);
        """

    /// `hl7_message` keeps the bytes as received, for ever searchable by control id and state. The unique index is
    /// what makes a repeated delivery harmless even when two connections bring it at once.
    private static let messageStore = """
        CREATE TABLE hl7_message (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          received timestamptz NOT NULL,
          source text NOT NULL,
          application text NOT NULL,
          facility text NOT NULL,
          control_id text NOT NULL,
          body_hash bytea NOT NULL,
          type text NOT NULL,
          state text NOT NULL CHECK (state IN ('applied', 'quarantined', 'rejected', 'failed')),
          code text NOT NULL,
          reason text,
          resources text[] NOT NULL DEFAULT '{}',
          superseded text[] NOT NULL DEFAULT '{}',
          repeats int NOT NULL DEFAULT 0,
          body bytea NOT NULL,
          acknowledgement bytea
        );
        CREATE UNIQUE INDEX hl7_message_once ON hl7_message (source, application, facility, control_id, body_hash);
        CREATE INDEX ON hl7_message (received);
        CREATE INDEX ON hl7_message (state, received) WHERE state <> 'applied';

        -- Which resource stands for an identifier that a sender uses, so that two messages cannot create it twice.
        CREATE TABLE hl7_identity (
          key text COLLATE "C" PRIMARY KEY,
          target text NOT NULL
        );

        -- Stamp of the newest delivery of each result.
        CREATE TABLE hl7_result (
          id text COLLATE "C" PRIMARY KEY,
          stamp bigint NOT NULL,
          rank int2 NOT NULL
        );

        -- Fails the job it runs in when an assumption of it no longer holds; the job is then tried afresh.
        CREATE FUNCTION martlet_require(holds boolean, what text) RETURNS boolean LANGUAGE plpgsql AS $$
        BEGIN
          IF holds IS NOT TRUE THEN
            RAISE EXCEPTION '%', what USING ERRCODE = 'MT001';
          END IF;
          RETURN true;
        END $$;
        """
}
