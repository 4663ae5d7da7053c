import Clinic

/// Events of appointments, recorded by the database itself, so that a change by plain REST, a bundle or a message is
/// heard of as one by an operation is.
enum AppointmentEventSQL {
    /// Parameter of a transaction that names the event where the change of state alone does not tell: `$confirm`.
    static let eventParameter = "clinic.appointment_event"

    static var script: String {
        """
        CREATE FUNCTION clinic_appointment_actors(content jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
          SELECT jsonb_path_query_array(content, 'lax $.participant[*].actor.reference')
        $$;
        \(function("CREATE", moved: "'appointment.rescheduled'"))
        CREATE TRIGGER clinic_event AFTER INSERT OR UPDATE OR DELETE ON appointment
          FOR EACH ROW EXECUTE FUNCTION clinic_appointment_event();
        """
    }

    /// An appointment whose patient was merged into another is not moved by that.
    static var mergedScript: String {
        let moved = """
            CASE coalesce(current_setting('martlet.merging', true), '') WHEN '' THEN 'appointment.rescheduled'
                ELSE 'appointment.merged' END
            """
        return function("CREATE OR REPLACE", moved: moved)
    }

    private static func function(_ create: String, moved: String) -> String {
        """
        \(create) FUNCTION clinic_appointment_event() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          old_status text := OLD.content ->> 'status';
          new_status text := NEW.content ->> 'status';
          event text;
        BEGIN
          IF TG_OP = 'DELETE' THEN
            event := CASE WHEN old_status IN ('pending', 'booked') THEN 'appointment.deleted' END;
          ELSIF TG_OP = 'INSERT' THEN
            event := CASE
              WHEN new_status IN ('proposed', 'pending', 'waitlist') THEN 'appointment.requested'
              WHEN new_status = 'booked' THEN 'appointment.booked'
              WHEN new_status IN ('arrived', 'checked-in') THEN 'patient.arrived' END;
          ELSIF old_status IS DISTINCT FROM new_status THEN
            event := CASE new_status
              WHEN 'booked' THEN coalesce(
                nullif(current_setting('\(eventParameter)', true), ''),
                CASE WHEN old_status = 'pending' AND clinic_expires(OLD.content) IS NULL
                  THEN 'appointment.confirmed' ELSE 'appointment.booked' END)
              -- A hold that ends was no appointment yet.
              WHEN 'cancelled' THEN CASE WHEN clinic_expires(OLD.content) IS NULL
                THEN 'appointment.cancelled' ELSE 'appointment.released' END
              WHEN 'entered-in-error' THEN 'appointment.entered-in-error'
              WHEN 'noshow' THEN 'appointment.noshow'
              WHEN 'fulfilled' THEN 'appointment.fulfilled'
              WHEN 'arrived' THEN 'patient.arrived'
              WHEN 'checked-in' THEN CASE WHEN old_status <> 'arrived' THEN 'patient.arrived' END END;
          ELSIF new_status = 'booked' AND (
            OLD.content -> 'start' IS DISTINCT FROM NEW.content -> 'start'
            OR OLD.content -> 'end' IS DISTINCT FROM NEW.content -> 'end'
            OR clinic_appointment_actors(OLD.content) <> clinic_appointment_actors(NEW.content)) THEN
            event := \(moved);
          END IF;
          IF event IS NOT NULL THEN
            INSERT INTO clinic_event (name, focus, actor) VALUES (
              event, 'Appointment/' || CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END,
              coalesce(current_setting('\(ClinicActor.parameter)', true), ''));
          END IF;
          RETURN NULL;
        END $$;
        """
    }

    /// In front of the writes of an operation whose event the states do not tell.
    static func naming(_ event: String) -> String { "SELECT set_config('\(eventParameter)', '\(event)', true)" }
}
