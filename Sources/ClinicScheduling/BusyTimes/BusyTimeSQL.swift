import FHIRStore

/// The triggers that keep `appointment_busy` equal to the stored appointments.
enum BusyTimeSQL {
    static var functions: String { localReference + busy + trigger }

    /// `https://any/Practitioner/1/_history/2` → `Practitioner/1`; null for what nobody can be booked by.
    ///
    /// The base is dropped, so that an absolute reference to one of our own cannot go round the guard.
    private static var localReference: String {
        """
        CREATE FUNCTION clinic_local_reference(reference text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
          SELECT substring(reference FROM
            '(?:^|/)((?:Patient|PractitionerRole|Practitioner|Device|Location|Slot)/[A-Za-z0-9.-]{1,64})'
            || '(?:/_history/[A-Za-z0-9.-]{1,64})?$')
        $$;

        """
    }

    /// Who is busy and when, by an appointment's content.
    ///
    /// Patients, practitioners (also behind a PractitionerRole), devices and rooms, unless they declined or are only
    /// informed; and the slots themselves, for all time, so that each is used by one appointment even where nobody
    /// else is named.
    private static var busy: String {
        """
        CREATE FUNCTION clinic_busy(content jsonb) RETURNS TABLE (reference text, during tstzrange)
        LANGUAGE plpgsql STABLE AS $$
        DECLARE
          begins timestamptz := (content ->> 'start')::timestamptz;
          ends timestamptz := coalesce(
            (content ->> 'end')::timestamptz, begins + (content ->> 'minutesDuration')::int * interval '1 minute');
        BEGIN
          IF content ->> 'status' IS NULL OR content ->> 'status' NOT IN (\(list(BusyTime.statuses))) THEN
            RETURN;
          END IF;
          IF ends < begins THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)',
              MESSAGE = 'end-before-start|the appointment ends before it begins';
          END IF;
          RETURN QUERY
            SELECT DISTINCT clinic_local_reference(s ->> 'reference'), '(,)'::tstzrange
            FROM jsonb_array_elements(
              CASE jsonb_typeof(content -> 'slot') WHEN 'array' THEN content -> 'slot' ELSE '[]' END) s
            WHERE clinic_local_reference(s ->> 'reference') LIKE 'Slot/%';
          IF begins IS NULL OR ends IS NULL OR ends = begins THEN
            RETURN;
          END IF;
          RETURN QUERY
            WITH participants AS (
              SELECT clinic_local_reference(p -> 'actor' ->> 'reference') AS actor
              FROM jsonb_array_elements(
                CASE jsonb_typeof(content -> 'participant') WHEN 'array' THEN content -> 'participant' ELSE '[]' END) p
              WHERE coalesce(p ->> 'status', '') <> 'declined'
                AND coalesce(p ->> 'required', '') <> 'information-only'),
            actors AS (
              SELECT actor FROM participants WHERE actor ~ '^(Patient|Practitioner|PractitionerRole|Device)/'
              UNION
              SELECT clinic_local_reference(r.content -> 'practitioner' ->> 'reference') FROM participants p
              JOIN practitionerrole r ON r.id = substr(p.actor, 18)
              WHERE p.actor LIKE 'PractitionerRole/%'
              UNION
              SELECT p.actor FROM participants p
              JOIN location l ON l.id = substr(p.actor, 10)
              WHERE p.actor LIKE 'Location/%' AND EXISTS (
                SELECT FROM jsonb_array_elements(
                  CASE jsonb_typeof(l.content -> 'physicalType' -> 'coding')
                    WHEN 'array' THEN l.content -> 'physicalType' -> 'coding' ELSE '[]' END) c
                WHERE c ->> 'code' IN (\(list(BusyTime.exclusivePlaces)))))
            SELECT actor, tstzrange(begins, ends, '[)') FROM actors WHERE actor IS NOT NULL;
        END $$;

        """
    }

    /// Runs behind every insert, update and delete of an appointment row.
    ///
    /// Two transactions that insert overlapping rows at once would wait for each other in the constraint's check, a
    /// deadlock that PostgreSQL finds after a second only. Hence the locks, in ascending order; they are taken on a
    /// thousand buckets of actors, because a large transaction would exhaust the lock table otherwise.
    private static var trigger: String {
        """
        CREATE FUNCTION clinic_keep_busy() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM appointment_busy WHERE appointment = OLD.id;
          END IF;
          IF TG_OP = 'DELETE' THEN
            RETURN NULL;
          END IF;
          PERFORM pg_advisory_xact_lock(\(lockClass), bucket) FROM (
            SELECT DISTINCT (hashtextextended(reference, 0) & 1023)::int AS bucket
            FROM clinic_busy(NEW.content) ORDER BY bucket) buckets;
          INSERT INTO appointment_busy (appointment, actor, reference, during)
            SELECT NEW.id, hashtextextended(reference, 0), reference, during FROM clinic_busy(NEW.content);
          RETURN NULL;
        END $$;
        CREATE TRIGGER clinic_busy AFTER INSERT OR UPDATE OR DELETE ON appointment
          FOR EACH ROW EXECUTE FUNCTION clinic_keep_busy();
        """
    }

    /// First key of the advisory locks: keeps them apart from those of other uses.
    static let lockClass = 7_305_131

    private static func list(_ codes: [String]) -> String { codes.map { "'\($0)'" }.joined(separator: ", ") }
}
