import FHIRStore

/// The tables that operations of every kind need: the outbox, numbers, settings.
enum WorkMigrations {
    static let all = [
        Migration(version: 221, name: "events, numbers and settings of the clinic", script: script)
    ]

    private static let script = """
        CREATE TABLE clinic_event (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          name text COLLATE "C" NOT NULL,
          focus text COLLATE "C" NOT NULL,
          actor text NOT NULL DEFAULT '',
          happened timestamptz NOT NULL DEFAULT now(),
          xact xid8 NOT NULL DEFAULT pg_current_xact_id());
        CREATE INDEX clinic_event_order ON clinic_event (xact, id);
        CREATE INDEX clinic_event_focus ON clinic_event (focus, name, id);

        CREATE TABLE clinic_listener (
          name text COLLATE "C" PRIMARY KEY,
          xact xid8 NOT NULL DEFAULT '0',
          id bigint NOT NULL DEFAULT 0);

        CREATE TABLE clinic_series (name text COLLATE "C" PRIMARY KEY, last bigint NOT NULL);
        CREATE SEQUENCE clinic_number_patient;
        CREATE FUNCTION clinic_next_number(series text) RETURNS bigint LANGUAGE plpgsql AS $$
        BEGIN
          -- One sequence for each series that may leave numbers out.
          IF to_regclass('clinic_number_' || series) IS NULL THEN
            PERFORM pg_advisory_xact_lock(hashtextextended('clinic_number_' || series, 0));
            EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', 'clinic_number_' || series);
          END IF;
          RETURN nextval(format('%I', 'clinic_number_' || series)::regclass);
        END $$;

        CREATE TABLE clinic_setting (
          name text COLLATE "C" PRIMARY KEY,
          value jsonb NOT NULL,
          actor text NOT NULL DEFAULT '',
          updated timestamptz NOT NULL DEFAULT now());
        """
}
