import FHIRStore

/// What a booking costs the database: the guards of `HoldSQL` and the zones of `ZoneSQL` again, in forms that
/// PostgreSQL plans once for each connection instead of once for each call, and that look at roles, places, extensions
/// and lapsed holds only where there are any.
enum KeepBusySQL {
    static var script: String { references + busyTimes + trigger + zones + indexes }

    private static let references = """
        CREATE OR REPLACE FUNCTION clinic_local_reference(reference text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
          SELECT clinic_reference(reference, 'Patient|Practitioner|PractitionerRole|Device|Location|Slot')
        $$;
        CREATE OR REPLACE FUNCTION clinic_schedule_reference(reference text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
          SELECT clinic_reference(reference, 'Schedule')
        $$;
        CREATE OR REPLACE FUNCTION clinic_schedule_of(content jsonb) RETURNS text LANGUAGE plpgsql STABLE AS $$
        DECLARE
          named jsonb;
        BEGIN
          IF content ? 'extension' THEN
            SELECT e -> 'valueReference' INTO named FROM jsonb_array_elements(
              CASE jsonb_typeof(clinic_schedule_of.content -> 'extension')
                WHEN 'array' THEN clinic_schedule_of.content -> 'extension' ELSE '[]' END) e
            WHERE e ->> 'url' = '\(AppointmentExtension.schedule)' LIMIT 1;
          END IF;
          IF named IS NOT NULL THEN
            RETURN substr(clinic_reference(named ->> 'reference', 'Schedule'), 10);
          END IF;
          RETURN (SELECT substr(clinic_reference(s.content -> 'schedule' ->> 'reference', 'Schedule'), 10)
            FROM slot s
            WHERE s.id = substr(clinic_reference(clinic_schedule_of.content #>> '{slot,0,reference}', 'Slot'), 6));
        END $$;

        """

    /// `clinic_busy` of `BusyTimeSQL`, as two arrays of one length.
    private static var busyTimes: String {
        """
        CREATE FUNCTION clinic_busy_times(content jsonb, OUT actors text[], OUT times tstzrange[])
        LANGUAGE plpgsql STABLE AS $$
        DECLARE
          begins timestamptz;
          ends timestamptz;
          named text[];
        BEGIN
          actors := '{}';
          times := '{}';
          IF content ->> 'status' IS NULL OR content ->> 'status' NOT IN (\(list(BusyTime.statuses))) THEN
            RETURN;
          END IF;
          begins := (content ->> 'start')::timestamptz;
          ends := coalesce(
            (content ->> 'end')::timestamptz, begins + (content ->> 'minutesDuration')::int * interval '1 minute');
          IF ends < begins THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)',
              MESSAGE = 'end-before-start|the appointment ends before it begins';
          END IF;
          IF jsonb_typeof(content -> 'slot') = 'array' THEN
            SELECT coalesce(array_agg(DISTINCT r), '{}') INTO actors FROM (
              SELECT clinic_local_reference(s ->> 'reference') AS r
              FROM jsonb_array_elements(content -> 'slot') s) slots
            WHERE r LIKE 'Slot/%';
            times := array_fill('(,)'::tstzrange, ARRAY[cardinality(actors)]);
          END IF;
          IF begins IS NULL OR ends IS NULL OR ends = begins
            OR jsonb_typeof(content -> 'participant') IS DISTINCT FROM 'array' THEN
            RETURN;
          END IF;
          SELECT coalesce(array_agg(DISTINCT r), '{}') INTO named FROM (
            SELECT clinic_local_reference(p -> 'actor' ->> 'reference') AS r
            FROM jsonb_array_elements(content -> 'participant') p
            WHERE coalesce(p ->> 'status', '') <> 'declined'
              AND coalesce(p ->> 'required', '') <> 'information-only') participants
          WHERE r IS NOT NULL AND r NOT LIKE 'Slot/%';
          IF EXISTS (SELECT FROM unnest(named) n WHERE n LIKE 'PractitionerRole/%' OR n LIKE 'Location/%') THEN
            SELECT coalesce(array_agg(DISTINCT actor), '{}') INTO named FROM (
              SELECT n AS actor FROM unnest(named) n WHERE n NOT LIKE 'Location/%'
              UNION ALL
              SELECT clinic_local_reference(r.content -> 'practitioner' ->> 'reference')
              FROM practitionerrole r
              WHERE r.id IN (SELECT substr(n, 18) FROM unnest(named) n WHERE n LIKE 'PractitionerRole/%')
              UNION ALL
              SELECT 'Location/' || l.id FROM location l
              WHERE l.id IN (SELECT substr(n, 10) FROM unnest(named) n WHERE n LIKE 'Location/%') AND EXISTS (
                SELECT FROM jsonb_array_elements(
                  CASE jsonb_typeof(l.content -> 'physicalType' -> 'coding')
                    WHEN 'array' THEN l.content -> 'physicalType' -> 'coding' ELSE '[]' END) c
                WHERE c ->> 'code' IN (\(list(BusyTime.exclusivePlaces))))) actors
            WHERE actor IS NOT NULL;
          END IF;
          actors := actors || named;
          times := times || array_fill(tstzrange(begins, ends, '[)'), ARRAY[cardinality(named)]);
        END $$;
        CREATE OR REPLACE FUNCTION clinic_busy(content jsonb) RETURNS TABLE (reference text, during tstzrange)
        LANGUAGE sql STABLE AS $$
          SELECT u.* FROM clinic_busy_times(content) b, unnest(b.actors, b.times) u
        $$;

        """
    }

    /// As in `HoldSQL`, in the same order.
    private static var trigger: String {
        """
        CREATE OR REPLACE FUNCTION clinic_keep_busy() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          actors text[] := '{}';
          times tstzrange[] := '{}';
          ends timestamptz;
          tolerant boolean := false;
          pool text;
          capacity int := 1;
        BEGIN
          IF TG_OP = 'UPDATE'
            AND OLD.content -> 'start' IS NOT DISTINCT FROM NEW.content -> 'start'
            AND OLD.content -> 'end' IS NOT DISTINCT FROM NEW.content -> 'end'
            AND OLD.content -> 'minutesDuration' IS NOT DISTINCT FROM NEW.content -> 'minutesDuration'
            AND OLD.content -> 'slot' IS NOT DISTINCT FROM NEW.content -> 'slot'
            AND OLD.content -> 'participant' IS NOT DISTINCT FROM NEW.content -> 'participant'
            AND OLD.content -> 'extension' IS NOT DISTINCT FROM NEW.content -> 'extension'
            AND (OLD.content ->> 'status' = NEW.content ->> 'status'
              OR OLD.content ->> 'status' IN (\(heldForGood)) AND NEW.content ->> 'status' IN (\(heldForGood))) THEN
            RETURN NULL;
          END IF;
          IF TG_OP <> 'DELETE' THEN
            SELECT b.actors, b.times INTO actors, times FROM clinic_busy_times(NEW.content) b;
          END IF;
          IF TG_OP = 'INSERT' THEN
            PERFORM pg_advisory_xact_lock(\(BusyTimeSQL.lockClass), bucket) FROM (
              SELECT DISTINCT (hashtextextended(a, 0) & 1023)::int AS bucket FROM unnest(actors) a
              ORDER BY bucket) buckets;
          ELSE
            PERFORM pg_advisory_xact_lock(\(BusyTimeSQL.lockClass), bucket) FROM (
              SELECT DISTINCT (hash & 1023)::int AS bucket FROM (
                SELECT hashtextextended(a, 0) AS hash FROM unnest(actors) a
                UNION ALL
                SELECT b.actor FROM appointment_busy b WHERE b.appointment = OLD.id) hashes
              ORDER BY bucket) buckets;
            DELETE FROM appointment_busy WHERE appointment = OLD.id;
          END IF;
          IF cardinality(actors) = 0 THEN
            RETURN NULL;
          END IF;
          ends := clinic_expires(NEW.content);
          IF ends <= clock_timestamp() THEN
            RETURN NULL;
          END IF;
          -- The first in the index of those that end: a condition on the column is planned as if a third of all rows
          -- met it, where nobody has held anything for long.
          IF (SELECT min(expires) FROM appointment_busy) <= clock_timestamp() THEN
            DELETE FROM appointment_busy a USING unnest(actors, times) n (reference, during)
            WHERE a.actor = hashtextextended(n.reference, 0) AND a.during && n.during
              AND a.expires <= clock_timestamp();
          END IF;
          IF NEW.content ? 'extension' AND clinic_is_overbooked(NEW.content) THEN
            tolerant := clinic_is_external()
              OR coalesce(current_setting('\(HoldSQL.overbookParameter)', true), '') = 'on';
            IF NOT tolerant AND TG_OP = 'UPDATE' THEN
              tolerant := clinic_is_overbooked(OLD.content)
                AND NOT EXISTS (
                  SELECT FROM clinic_busy(NEW.content || '{"status": "booked"}') n
                  WHERE NOT EXISTS (
                    SELECT FROM clinic_busy(OLD.content || '{"status": "booked"}') o
                    WHERE o.reference = n.reference AND o.during @> n.during));
            END IF;
          END IF;

        """ + HoldSQL.insertion
    }

    /// The bodies of functions in SQL are planned at each call, those in PL/pgSQL are not.
    private static var zones: String {
        """
        CREATE OR REPLACE FUNCTION clinic_actors_zone(actors jsonb, otherwise text) RETURNS text
        LANGUAGE plpgsql STABLE AS $$
        DECLARE
          named text[];
          zone text;
        BEGIN
          SELECT array_agg(e.reference) INTO named FROM clinic_expanded(actors) e
          WHERE e.reference LIKE 'Location/%' OR e.reference LIKE 'Patient/%';
          IF named IS NULL THEN
            RETURN clinic_zone(NULL, otherwise);
          END IF;
          SELECT found.zone INTO zone FROM (
            SELECT clinic_extension(l.content, '\(AppointmentExtension.timeZone)', 'valueCode') AS zone
            FROM location l
            WHERE l.id IN (SELECT substr(n, 10) FROM unnest(named) n WHERE n LIKE 'Location/%')
              AND l.content ? 'extension') found
          WHERE found.zone IS NOT NULL ORDER BY found.zone LIMIT 1;
          IF zone IS NULL THEN
            SELECT found.zone INTO zone FROM (
              SELECT clinic_extension(p.content, '\(AppointmentExtension.timeZone)', 'valueCode') AS zone
              FROM patient p
              WHERE p.id IN (SELECT substr(n, 9) FROM unnest(named) n WHERE n LIKE 'Patient/%')
                AND p.content ? 'extension') found
            WHERE found.zone IS NOT NULL ORDER BY found.zone LIMIT 1;
          END IF;
          RETURN clinic_zone(zone, otherwise);
        END $$;
        CREATE OR REPLACE FUNCTION clinic_expanded(actors jsonb) RETURNS TABLE (reference text)
        LANGUAGE plpgsql STABLE AS $$
        #variable_conflict use_column
        DECLARE
          named text[];
        BEGIN
          IF jsonb_typeof(actors) IS DISTINCT FROM 'array' THEN
            RETURN;
          END IF;
          SELECT array_agg(DISTINCT actor) INTO named FROM (
            SELECT clinic_local_reference(a ->> 'reference') AS actor FROM jsonb_array_elements(actors) a) found
          WHERE actor IS NOT NULL;
          IF named IS NULL THEN
            RETURN;
          END IF;
          IF NOT EXISTS (SELECT FROM unnest(named) n WHERE n LIKE 'PractitionerRole/%') THEN
            RETURN QUERY SELECT unnest(named);
            RETURN;
          END IF;
          RETURN QUERY
            SELECT unnest(named)
            UNION
            SELECT clinic_local_reference(r.content -> 'practitioner' ->> 'reference') FROM practitionerrole r
            WHERE r.id IN (SELECT substr(n, 18) FROM unnest(named) n WHERE n LIKE 'PractitionerRole/%')
            UNION
            SELECT clinic_local_reference(p ->> 'reference') FROM practitionerrole r
            CROSS JOIN LATERAL jsonb_array_elements(
              CASE jsonb_typeof(r.content -> 'location') WHEN 'array' THEN r.content -> 'location' ELSE '[]' END) p
            WHERE r.id IN (SELECT substr(n, 18) FROM unnest(named) n WHERE n LIKE 'PractitionerRole/%');
        END $$;
        CREATE OR REPLACE FUNCTION clinic_appointment_zone(content jsonb, otherwise text) RETURNS text
        LANGUAGE plpgsql STABLE AS $$
        DECLARE
          own text := clinic_schedule_of(content);
          zone text;
        BEGIN
          IF own IS NOT NULL THEN
            SELECT clinic_zone(clinic_extension(c.content, '\(AppointmentExtension.timeZone)', 'valueCode'), NULL)
            INTO zone FROM schedule c WHERE c.id = own;
          END IF;
          RETURN coalesce(
            zone,
            clinic_actors_zone(
              jsonb_path_query_array(content, 'lax $.participant[*].actor'), clinic_zone(otherwise, 'UTC')));
        END $$;

        """
    }

    /// What reminders there are of an appointment is asked whenever it changes.
    private static let indexes = "CREATE INDEX appointment_reminder_of ON appointment_reminder (appointment);"

    private static func list(_ codes: [String]) -> String { codes.map { "'\($0)'" }.joined(separator: ", ") }

    /// Statuses that hold time without an end.
    private static var heldForGood: String { list(BusyTime.statuses.filter { $0 != "pending" }) }
}
