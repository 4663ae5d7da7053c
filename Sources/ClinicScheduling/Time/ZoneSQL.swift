/// Which zone a place, a schedule or an appointment is in.
enum ZoneSQL {
    static var script: String {
        """
        -- A zone that the database knows, or the other one.
        CREATE FUNCTION clinic_zone(name text, otherwise text) RETURNS text LANGUAGE plpgsql STABLE AS $$
        BEGIN
          IF name IS NULL THEN
            RETURN otherwise;
          END IF;
          PERFORM now() AT TIME ZONE name;
          RETURN name;
        EXCEPTION WHEN OTHERS THEN
          RETURN otherwise;
        END $$;
        CREATE FUNCTION clinic_schedule_reference(reference text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
          SELECT substring(reference FROM
            '(?:^|/)(Schedule/[A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?$')
        $$;
        -- Who a schedule or an appointment is of, with whom and where roles stand for.
        CREATE FUNCTION clinic_expanded(actors jsonb) RETURNS TABLE (reference text) LANGUAGE sql STABLE AS $$
          WITH named AS (
            SELECT clinic_local_reference(a ->> 'reference') AS actor FROM jsonb_array_elements(
              CASE jsonb_typeof(actors) WHEN 'array' THEN actors ELSE '[]' END) a)
          SELECT actor FROM named WHERE actor IS NOT NULL
          UNION
          SELECT clinic_local_reference(r.content -> 'practitioner' ->> 'reference')
          FROM named JOIN practitionerrole r ON r.id = substr(actor, 18) WHERE actor LIKE 'PractitionerRole/%'
          UNION
          SELECT clinic_local_reference(p ->> 'reference')
          FROM named JOIN practitionerrole r ON r.id = substr(actor, 18)
          CROSS JOIN LATERAL jsonb_array_elements(
            CASE jsonb_typeof(r.content -> 'location') WHEN 'array' THEN r.content -> 'location' ELSE '[]' END) p
          WHERE actor LIKE 'PractitionerRole/%'
        $$;
        CREATE FUNCTION clinic_actors_zone(actors jsonb, otherwise text) RETURNS text LANGUAGE sql STABLE AS $$
          SELECT clinic_zone((
            SELECT zone FROM (
              SELECT clinic_extension(l.content, '\(AppointmentExtension.timeZone)', 'valueCode') AS zone, 1 AS rank
              FROM clinic_expanded(actors) e JOIN location l ON l.id = substr(e.reference, 10)
              WHERE e.reference LIKE 'Location/%'
              UNION ALL
              SELECT clinic_extension(p.content, '\(AppointmentExtension.timeZone)', 'valueCode'), 2
              FROM clinic_expanded(actors) e JOIN patient p ON p.id = substr(e.reference, 9)
              WHERE e.reference LIKE 'Patient/%') zones
            WHERE zone IS NOT NULL ORDER BY rank, zone LIMIT 1), otherwise)
        $$;
        CREATE FUNCTION clinic_schedule_zone(content jsonb, otherwise text) RETURNS text LANGUAGE sql STABLE AS $$
          SELECT clinic_zone(
            clinic_extension(content, '\(AppointmentExtension.timeZone)', 'valueCode'),
            clinic_actors_zone(content -> 'actor', clinic_zone(otherwise, 'UTC')))
        $$;
        CREATE FUNCTION clinic_appointment_zone(content jsonb, otherwise text) RETURNS text LANGUAGE sql STABLE AS $$
          SELECT coalesce(
            (SELECT clinic_zone(clinic_extension(c.content, '\(AppointmentExtension.timeZone)', 'valueCode'), NULL)
             FROM schedule c WHERE c.id = clinic_schedule_of(clinic_appointment_zone.content)),
            clinic_actors_zone(
              jsonb_path_query_array(clinic_appointment_zone.content, 'lax $.participant[*].actor'),
              clinic_zone(otherwise, 'UTC')))
        $$;

        """
    }
}
