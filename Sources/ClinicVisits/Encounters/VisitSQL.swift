import FHIRStore

/// The triggers that keep the queue and the visits in progress in step with the stored encounters.
enum VisitSQL {
    /// Visits in progress: at most one per patient and practitioner. What is part of another visit does not count.
    ///
    /// Messages of the system that leads the record, and merges, may bring a second one; people sort it out then.
    static let progress = """
        CREATE TABLE encounter_progress (
          patient bigint NOT NULL,
          practitioner text COLLATE "C" NOT NULL,
          encounter text COLLATE "C" NOT NULL,
          PRIMARY KEY (patient, practitioner));
        CREATE INDEX ON encounter_progress (encounter);
        CREATE FUNCTION visit_items(value jsonb) RETURNS SETOF jsonb LANGUAGE sql IMMUTABLE AS $$
          SELECT jsonb_array_elements(CASE jsonb_typeof(value) WHEN 'array' THEN value ELSE '[]' END)
        $$;
        CREATE FUNCTION visit_target(reference text, kinds text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
          SELECT substring(reference FROM
            '(?:^|/)((?:' || kinds || ')/[A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?$')
        $$;
        -- Whether somebody may bring what the clinic's own people may not.
        CREATE FUNCTION visit_is_told() RETURNS boolean LANGUAGE sql STABLE AS $$
          SELECT coalesce(current_setting('martlet.door', true), '') <> ''
            OR coalesce(current_setting('martlet.merging', true), '') <> ''
        $$;
        CREATE FUNCTION visit_keep_progress() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          who text;
          taken int;
        BEGIN
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM encounter_progress WHERE encounter = OLD.id;
          END IF;
          IF TG_OP = 'DELETE' OR NEW.content ->> 'status' IS DISTINCT FROM 'in-progress' OR NEW.subj IS NULL
            OR NEW.content -> 'partOf' IS NOT NULL THEN
            RETURN NULL;
          END IF;
          FOR who IN
            SELECT DISTINCT visit_target(p #>> '{individual,reference}', 'Practitioner|PractitionerRole') AS who
            FROM visit_items(NEW.content -> 'participant') p
            WHERE p #>> '{period,end}' IS NULL ORDER BY who
          LOOP
            CONTINUE WHEN who IS NULL;
            INSERT INTO encounter_progress VALUES (NEW.subj, who, NEW.id) ON CONFLICT DO NOTHING;
            GET DIAGNOSTICS taken = ROW_COUNT;
            IF taken = 0 AND NOT visit_is_told() THEN
              RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
                MESSAGE = 'visit-in-progress|the patient has an encounter in progress with this practitioner';
            END IF;
          END LOOP;
          RETURN NULL;
        END $$;
        CREATE TRIGGER visit_progress_insert AFTER INSERT OR DELETE ON encounter
          FOR EACH ROW EXECUTE FUNCTION visit_keep_progress();
        CREATE TRIGGER visit_progress_update AFTER UPDATE ON encounter FOR EACH ROW
          WHEN (OLD.content ->> 'status' = 'in-progress' OR NEW.content ->> 'status' = 'in-progress')
          EXECUTE FUNCTION visit_keep_progress();

        """

    /// Visits that neither wait nor go on, before or after, do not come to the functions.
    static let whenItCounts = """
        DROP TRIGGER visit_queue ON encounter;
        CREATE TRIGGER visit_queue AFTER INSERT ON encounter FOR EACH ROW
          WHEN (NEW.content ->> 'status' IN ('arrived', 'triaged')) EXECUTE FUNCTION visit_keep_queue();
        CREATE TRIGGER visit_queue_update AFTER UPDATE ON encounter FOR EACH ROW
          WHEN (NEW.content ->> 'status' IN ('arrived', 'triaged')
            OR OLD.content ->> 'status' IN ('arrived', 'triaged'))
          EXECUTE FUNCTION visit_keep_queue();
        CREATE TRIGGER visit_queue_delete AFTER DELETE ON encounter
          FOR EACH ROW EXECUTE FUNCTION visit_keep_queue();
        DROP TRIGGER visit_progress_insert ON encounter;
        CREATE TRIGGER visit_progress_insert AFTER INSERT ON encounter FOR EACH ROW
          WHEN (NEW.content ->> 'status' = 'in-progress') EXECUTE FUNCTION visit_keep_progress();
        CREATE TRIGGER visit_progress_delete AFTER DELETE ON encounter
          FOR EACH ROW EXECUTE FUNCTION visit_keep_progress();
        DROP TRIGGER visit_called_insert ON encounter;
        CREATE TRIGGER visit_called_insert AFTER INSERT ON encounter FOR EACH ROW
          WHEN (NEW.content ->> 'status' = 'in-progress') EXECUTE FUNCTION visit_keep_called();
        CREATE TRIGGER visit_called_delete AFTER DELETE ON encounter
          FOR EACH ROW EXECUTE FUNCTION visit_keep_called();
        """

    /// Who waits: encounters that are arrived or triaged, by place, in the order in which they are called.
    static let queue = """
        CREATE TABLE encounter_queue (
          encounter text COLLATE "C" PRIMARY KEY,
          patient bigint,
          places text[] NOT NULL,
          level int NOT NULL,
          arrived timestamptz NOT NULL);
        CREATE INDEX ON encounter_queue (level, arrived, encounter);
        CREATE FUNCTION visit_level(content jsonb) RETURNS int LANGUAGE sql IMMUTABLE AS $$
          SELECT coalesce(min((c ->> 'code')::int), 6) FROM visit_items(content #> '{priority,coding}') c
          WHERE c ->> 'system' = '\(TriageLevel.system)' AND c ->> 'code' ~ '^[1-5]$'
        $$;
        CREATE FUNCTION visit_keep_queue() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'DELETE' THEN
            DELETE FROM encounter_queue WHERE encounter = OLD.id;
            RETURN NULL;
          END IF;
          IF NEW.content ->> 'status' IS NULL OR NEW.content ->> 'status' NOT IN ('arrived', 'triaged') THEN
            IF TG_OP = 'UPDATE' THEN
              DELETE FROM encounter_queue WHERE encounter = NEW.id;
            END IF;
            RETURN NULL;
          END IF;
          INSERT INTO encounter_queue (encounter, patient, places, level, arrived)
          SELECT NEW.id, NEW.subj, coalesce(array_agg(p) FILTER (WHERE p IS NOT NULL), '{}'),
            visit_level(NEW.content), coalesce(NEW.date_lo, NEW.updated)
          FROM (SELECT visit_target(l #>> '{location,reference}', 'Location') AS p
            FROM visit_items(NEW.content -> 'location') l) places
          ON CONFLICT (encounter) DO UPDATE SET patient = excluded.patient, places = excluded.places,
            level = excluded.level, arrived = coalesce(NEW.date_lo, encounter_queue.arrived);
          RETURN NULL;
        END $$;
        CREATE TRIGGER visit_queue AFTER INSERT OR UPDATE OR DELETE ON encounter
          FOR EACH ROW EXECUTE FUNCTION visit_keep_queue();
        -- Takes the next one who waits at a place, locked: whom another room is just taking is passed over, and so is a
        -- patient who is with somebody now. The locks on patients are for those who wait twice.
        CREATE FUNCTION visit_take_next(place text) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
          candidate record;
          passed text[] := '{}';
        BEGIN
          LOOP
            SELECT q.encounter, q.patient INTO candidate
            FROM encounter_queue q JOIN encounter e ON e.id = q.encounter
            WHERE place = ANY (q.places) AND NOT q.encounter = ANY (passed)
              AND NOT EXISTS (SELECT FROM encounter_called c WHERE c.patient = q.patient)
            ORDER BY q.level, q.arrived, q.encounter LIMIT 1 FOR UPDATE OF e SKIP LOCKED;
            IF NOT FOUND THEN
              RETURN NULL;
            END IF;
            IF candidate.patient IS NULL THEN
              RETURN candidate.encounter;
            END IF;
            -- The row may have been locked behind a change that the query did not see.
            IF pg_try_advisory_xact_lock(\(lockClass), (candidate.patient & 2147483647)::int)
              AND NOT EXISTS (SELECT FROM encounter_called c WHERE c.patient = candidate.patient)
              AND EXISTS (SELECT FROM encounter_queue q WHERE q.encounter = candidate.encounter)
            THEN
              RETURN candidate.encounter;
            END IF;
            passed := passed || candidate.encounter;
          END LOOP;
        END $$;

        """

    /// Patients who are in a visit that was called and goes on.
    static let called = """
        CREATE TABLE encounter_called (encounter text COLLATE "C" PRIMARY KEY, patient bigint NOT NULL);
        CREATE INDEX ON encounter_called (patient);
        CREATE FUNCTION visit_keep_called() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM encounter_called WHERE encounter = OLD.id;
          END IF;
          IF TG_OP <> 'DELETE' AND NEW.content ->> 'status' = 'in-progress' AND NEW.subj IS NOT NULL AND EXISTS (
            SELECT FROM visit_items(NEW.content -> 'extension') x WHERE x ->> 'url' = '\(CalledMark.url)') THEN
            INSERT INTO encounter_called VALUES (NEW.id, NEW.subj) ON CONFLICT DO NOTHING;
          END IF;
          RETURN NULL;
        END $$;
        CREATE TRIGGER visit_called_insert AFTER INSERT OR DELETE ON encounter
          FOR EACH ROW EXECUTE FUNCTION visit_keep_called();
        CREATE TRIGGER visit_called_update AFTER UPDATE ON encounter FOR EACH ROW
          WHEN (OLD.content ->> 'status' = 'in-progress' OR NEW.content ->> 'status' = 'in-progress')
          EXECUTE FUNCTION visit_keep_called();

        """

    /// First key of the advisory locks on patients.
    private static let lockClass = 7_305_141
}
