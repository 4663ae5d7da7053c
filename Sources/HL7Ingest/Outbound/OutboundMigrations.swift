package import FHIRStore

/// Tables of the messages that go out.
package enum OutboundMigrations {
    package static let all = [
        Migration(version: 430, name: "message delivery", script: script),
        Migration(version: 452, name: "corrections without a report", script: corrections),
    ]

    /// Receivers of results that were there before hear of corrected results too.
    private static let corrections = """
        DO $$
        BEGIN
          IF to_regclass('observation') IS NOT NULL AND EXISTS (
            SELECT FROM pg_trigger WHERE tgname = 'hl7_outbox' AND tgrelid = to_regclass('diagnosticreport'))
          THEN
            CREATE TRIGGER hl7_outbox AFTER UPDATE ON "observation"
              FOR EACH ROW EXECUTE FUNCTION hl7_note_change('Observation');
          END IF;
        END $$;
        """

    /// `hl7_outbox` gets a row for each version of a resource that a destination may have to hear of, in the
    /// transaction that writes the version: by a trigger that a table has only while there is such a destination.
    /// `hl7_delivery` keeps every message, waiting, sent or given up, with the bytes as they went.
    private static let script = """
        CREATE TABLE hl7_destination (
          name text COLLATE "C" PRIMARY KEY,
          settings jsonb NOT NULL,
          is_paused boolean NOT NULL DEFAULT false,
          version int NOT NULL DEFAULT 1,
          updated timestamptz NOT NULL DEFAULT now());

        CREATE TABLE hl7_outbox (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          type text NOT NULL,
          resource text NOT NULL,
          version int NOT NULL,
          updated timestamptz NOT NULL,
          -- the source whose message made the change: it is not told of it
          source text,
          xact xid8 NOT NULL DEFAULT pg_current_xact_id());
        CREATE INDEX ON hl7_outbox (xact);

        CREATE TABLE hl7_delivery (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          destination text COLLATE "C" NOT NULL,
          -- messages of one key go in order
          key text COLLATE "C" NOT NULL,
          kind text NOT NULL,
          control_id text NOT NULL,
          resource text NOT NULL,
          version int NOT NULL,
          body bytea NOT NULL,
          state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dead', 'discarded')),
          -- how often it went out, and how often the answer was no
          tries int NOT NULL DEFAULT 0,
          refusals int NOT NULL DEFAULT 0,
          created timestamptz NOT NULL DEFAULT now(),
          due timestamptz NOT NULL DEFAULT now(),
          -- until when whoever sends it now may take
          lease timestamptz,
          changed timestamptz,
          -- MSA-1 of the last answer, the answer, and what was wrong
          code text,
          answer bytea,
          reason text);
        CREATE UNIQUE INDEX hl7_delivery_once ON hl7_delivery (destination, resource, version, kind);
        CREATE INDEX hl7_delivery_order ON hl7_delivery (destination, key, id) WHERE state = 'waiting';
        CREATE INDEX hl7_delivery_waiting ON hl7_delivery (destination, id) WHERE state = 'waiting';
        CREATE INDEX ON hl7_delivery (state, id);
        CREATE INDEX ON hl7_delivery (resource, id);
        CREATE INDEX ON hl7_delivery (control_id);

        CREATE FUNCTION hl7_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE origin text;
        BEGIN
          -- New index entries are no new version.
          IF TG_OP = 'UPDATE' THEN
            IF NEW.version = OLD.version THEN RETURN NULL; END IF;
          END IF;
          IF TG_ARGV[0] || '/' || NEW.id
            = ANY (string_to_array(current_setting('martlet.hl7_resources', true), ' ')) THEN
            origin := current_setting('martlet.hl7_source', true);
          END IF;
          INSERT INTO hl7_outbox (type, resource, version, updated, source)
          VALUES (TG_ARGV[0], NEW.id, NEW.version, NEW.updated, origin);
          RETURN NULL;
        END $$;

        -- The log row of a message names what the message wrote. It comes in front of those writes, or behind them.
        CREATE FUNCTION hl7_note_origin() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM set_config('martlet.hl7_source', NEW.source, true),
            set_config('martlet.hl7_resources', array_to_string(NEW.resources, ' '), true);
          UPDATE hl7_outbox SET source = NEW.source
          WHERE xact = pg_current_xact_id() AND type || '/' || resource = ANY (NEW.resources);
          RETURN NULL;
        END $$;
        """
}
