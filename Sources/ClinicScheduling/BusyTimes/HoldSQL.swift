import FHIRStore

/// The guards of busy times with holds that end, groups that share a time, and overbooking by staff. They replace
/// those of `ExternalBookingSQL`.
///
/// A row of `appointment_busy` takes lanes of an actor's time: all of them for an appointment of its own, one for a
/// member of a group. A hold's row has an end, behind which it keeps nobody off.
enum HoldSQL {
    static var script: String { table + readers + keepBusy + capacity }

    /// Parameter of a transaction that lets staff book over what is taken.
    static let overbookParameter = "clinic.overbook"

    private static var table: String {
        """
        ALTER TABLE appointment_busy
          ADD COLUMN lanes int4range NOT NULL DEFAULT '(,)',
          ADD COLUMN pool text COLLATE "C",
          ADD COLUMN expires timestamptz;
        ALTER TABLE appointment_busy DROP CONSTRAINT \(BusyTime.constraint);
        DO $$ BEGIN
          IF EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist') THEN
            ALTER TABLE appointment_busy ADD CONSTRAINT \(BusyTime.constraint)
              EXCLUDE USING gist (actor WITH =, during WITH &&, lanes WITH &&);
          ELSE
            ALTER TABLE appointment_busy ADD CONSTRAINT \(BusyTime.constraint)
              EXCLUDE USING gist (int8range(actor, actor, '[]') WITH &&, during WITH &&, lanes WITH &&);
          END IF;
        END $$;
        CREATE INDEX appointment_pending ON appointment (id) WHERE content ->> 'status' = 'pending';
        CREATE INDEX appointment_busy_expires ON appointment_busy (expires) WHERE expires IS NOT NULL;

        -- Schedules whose times are shared by several appointments.
        CREATE TABLE schedule_capacity (schedule text COLLATE "C" PRIMARY KEY, capacity int NOT NULL);

        """
    }

    private static var readers: String {
        """
        -- The value of an extension by its url; null if there is none.
        CREATE FUNCTION clinic_extension(content jsonb, url text, member text) RETURNS text
        LANGUAGE sql IMMUTABLE AS $$
          SELECT e ->> member FROM jsonb_array_elements(
            CASE jsonb_typeof(content -> 'extension') WHEN 'array' THEN content -> 'extension' ELSE '[]' END) e
          WHERE e ->> 'url' = url LIMIT 1
        $$;
        -- A time with a zone; null for anything else, as a dateTime may be a mere year.
        CREATE FUNCTION clinic_instant(value text) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
        BEGIN
          IF value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})$' THEN
            RETURN value::timestamptz;
          END IF;
          RETURN NULL;
        EXCEPTION WHEN OTHERS THEN
          RETURN NULL;
        END $$;
        CREATE FUNCTION clinic_expires(content jsonb) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
        BEGIN
          IF content ->> 'status' <> 'pending' OR NOT content ? 'extension' THEN
            RETURN NULL;
          END IF;
          RETURN clinic_instant(clinic_extension(content, '\(AppointmentExtension.expires)', 'valueDateTime'));
        END $$;
        -- Id of the schedule that an appointment is of: by its own word, or by its first slot.
        CREATE FUNCTION clinic_schedule_of(content jsonb) RETURNS text LANGUAGE plpgsql STABLE AS $$
        DECLARE
          named jsonb;
        BEGIN
          SELECT e -> 'valueReference' INTO named FROM jsonb_array_elements(
            CASE jsonb_typeof(clinic_schedule_of.content -> 'extension')
              WHEN 'array' THEN clinic_schedule_of.content -> 'extension' ELSE '[]' END) e
          WHERE e ->> 'url' = '\(AppointmentExtension.schedule)' LIMIT 1;
          IF named IS NOT NULL THEN
            RETURN substring(named ->> 'reference'
            FROM '(?:^|/)Schedule/([A-Za-z0-9.-]{1,64})$');
          END IF;
          RETURN (SELECT substring(s.content -> 'schedule' ->> 'reference'
              FROM '(?:^|/)Schedule/([A-Za-z0-9.-]{1,64})$')
            FROM slot s WHERE s.id = substring(clinic_schedule_of.content #>> '{slot,0,reference}'
              FROM '(?:^|/)Slot/([A-Za-z0-9.-]{1,64})$'));
        END $$;

        """
    }

    /// 1. The actors' locks, of what was and of what will be, in one order for all: who comes second waits here and
    ///    nowhere else, so that two changes that want each other's time cannot block each other.
    /// 2. Holds past their time give way.
    /// 3. The new rows; the constraint refuses them where the time is taken.
    private static var keepBusy: String {
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
            SELECT coalesce(array_agg(b.reference), '{}'), coalesce(array_agg(b.during), '{}') INTO actors, times
            FROM clinic_busy(NEW.content) b;
          END IF;
          PERFORM pg_advisory_xact_lock(\(BusyTimeSQL.lockClass), bucket) FROM (
            SELECT DISTINCT (hash & 1023)::int AS bucket FROM (
              SELECT hashtextextended(a, 0) AS hash FROM unnest(actors) a
              UNION ALL
              SELECT b.actor FROM appointment_busy b WHERE TG_OP <> 'INSERT' AND b.appointment = OLD.id) hashes
            ORDER BY bucket) buckets;
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM appointment_busy WHERE appointment = OLD.id;
          END IF;
          IF cardinality(actors) = 0 THEN
            RETURN NULL;
          END IF;
          ends := clinic_expires(NEW.content);
          IF ends <= clock_timestamp() THEN
            RETURN NULL;
          END IF;
          IF EXISTS (SELECT FROM appointment_busy WHERE expires <= clock_timestamp()) THEN
            DELETE FROM appointment_busy a USING unnest(actors, times) n (reference, during)
            WHERE a.actor = hashtextextended(n.reference, 0) AND a.during && n.during
              AND a.expires <= clock_timestamp();
          END IF;
          IF clinic_is_overbooked(NEW.content) THEN
            tolerant := clinic_is_external() OR coalesce(current_setting('\(overbookParameter)', true), '') = 'on';
            IF NOT tolerant AND TG_OP = 'UPDATE' THEN
              tolerant := clinic_is_overbooked(OLD.content)
                AND NOT EXISTS (
                  SELECT FROM clinic_busy(NEW.content || '{"status": "booked"}') n
                  WHERE NOT EXISTS (
                    SELECT FROM clinic_busy(OLD.content || '{"status": "booked"}') o
                    WHERE o.reference = n.reference AND o.during @> n.during));
            END IF;
          END IF;

        """ + insertion
    }

    /// The end of `clinic_keep_busy`: the rows, as far as they may be there.
    static var insertion: String {
        """
          IF tolerant THEN
            INSERT INTO appointment_busy (appointment, actor, reference, during, expires)
              SELECT NEW.id, hashtextextended(b.reference, 0), b.reference, free.during, ends
              FROM unnest(actors, times) b (reference, during)
              CROSS JOIN LATERAL unnest(
                tstzmultirange(b.during) - coalesce(
                  (SELECT range_agg(a.during) FROM appointment_busy a
                   WHERE a.actor = hashtextextended(b.reference, 0) AND a.during && b.during),
                  '{}'::tstzmultirange)) free (during);
            RETURN NULL;
          END IF;
          IF EXISTS (SELECT FROM schedule_capacity) THEN
            pool := clinic_schedule_of(NEW.content);
            SELECT c.capacity INTO capacity FROM schedule_capacity c WHERE c.schedule = pool;
            capacity := coalesce(capacity, 1);
          END IF;
          IF capacity = 1 THEN
            INSERT INTO appointment_busy (appointment, actor, reference, during, expires)
              SELECT NEW.id, hashtextextended(b.reference, 0), b.reference, b.during, ends
              FROM unnest(actors, times) b (reference, during);
          ELSE
            INSERT INTO appointment_busy (appointment, actor, reference, during, expires, pool, lanes)
              SELECT NEW.id, hashtextextended(b.reference, 0), b.reference, b.during, ends, pool,
                clinic_lane(b.reference, b.during, pool, capacity)
              FROM unnest(actors, times) b (reference, during);
          END IF;
          RETURN NULL;
        END $$;

        """
    }

    /// In a group, whoever the schedule is of gives one lane to each appointment; patients have one time only.
    private static var capacity: String {
        """
        CREATE FUNCTION clinic_lane(actor_reference text, during tstzrange, pool text, capacity int) RETURNS int4range
        LANGUAGE plpgsql AS $$
        #variable_conflict use_column
        DECLARE
          lane int;
        BEGIN
          IF actor_reference LIKE 'Patient/%' OR EXISTS (
            SELECT FROM appointment_busy a
            WHERE a.actor = hashtextextended(actor_reference, 0) AND a.during && clinic_lane.during
              AND a.pool IS DISTINCT FROM clinic_lane.pool) THEN
            RETURN '(,)';
          END IF;
          SELECT k INTO lane FROM generate_series(0, clinic_lane.capacity - 1) k
          WHERE NOT EXISTS (
            SELECT FROM appointment_busy a
            WHERE a.actor = hashtextextended(actor_reference, 0) AND a.during && clinic_lane.during AND a.lanes @> k)
          ORDER BY k LIMIT 1;
          -- All lanes, if none is free: the constraint then says so.
          RETURN CASE WHEN lane IS NULL THEN '(,)'::int4range ELSE int4range(lane, lane + 1) END;
        END $$;
        CREATE FUNCTION clinic_keep_capacity() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          places text;
        BEGIN
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM schedule_capacity WHERE schedule = OLD.id;
          END IF;
          IF TG_OP = 'DELETE' THEN
            RETURN NULL;
          END IF;
          places := clinic_extension(NEW.content, '\(AppointmentExtension.capacity)', 'valuePositiveInt');
          IF places ~ '^[0-9]{1,4}$' AND places::int > 1 THEN
            INSERT INTO schedule_capacity (schedule, capacity) VALUES (NEW.id, places::int);
          END IF;
          RETURN NULL;
        END $$;
        CREATE TRIGGER clinic_capacity AFTER INSERT OR UPDATE OR DELETE ON schedule
          FOR EACH ROW EXECUTE FUNCTION clinic_keep_capacity();
        """
    }

    /// Statuses that hold time without an end.
    private static var heldForGood: String {
        BusyTime.statuses.filter { $0 != "pending" }.map { "'\($0)'" }.joined(separator: ", ")
    }
}
