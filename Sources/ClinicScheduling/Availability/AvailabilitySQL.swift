/// Functions that finding free time needs, and the rows that keep blocked time from being booked.
enum AvailabilitySQL {
    static var script: String {
        """
        -- Whether one of several CodeableConcepts has one of the codes, given as tokens: system|code or code.
        CREATE FUNCTION clinic_has_code(concepts jsonb, tokens text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
          SELECT EXISTS (
            SELECT FROM jsonb_path_query(concepts, 'lax $[*].coding[*]') c
            WHERE c ->> 'code' = ANY (tokens) OR concat(c ->> 'system', '|', c ->> 'code') = ANY (tokens)
              OR concat('|', c ->> 'code') = ANY (tokens))
        $$;

        -- A block's rows go with it.
        CREATE FUNCTION clinic_unblock() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          DELETE FROM appointment_busy WHERE appointment = 'Slot/' || OLD.id;
          RETURN NULL;
        END $$;
        CREATE TRIGGER clinic_unblock_change AFTER UPDATE ON slot FOR EACH ROW
          WHEN (OLD.content ->> 'status' = 'busy-unavailable' AND (
            NEW.content ->> 'status' IS DISTINCT FROM 'busy-unavailable'
            OR OLD.content -> 'start' IS DISTINCT FROM NEW.content -> 'start'
            OR OLD.content -> 'end' IS DISTINCT FROM NEW.content -> 'end'))
          EXECUTE FUNCTION clinic_unblock();
        CREATE TRIGGER clinic_unblock_delete AFTER DELETE ON slot FOR EACH ROW
          WHEN (OLD.content ->> 'status' = 'busy-unavailable') EXECUTE FUNCTION clinic_unblock();

        -- Keeps the time of a schedule's actors for a block, as far as nobody else holds it.
        CREATE FUNCTION clinic_block(block text, actors jsonb, starts timestamptz, ends timestamptz) RETURNS void
        LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO appointment_busy (appointment, actor, reference, during)
            SELECT 'Slot/' || block, hashtextextended(b.reference, 0), b.reference, free.during
            FROM clinic_busy(jsonb_build_object('status', 'booked', 'start', starts, 'end', ends, 'participant',
              (SELECT jsonb_agg(jsonb_build_object('actor', a)) FROM jsonb_array_elements(actors) a))) b
            CROSS JOIN LATERAL unnest(
              tstzmultirange(b.during) - coalesce(
                (SELECT range_agg(a.during) FROM appointment_busy a
                 WHERE a.actor = hashtextextended(b.reference, 0) AND a.during && b.during),
                '{}'::tstzmultirange)) free (during);
        END $$;
        """
    }
}
