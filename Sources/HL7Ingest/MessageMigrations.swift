package import FHIRStore

/// Tables of the message store: every received message, and what keeps results and identities from doubling.
package enum MessageMigrations {
    package static let all =
        [
            Migration(version: 400, name: "message store", script: messageStore),
            Migration(version: 401, name: "message review", script: messageReview),
            Migration(version: 402, name: "message sources", script: messageSources),
            Migration(version: 420, name: "pending links", script: pendingLinks),
            Migration(version: 450, name: "message parts", script: messageParts),
            Migration(version: 510, name: "clinic settings that messages are read by", script: clinicSettings),
        ]

    /// A store may hold messages without the clinic's workflows: then nothing is set, and nobody hears of events.
    private static let clinicSettings = """
        CREATE FUNCTION hl7_clinic_setting(setting text) RETURNS text LANGUAGE plpgsql STABLE AS $$
        BEGIN
          IF to_regclass('clinic_setting') IS NULL THEN
            RETURN NULL;
          END IF;
          RETURN (SELECT value::text FROM clinic_setting WHERE name = setting);
        END $$;
        CREATE FUNCTION hl7_note_critical(reports text[], at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
          IF to_regclass('clinic_event') IS NOT NULL THEN
            INSERT INTO clinic_event (name, focus, happened) SELECT 'result.critical', r, at FROM unnest(reports) r;
          END IF;
        END $$;
        DO $$
        BEGIN
          IF to_regclass('clinic_setting') IS NOT NULL THEN
            CREATE TRIGGER hl7_note_setting AFTER INSERT OR UPDATE OR DELETE ON clinic_setting
              FOR EACH STATEMENT EXECUTE FUNCTION hl7_note_setting();
          END IF;
        END $$;
        """

    /// Messages that come in several parts: `previous` and `next` are the pointers of MSH-14 and DSC-1, `whole` is the
    /// message that stands for all of them once they are here, `place` the order among them.
    private static let messageParts = """
        ALTER TABLE hl7_message DROP CONSTRAINT hl7_message_state_check;
        ALTER TABLE hl7_message ADD CONSTRAINT hl7_message_state_check CHECK (state IN (
          'received', 'applied', 'quarantined', 'rejected', 'failed', 'retry', 'superseded', 'discarded', 'part'));
        CREATE TABLE hl7_part (
          message bigint PRIMARY KEY,
          source text NOT NULL,
          application text NOT NULL,
          facility text NOT NULL,
          previous text NOT NULL,
          next text NOT NULL,
          whole bigint,
          place int);
        CREATE INDEX ON hl7_part (source, application, facility, message) WHERE whole IS NULL;
        CREATE INDEX ON hl7_part (whole, place) WHERE whole IS NOT NULL;
        """

    /// What the review queue needs. `keys` holds what a message is looked for by: `c:` and the control id, `p:` and
    /// each number of the patient, `o:` and each order number. Bodies may go after a time, rows stay.
    private static let messageReview = """
        ALTER TABLE hl7_message DROP CONSTRAINT hl7_message_state_check;
        ALTER TABLE hl7_message ADD CONSTRAINT hl7_message_state_check CHECK (state IN (
          'received', 'applied', 'quarantined', 'rejected', 'failed', 'retry', 'superseded', 'discarded'));
        ALTER TABLE hl7_message
          ALTER body DROP NOT NULL,
          -- the listener that took it: source is the name of the settings that were found
          ADD listener text,
          ADD keys text[] NOT NULL DEFAULT '{}',
          ADD attempts int NOT NULL DEFAULT 0,
          -- when the next attempt is due, of those that are not through
          ADD due timestamptz,
          ADD changed timestamptz,
          -- who discarded it, and why
          ADD note text,
          ADD repeated timestamptz,
          -- grows with every change of the row
          ADD revision int NOT NULL DEFAULT 0;
        CREATE INDEX hl7_message_keys_idx ON hl7_message USING gin (keys) WITH (fastupdate = on);
        CREATE INDEX ON hl7_message (due, id) WHERE due IS NOT NULL;
        """

    /// `hl7_setting_state` grows with every change of what messages are read by, so that servers notice.
    private static let messageSources = """
        CREATE TABLE hl7_source (
          name text COLLATE "C" PRIMARY KEY,
          settings jsonb NOT NULL,
          version int NOT NULL DEFAULT 1,
          updated timestamptz NOT NULL DEFAULT now());
        CREATE TABLE hl7_unmapped (
          source text NOT NULL,
          field text NOT NULL,
          system text NOT NULL,
          code text NOT NULL,
          display text NOT NULL,
          count bigint NOT NULL,
          first_seen timestamptz NOT NULL,
          last_seen timestamptz NOT NULL,
          PRIMARY KEY (source, field, system, code));
        CREATE TABLE hl7_setting_state (
          single boolean PRIMARY KEY DEFAULT true CHECK (single),
          revision bigint NOT NULL DEFAULT 0);
        INSERT INTO hl7_setting_state DEFAULT VALUES;
        CREATE FUNCTION hl7_note_setting() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          UPDATE hl7_setting_state SET revision = revision + 1;
          RETURN NULL;
        END $$;
        CREATE TRIGGER hl7_note_setting AFTER INSERT OR UPDATE OR DELETE ON hl7_source
          FOR EACH STATEMENT EXECUTE FUNCTION hl7_note_setting();
        -- A store may be made without the table of a type.
        DO $$
        BEGIN
          IF to_regclass('conceptmap') IS NOT NULL THEN
            CREATE TRIGGER hl7_note_setting AFTER INSERT OR UPDATE OR DELETE ON "conceptmap"
              FOR EACH STATEMENT EXECUTE FUNCTION hl7_note_setting();
          END IF;
        END $$;
        """

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
