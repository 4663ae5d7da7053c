import FHIRStore

/// The guards of scheduling where another calendar speaks: it is the source of truth for its own resources, so what
/// it books over one of our appointments is kept, marked, and shown to a person.
///
/// `clinic.external_calendar` is on in the transactions of `ExternalBooking` only.
enum ExternalBookingSQL {
    static var functions: String { isExternal + isOverbooked + conflicts + keepBusy + checkTransition }

    private static var isExternal: String {
        """
        CREATE FUNCTION clinic_is_external() RETURNS boolean LANGUAGE sql STABLE AS $$
          SELECT coalesce(current_setting('clinic.external_calendar', true), '') = 'on'
        $$;

        """
    }

    private static var isOverbooked: String {
        """
        CREATE FUNCTION clinic_is_overbooked(content jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
          SELECT EXISTS (
            SELECT FROM jsonb_array_elements(
              CASE jsonb_typeof(content -> 'extension') WHEN 'array' THEN content -> 'extension' ELSE '[]' END) e
            WHERE e ->> 'url' = '\(ExternalBooking.overbookExtension)' AND (e ->> 'valueBoolean')::boolean)
        $$;

        """
    }

    /// Whose time is taken already, by which appointment. Waits for bookings of the same actors to end.
    private static var conflicts: String {
        """
        CREATE FUNCTION clinic_lock_busy(content jsonb) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM pg_advisory_xact_lock(\(BusyTimeSQL.lockClass), bucket) FROM (
            SELECT DISTINCT (hashtextextended(reference, 0) & 1023)::int AS bucket
            FROM clinic_busy(content) ORDER BY bucket) buckets;
        END $$;
        CREATE FUNCTION clinic_conflicts(id text, content jsonb) RETURNS TABLE (actor text, appointment text)
        LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM clinic_lock_busy(content);
          RETURN QUERY
            SELECT b.reference, a.appointment FROM clinic_busy(content) b
            JOIN appointment_busy a ON a.actor = hashtextextended(b.reference, 0) AND a.during && b.during
            WHERE a.appointment <> id COLLATE "C" ORDER BY 1, 2;
        END $$;

        """
    }

    /// An appointment booked over another holds only the time that nobody else holds. Nobody but the other calendar
    /// may book so, or move what it booked; the visit itself goes on as any other.
    private static var keepBusy: String {
        """
        CREATE OR REPLACE FUNCTION clinic_keep_busy() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          tolerant boolean := false;
        BEGIN
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM appointment_busy WHERE appointment = OLD.id;
          END IF;
          IF TG_OP = 'DELETE' THEN
            RETURN NULL;
          END IF;
          IF clinic_is_overbooked(NEW.content) THEN
            tolerant := clinic_is_external();
            IF NOT tolerant AND TG_OP = 'UPDATE' THEN
              tolerant := clinic_is_overbooked(OLD.content)
                AND NOT EXISTS (
                  SELECT FROM clinic_busy(NEW.content || '{"status": "booked"}') n
                  WHERE NOT EXISTS (
                    SELECT FROM clinic_busy(OLD.content || '{"status": "booked"}') o
                    WHERE o.reference = n.reference AND o.during @> n.during));
            END IF;
          END IF;
          PERFORM clinic_lock_busy(NEW.content);
          IF tolerant THEN
            INSERT INTO appointment_busy (appointment, actor, reference, during)
              SELECT NEW.id, hashtextextended(b.reference, 0), b.reference, free.during
              FROM clinic_busy(NEW.content) b
              CROSS JOIN LATERAL unnest(
                tstzmultirange(b.during) - coalesce(
                  (SELECT range_agg(a.during) FROM appointment_busy a
                   WHERE a.actor = hashtextextended(b.reference, 0) AND a.during && b.during),
                  '{}'::tstzmultirange)) free (during);
          ELSE
            INSERT INTO appointment_busy (appointment, actor, reference, during)
              SELECT NEW.id, hashtextextended(reference, 0), reference, during FROM clinic_busy(NEW.content);
          END IF;
          RETURN NULL;
        END $$;

        """
    }

    /// The other calendar says where its appointments stand; how they got there is its own matter.
    private static var checkTransition: String {
        """
        CREATE OR REPLACE FUNCTION clinic_check_transition() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          old_status text := OLD.content ->> 'status';
          new_status text := NEW.content ->> 'status';
        BEGIN
          IF clinic_is_external() THEN
            RETURN NEW;
          END IF;
          -- A stored resource without status may take any: it was created so.
          IF old_status IS NULL OR EXISTS (
            SELECT FROM clinic_transition
            WHERE machine = TG_ARGV[0] AND from_status = old_status AND to_status = new_status) THEN
            RETURN NEW;
          END IF;
          -- Only codes of the machine are quoted: anything else may be anything.
          IF NOT EXISTS (
            SELECT FROM clinic_transition
            WHERE machine = TG_ARGV[0] AND new_status IN (from_status, to_status)) THEN
            new_status := 'what is no status';
          END IF;
          RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)', MESSAGE =
            format('illegal-transition|%s.status may not change from %s to %s', TG_ARGV[0], old_status, new_status);
        END $$;
        """
    }
}
